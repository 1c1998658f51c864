"""Learning progress: levels by hand, and flat noise told from learning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import curve, flat, healthy

from advisor.features.learning_progress import training_progress, validation_progress
from advisor.model.curve import Curve


@pytest.mark.parametrize("points", [8, 33, 64])
def test_levels_are_means_of_the_outer_eighths(points: int) -> None:
    loss = flat(points=points, learned=0.5).trials[0].curves["training_loss"]
    width = max(3, points // 8)
    measured = training_progress(loss)
    assert measured.start == pytest.approx(np.mean(loss.values[:width]))
    assert measured.final == pytest.approx(np.mean(loss.values[-width:]))
    slope = np.polyfit(np.linspace(-1, 1, points), loss.values, 1)[0]
    early = max(loss.values[:3]) - np.median(loss.values)
    gains = (measured.start - measured.final, -2 * slope, early)
    assert measured.improvement == pytest.approx(max(gains))


def test_flat_noise_is_rarely_taken_for_learning() -> None:
    p_values = [
        training_progress(flat(seed=seed).trials[0].curves["training_loss"]).p_value
        for seed in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.01) <= 0.02


def test_the_bound_covers_what_was_learned() -> None:
    covered = [
        training_progress(
            flat(learned=0.2, seed=seed).trials[0].curves["training_loss"]
        ).upper
        > 0.15
        for seed in range(100)
    ]
    assert np.mean(covered) > 0.95


def test_learning_is_seen() -> None:
    loss = healthy().trials[0].curves["validation_loss"]
    measured = validation_progress(loss)
    assert measured.p_value < 1e-3
    assert measured.relative > 0.4


def test_learning_before_the_second_value_is_seen() -> None:
    # 130 values make blocks of 3: the first value is in none of them.
    values = 0.1 + 0.01 * np.random.default_rng(0).standard_normal(130)
    values[0] = 2.0
    assert training_progress(curve(values)).p_value < 1e-3


def test_equal_values_are_counted() -> None:
    assert training_progress(curve([2.0] * 4)).distinct == 1
    assert training_progress(curve([2.0] * 9)).distinct == 1


def test_too_short_leaves_everything_open() -> None:
    measured = training_progress(curve([2.0, 1.0]))
    assert math.isinf(measured.upper)
    assert measured.p_value == 1


@pytest.mark.parametrize(
    ("axis", "expected"), [("step", 0.1), ("epoch", 1 / 10), ("row", 1 / 10)]
)
def test_unseen_share(axis: str, expected: float) -> None:
    steps = np.arange(1, 11) if axis == "step" else np.arange(10)
    loss = Curve(steps, np.ones(10), axis=axis)  # type: ignore[arg-type]
    assert training_progress(loss).unseen == pytest.approx(expected)

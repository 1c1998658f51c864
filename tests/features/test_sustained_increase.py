"""Sustained increase: against a slow reference over all pairs of windows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import SHAPES, autoregressive, climbing, curve, trend

from advisor.features.feature import NotEnoughDataError
from advisor.features.noise import noises_about_trend, upper_tail
from advisor.features.sustained_increase import sustained_increase


@pytest.mark.parametrize("points", [12, 40, 64])
def test_rise_is_the_largest_of_all_pairs(points: int) -> None:
    loss = climbing(points=points, noise_size=0.1).trials[0].curves["training_loss"]
    width = max(3, round(0.08 * points))
    medians = [
        float(np.median(loss.values[i : i + width])) for i in range(points - width + 1)
    ]
    pairs = [
        (medians[j] - medians[i], i, j)
        for i in range(len(medians))
        for j in range(i, len(medians))
    ]
    rise, low, high = max(pairs, key=lambda pair: (pair[0], -pair[1], -pair[2]))
    measured = sustained_increase(loss)
    assert measured.rise == pytest.approx(rise)
    assert measured.low_step == loss.steps[low + width - 1]
    assert measured.high_step == loss.steps[high + width - 1]
    assert measured.duration == pytest.approx((high - low) / points)
    (noise,) = noises_about_trend(loss.values[None, low // 2 :])
    error = 1.2 * math.sqrt(2) * noise.error_of_mean(width)
    chance = upper_tail(rise / error, noise.freedom)
    assert 0 < chance < 0.5
    expected = min(1.0, (points / width) ** 2 / 2 * chance)
    assert measured.p_value == pytest.approx(expected)


def test_a_jump_is_steeper_than_a_climb() -> None:
    climb, jump = (
        sustained_increase(climbing(jump=jump).trials[0].curves["training_loss"])
        for jump in (False, True)
    )
    assert climb.steepest < 0.5
    assert jump.steepest > 0.9


def test_correlated_noise_is_rarely_significant() -> None:
    rng = np.random.default_rng(3)
    p_values = [
        sustained_increase(curve(autoregressive(rng, 100, 0.8))).p_value
        for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.001) <= 0.01


@pytest.mark.parametrize("shape", [each for each in SHAPES if each != "warmup-bump"])
def test_healthy_shapes_do_not_climb(shape: str) -> None:
    level = trend(shape, np.linspace(0.01, 1, 200), 0.1, 0.3)
    assert sustained_increase(curve(level)).rise == 0


def test_a_warmup_bump_is_short() -> None:
    level = trend("warmup-bump", np.linspace(0.01, 1, 200), 0.1, 0.3)
    assert sustained_increase(curve(level)).duration < 0.1


def test_too_short() -> None:
    with pytest.raises(NotEnoughDataError):
        sustained_increase(curve([1.0] * 9))

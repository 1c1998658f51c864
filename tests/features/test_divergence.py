"""Divergence: non-finite values, and the end against the start."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import SHAPES, curve, diverging, trend

from advisor.features.divergence import divergence, validation_divergence


@pytest.mark.parametrize(
    ("values", "count", "first", "ends", "last"),
    [
        ([3, 2, 1, 1, 1, 1], 0, None, False, 1),
        ([3, 2, math.nan], 1, 2, True, 2),
        ([3, math.inf, 2, 2], 1, 1, False, 3),
        ([math.nan, math.nan], 2, 0, True, None),
        ([1, 2, math.nan, 2, -math.inf], 2, 2, True, 2),
    ],
)
def test_non_finite_values(
    values: list[float], count: int, first: int | None, ends: bool, last: float | None
) -> None:
    measured = divergence(curve(values, range(len(values))))
    assert measured.nonfinite == count
    assert measured.first_nonfinite_step == first
    assert measured.ends_nonfinite == ends
    assert measured.last_finite == last


@pytest.mark.parametrize("final", [0.5, 1.5, 4.0])
def test_excess_equals_a_slow_reference(final: float) -> None:
    loss = diverging(at=0.3, final=final, points=60).trials[0].curves["training_loss"]
    values = loss.values.tolist()
    end = sorted(values[-7:])[3]
    scale = max(abs(values[0]), values[0] - min(values))
    assert divergence(loss).excess == pytest.approx((end - values[0]) / scale)


def test_onset_is_where_it_rises_for_good() -> None:
    values = [1.0, 5.0, 1.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]
    assert validation_divergence(curve(values, range(12))).onset_step == 6


@pytest.mark.parametrize("shape", SHAPES)
def test_healthy_shapes_end_below_their_start(shape: str) -> None:
    level = trend(shape, np.linspace(0.01, 1, 100), 0.5, 0.3)
    assert divergence(curve(level)).excess < 0


def test_a_rise_within_noise_has_a_large_p_value() -> None:
    rng = np.random.default_rng(1)
    p_values = [divergence(curve(rng.standard_normal(100))).p_value for _ in range(200)]
    assert np.mean(np.array(p_values) < 0.01) <= 0.02


def test_huge_values_do_not_overflow() -> None:
    loss = curve([1.0, 1e300, 1e308, 1e305, 1e308, 1e308, 1e308])
    assert divergence(loss).excess > 1e100

"""Trend at the end: slopes against polyfit, coverage of the interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import autoregressive, curve, improving

from advisor.features.feature import NotEnoughDataError
from advisor.features.trend_at_end import trend_at_end


@pytest.mark.parametrize("evaluations", [15, 40, 64])
def test_slope_equals_polyfit(evaluations: int) -> None:
    error = improving(evaluations=evaluations).trials[0].curves["validation_error"]
    third = evaluations // 3
    times = np.log(error.steps[-third:])
    slope, intercept = np.polyfit(times, error.values[-third:], 1)
    measured = trend_at_end(error)
    assert measured.slope == pytest.approx(-slope)
    assert measured.gain == pytest.approx(-slope * math.log(1.25))
    assert measured.final == pytest.approx(slope * times[-1] + intercept)
    before = np.polyfit(
        np.log(error.steps[-2 * third : -third]), error.values[-2 * third : -third], 1
    )[0]
    if before < 0:
        assert measured.acceleration == pytest.approx(slope / before)


@pytest.mark.parametrize("evaluations", [15, 40, 64])
def test_levelling_is_the_end_of_a_parabola(evaluations: int) -> None:
    error = improving(evaluations=evaluations).trials[0].curves["validation_error"]
    third = evaluations // 3
    times, values = np.log(error.steps[-third:]), error.values[-third:]
    square, linear, _ = np.polyfit(times, values, 2)
    slope, _ = np.polyfit(times, values, 1)
    measured = trend_at_end(error)
    ratio = (2 * square * times[-1] + linear) / slope
    assert measured.levelling == pytest.approx(ratio)
    assert measured.levelling_lower < ratio < measured.levelling_upper


def test_interval_covers_the_levelling() -> None:
    covered = []
    for seed in range(200):
        error = improving(gain=2.0, noise_size=0.02, seed=seed)  # a straight line
        end = trend_at_end(error.trials[0].curves["validation_error"])
        covered.append(end.levelling_lower <= 1 <= end.levelling_upper)
    assert np.mean(covered) >= 0.9


def test_what_rises_cannot_level_off() -> None:
    end = trend_at_end(curve(np.linspace(1, 2, 40)))
    assert (end.levelling, end.levelling_upper) == (0.0, math.inf)


def test_interval_covers_the_gain() -> None:
    covered = []
    for seed in range(100):
        error = improving(gain=0.5, noise_size=0.02, seed=seed)
        end = trend_at_end(error.trials[0].curves["validation_error"])
        truth = 0.5 * math.log(1.25) / math.log(60)
        covered.append(end.gain_lower <= truth <= end.gain_upper)
    assert np.mean(covered) >= 0.95


def test_flat_noise_has_no_trend() -> None:
    rng = np.random.default_rng(2)
    p_values = [
        trend_at_end(curve(rng.standard_normal(60))).p_value for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.01) <= 0.02


def test_correlated_noise_has_no_trend() -> None:
    rng = np.random.default_rng(2)
    p_values = [
        trend_at_end(curve(autoregressive(rng, 60, 0.7))).p_value for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.01) <= 0.03


def test_decay_speeds_up() -> None:
    error = improving(decay=True).trials[0].curves["validation_error"]
    assert trend_at_end(error).acceleration > 1.2


def test_too_short() -> None:
    with pytest.raises(NotEnoughDataError):
        trend_at_end(curve([1.0] * 14))


@pytest.mark.parametrize("value", [0.9, 1 / 3, 0.1 + 0.2, 123.456])
def test_a_constant_has_no_trend(value: float) -> None:
    """Its mean is off by rounding, which must not pass for a slope without noise."""
    end = trend_at_end(curve(np.full(40, value)))
    assert (end.slope, end.gain, end.noise) == (0.0, 0.0, 0.0)
    assert end.p_value == 0.5
    assert end.final == value

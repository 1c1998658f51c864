"""Rise after the minimum: against a slow reference, calibrated and robust."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import SHAPES, autoregressive, curve, noise, overfitting, trend

from advisor.features.feature import NotEnoughDataError
from advisor.features.rise_after_minimum import (
    validation_error_rise,
    validation_loss_rise,
)


def slow(values: list[float], share: float) -> tuple[float, int, float, float, float]:
    """Minimum, its last index, final, part undone and part recovered, by loops."""
    width = max(3, round(share * len(values)))
    medians = [
        float(np.median(values[i : i + width])) for i in range(len(values) - width + 1)
    ]
    best = medians.index(min(medians))
    gained = medians[best // 2] - medians[best]
    rise = medians[-1] - medians[best]
    undone = rise / gained if gained else math.inf
    peak = max(medians[best:]) - medians[best]
    return medians[best], best + width - 1, medians[-1], undone, 1 - rise / peak


@pytest.mark.parametrize("count", [10, 33, 64])
def test_levels_equal_a_slow_reference(count: int) -> None:
    study = overfitting(rise=0.5, noise_size=0.03, evaluations=count, seed=count)
    measured = study.trials[0].curves["validation_error"]
    rise = validation_error_rise(measured)
    low, end, final, undone, recovered = slow(measured.values.tolist(), 0.125)
    assert rise.minimum == pytest.approx(low)
    assert rise.minimum_step == measured.steps[end]
    assert rise.final == pytest.approx(final)
    assert rise.undone == pytest.approx(undone)
    assert rise.recovered == pytest.approx(recovered)


def test_p_value_grows_with_the_noise() -> None:
    quiet, loud = (
        validation_error_rise(
            overfitting(rise=0.3, noise_size=size).trials[0].curves["validation_error"]
        )
        for size in (0.01, 0.2)
    )
    assert quiet.p_value < 1e-6
    assert loud.p_value > 0.01


@pytest.mark.parametrize("kind", ["white", "heavy", "skewed", "varying"])
@pytest.mark.parametrize("count", [10, 40, 300])
def test_flat_noise_is_rarely_significant(kind: str, count: int) -> None:
    rng = np.random.default_rng(count)
    p_values = [
        validation_error_rise(curve(noise(kind, rng, np.ones(count)))).p_value
        for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.005) <= 0.02


@pytest.mark.parametrize("count", [12, 40, 300])
def test_correlated_noise_is_rarely_significant(count: int) -> None:
    rng = np.random.default_rng(count)
    p_values = [
        validation_error_rise(curve(autoregressive(rng, count, 0.8))).p_value
        for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.005) <= 0.05


@pytest.mark.parametrize("shape", SHAPES)
def test_healthy_shapes_without_noise_do_not_rise(shape: str) -> None:
    level = trend(shape, np.linspace(0.01, 1, 100), 0.1, 0.3)
    assert validation_error_rise(curve(level)).p_value > 0.1


def test_a_bump_that_recovers_is_told() -> None:
    times = np.linspace(0, 1, 60)
    values = np.maximum(np.exp(-9 * times), 0.05) + 0.01 * times
    values = values + 0.5 * np.exp(-(((times - 0.6) / 0.1) ** 2))
    assert validation_error_rise(curve(values)).recovered > 0.9


def test_non_finite_values_are_left_out() -> None:
    values = np.linspace(1, 0, 20)
    broken = values.copy()
    broken[7] = math.nan
    assert validation_loss_rise(curve(broken)).evaluations == 19


def test_four_evaluations_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="there are 4"):
        validation_error_rise(curve([1, 2, 3, 4]))


def test_constant_curve_has_no_rise() -> None:
    rise = validation_error_rise(curve([0.5] * 30))
    assert (rise.rise, rise.undone) == (0, 0)
    assert rise.p_value > 0.4

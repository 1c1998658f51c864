"""Throughput against batch size: against scipy, and by a slow search of the bend."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import pytest

from advisor.features.feature import NotEnoughDataError
from advisor.features.throughput_scaling import (
    examples_per_second_of,
    steady_rate,
    steps_per_second,
    throughput_scaling,
)
from advisor.model.curve import Curve
from advisor.model.trial import Trial


def made(
    sizes: list[int], slope: float, bend: float, noise: float, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    batch = np.array(sizes, dtype=np.float64)
    rates = 100 * np.minimum(batch, bend) ** slope
    return batch, rates * np.exp(noise * rng.standard_normal(len(batch)))


@pytest.mark.parametrize("seed", range(5))
def test_a_straight_line_is_that_of_linregress(seed: int) -> None:
    from scipy import stats

    batch, rates = made([32, 32, 64, 128], 0.8, 1e9, 0.05, seed)
    line = stats.linregress(np.log(batch), np.log(rates))
    measured = throughput_scaling(batch, rates)
    margin = stats.t.isf(0.025, 2) * line.stderr
    assert measured.bend == 32
    assert measured.slope == measured.last_slope == pytest.approx(line.slope)
    assert measured.upper == pytest.approx(line.slope + margin)
    assert measured.lower == pytest.approx(line.slope - margin)


@pytest.mark.parametrize("bend", [64, 128, 256])
def test_the_bend_is_where_a_slow_search_finds_it(bend: int) -> None:
    from scipy.optimize import curve_fit

    batch, rates = made([32, 64, 128, 256, 512] * 3, 0.95, bend, 0.03, bend)
    x, y = np.log(batch), np.log(rates)

    def bent(x: np.ndarray, level: float, first: float, last: float) -> np.ndarray:
        away = x - math.log(place)
        return level + np.where(away < 0, first * away, last * away)

    fits = {}
    for place in (64, 128, 256):
        found, _ = curve_fit(bent, x, y, p0=(5, 1, 1))
        fits[place] = (sum((bent(x, *found) - y) ** 2), found)
    best = min(fits, key=lambda each: fits[each][0])
    measured = throughput_scaling(batch, rates)
    assert measured.bend == best == bend
    level, first, last = fits[best][1]
    assert measured.first_slope == pytest.approx(first, abs=1e-5)
    assert measured.last_slope == pytest.approx(last, abs=1e-5)
    assert measured.at_bend == pytest.approx(math.exp(level), rel=1e-5)
    assert measured.at_largest == pytest.approx(
        math.exp(level + last * math.log(512 / best)), rel=1e-5
    )


def test_exact_data_have_a_narrow_interval() -> None:
    measured = throughput_scaling(*made([1, 2, 4, 8], 1.0, 1e9, 0.0))
    assert measured.lower == pytest.approx(1.0, abs=1e-6)
    assert measured.upper == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("sizes", [[32], [32, 64], [32, 32, 32]])
def test_too_little(sizes: list[int]) -> None:
    with pytest.raises(NotEnoughDataError):
        throughput_scaling(*made(sizes, 1.0, 1e9, 0.1))


@pytest.mark.parametrize("count", [1, 2, 3, 10, 41])
def test_steady_rate_leaves_the_start_out(count: int) -> None:
    values = np.random.default_rng(count).uniform(90, 110, count)
    values[: count // 10] = 1.0
    dropped = math.ceil(0.1 * count) if count > 2 else 0
    expected = median(values[dropped:].tolist())
    assert steady_rate(Curve(np.arange(count), values)) == pytest.approx(expected)


def test_no_finite_rate() -> None:
    assert steady_rate(Curve(np.arange(3), np.full(3, np.nan))) is None


def test_steps_per_second_leaves_pauses_out() -> None:
    steps = np.arange(10, 310, 10)
    seconds = np.arange(30) * 2.0
    seconds[15:] += 300  # an evaluation
    seconds[1:] += 50  # compilation
    logged = Curve(steps, np.ones(30), seconds)
    assert steps_per_second(logged) == pytest.approx(5.0)
    trial = Trial("t", curves={"training_loss": logged})
    assert examples_per_second_of(trial, 64) == pytest.approx(320.0)


@pytest.mark.parametrize(
    "logged",
    [
        Curve(np.arange(9), np.ones(9)),
        Curve(np.arange(9), np.ones(9), np.arange(9.0), "epoch"),
        Curve(np.arange(9), np.ones(9), np.zeros(9)),
        Curve(np.arange(3), np.ones(3), np.arange(3.0)),
    ],
    ids=["no wall times", "epochs", "a clock that stands still", "too short"],
)
def test_no_rate_from(logged: Curve) -> None:
    assert steps_per_second(logged) is None
    assert examples_per_second_of(Trial("t", curves={"training_loss": logged}), 8) is (
        None
    )


@pytest.mark.parametrize(("evaluations", "rate"), [(10, 320.0), (20, None)])
def test_wall_times_with_an_evaluation_between_most_steps(
    evaluations: int, rate: float | None
) -> None:
    logged = Curve(np.arange(10, 310, 10), np.ones(30), np.arange(30) * 2.0)
    validated = Curve(np.arange(evaluations), np.ones(evaluations))
    trial = Trial("t", curves={"training_loss": logged, "validation_loss": validated})
    assert examples_per_second_of(trial, 64) == rate


def test_one_slow_trial_at_the_largest_batch_is_no_bend() -> None:
    batch, rates = made([32, 64, 128, 256, 512], 1.0, 1e9, 0.01)
    rates[-1] /= 3
    measured = throughput_scaling(batch, rates)
    assert measured.bend != 256
    assert measured.upper > 0.7

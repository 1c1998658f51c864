"""Laws of `sampling_scale`, with scipy's likelihoods and tests beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import synthetic_spaces as spaces
from scipy import stats

from advisor.features.feature import NotEnoughDataError
from advisor.features.sampling_scale import (
    SamplingScale,
    chance_of_distance,
    sampling_scale,
)
from advisor.model.curve import FloatArray


def values_of(**options: Any) -> FloatArray:
    study = spaces.drawn(**options)
    name = study.search_space.hyperparameters[0].name
    return np.array([float(trial.hyperparameters[name]) for trial in study.trials])  # type: ignore[arg-type]


def measured(**options: Any) -> SamplingScale:
    hyperparameter = spaces.drawn(**options).search_space.hyperparameters[0]
    return sampling_scale(values_of(**options), hyperparameter)


def slow_log_odds(values: FloatArray, lower: float, upper: float) -> float:
    linear = stats.uniform(lower, upper - lower)
    log = stats.loguniform(lower, upper)
    return float(linear.logpdf(values).sum() - log.logpdf(values).sum())


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("seed", range(4))
def test_odds_are_the_likelihood_ratio_between_declared_bounds(
    scale: str, seed: int
) -> None:
    options = {"scale": scale, "trials": 5, "declared": True, "seed": seed}
    expected = slow_log_odds(values_of(**options), 1e-4, 1e-1)
    assert math.log(measured(**options).odds) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("seed", range(4))
def test_without_bounds_the_extreme_values_are_given(scale: str, seed: int) -> None:
    options = {"scale": scale, "trials": 9, "seed": seed}
    values = np.sort(values_of(**options))
    expected = slow_log_odds(values[1:-1], values[0], values[-1])
    assert math.log(measured(**options).odds) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("count", [10, 40, 200])
def test_chances_are_those_of_kolmogorov_and_smirnov(count: int) -> None:
    rng = np.random.default_rng(count)
    for shift in (0.0, 0.1, 0.2):
        places = np.sort(np.clip(rng.random(count) ** (1 + shift), 0, 1))
        exact = stats.kstest(places, "uniform").pvalue
        assert chance_of_distance(places) == pytest.approx(exact, abs=0.02)


def test_no_value_inside_is_as_even_as_can_be() -> None:
    assert chance_of_distance(np.array([])) == 1.0


def test_decades_of_declared_bounds() -> None:
    assert measured(lower=1e-5, declared=True).decades == pytest.approx(4)
    assert measured(name="beta2", lower=0.9, upper=0.999, declared=True).decades == 2


@pytest.mark.parametrize(("lower", "decades"), [(0.01, 1.0), (0.02, 0.7)])
def test_decades_without_bounds_are_near_those_of_the_search(
    lower: float, decades: float
) -> None:
    found = [measured(lower=lower, trials=60, seed=seed).decades for seed in range(40)]
    assert np.median(found) == pytest.approx(decades, abs=0.05)


def test_a_range_from_zero_has_many_decades() -> None:
    found = [measured(lower=0.0, trials=40, seed=seed).decades for seed in range(40)]
    assert np.median(found) > 2


def test_a_grid_begins_with_its_first_value() -> None:
    grid = measured(choices=[0.1, 0.2, 0.3, 0.4, 0.5])
    assert grid.points == 5
    assert grid.decades == pytest.approx(math.log10(5))


def test_of_a_momentum_one_minus_it_is_looked_at() -> None:
    options = {"name": "momentum", "lower": 0.5, "upper": 0.999, "declared": True}
    linear = measured(**options)
    assert linear.what == "1 - momentum"
    assert linear.odds > 1000
    assert measured(scale="one minus", **options).odds < 0.001
    assert linear.decades == pytest.approx(math.log10(500))


def test_zeros_and_repeats_do_not_count() -> None:
    options = {"name": "weight_decay", "trials": 30, "zeros": 6}
    values = values_of(**options)
    hyperparameter = spaces.drawn(**options).search_space.hyperparameters[0]
    once = sampling_scale(values, hyperparameter)
    assert once.points == 24
    assert sampling_scale(np.repeat(values, 3), hyperparameter) == once


def test_the_top_order_of_magnitude_is_counted() -> None:
    values = values_of(trials=40)
    slow = int((values >= values.max() / 10).sum())
    assert measured(trials=40).top == slow


def test_two_values_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="there are 2"):
        measured(trials=2)

"""Laws of `best_of_n`: all halves drawn one by one, and gains that come true."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import synthetic_searches as searches

from advisor.features.best_of_n import best_of_n
from advisor.features.feature import NotEnoughDataError


@pytest.mark.parametrize(("trials", "infeasible"), [(5, 0), (8, 0), (9, 0), (9, 3)])
def test_halves_agree_with_drawing_every_one(trials: int, infeasible: int) -> None:
    study = searches.failures(trials=trials, infeasible=infeasible, seed=3)
    errors = [
        trial.error if trial.error is not None else np.inf for trial in study.trials
    ]
    draws = itertools.combinations(errors, trials // 2)
    bests = np.array([best for best in map(min, draws) if best < np.inf])
    measured = best_of_n(study)
    assert measured.half == trials // 2
    assert measured.best_of_half == pytest.approx(bests.mean())
    assert measured.lower == pytest.approx(np.sort(bests)[int(0.25 * len(bests))])
    assert measured.upper == pytest.approx(np.sort(bests)[int(0.75 * len(bests))])


@pytest.mark.parametrize(
    ("hyperparameters", "trials", "noise"),
    [(1, 10, 0.05), (2, 20, 0.02), (3, 30, 0.02)],
)
def test_predicted_gains_come_true_on_average(
    hyperparameters: int, trials: int, noise: float
) -> None:
    predicted, true = [], []
    for seed in range(100):
        twice = searches.search(
            trials=2 * trials,
            weights=(1.0,) * hyperparameters,
            noise_size=noise,
            sampling="uniform",
            seed=seed,
        )
        once = replace(twice, trials=twice.trials[:trials])
        predicted.append(best_of_n(once).gain)
        true.append((once.ranked[0].error or 0) - (twice.ranked[0].error or 0))
    assert 0.5 < np.mean(predicted) / np.mean(true) < 1.6


def test_repeats_are_one_configuration_and_show_the_noise() -> None:
    study = searches.repeated(configurations=6, seeds=5, noise_size=0.02)
    measured = best_of_n(study)
    groups = [
        [trial.error for trial in study.trials if trial.name.startswith(f"trial-{i}-")]
        for i in range(6)
    ]
    pooled = np.sqrt(np.mean([np.var(group, ddof=1) for group in groups]))  # type: ignore[arg-type]
    assert (measured.configurations, measured.source) == (6, "repeats")
    assert measured.noise == pytest.approx(pooled)
    assert measured.best == pytest.approx(min(np.mean(group) for group in groups))  # type: ignore[arg-type]


def test_scatter_about_a_surface_stands_for_noise_without_repeats() -> None:
    study = searches.search(trials=200, weights=(1, 1), noise_size=0.1)
    measured = best_of_n(study)
    assert measured.source == "scatter"
    assert measured.noise == pytest.approx(0.1, rel=0.2)


def test_few_trials_without_repeats_show_no_noise() -> None:
    measured = best_of_n(searches.search(trials=7))
    assert (measured.noise, measured.relative, measured.source) == (
        None,
        None,
        "nothing",
    )
    assert measured.wanted == measured.configurations == 7


def test_an_exact_surface_is_no_measure_of_noise() -> None:
    study = searches.search(trials=40, weights=(1, 1), noise_size=0.0)
    assert best_of_n(study).noise is None


def test_a_stated_range_takes_the_place_of_noise() -> None:
    study = searches.search(trials=30, weights=(1, 1), noise_size=0.01)
    measured = best_of_n(study, error_range=0.005)
    assert measured.relative == pytest.approx(measured.gain / 0.005)
    assert measured.wanted > 30
    assert best_of_n(study, error_range=1.0).wanted == 30
    asked = replace(study, facts={"worthwhile_difference": 0.005})
    assert best_of_n(asked) == measured


def test_one_lucky_trial_is_not_taken_for_a_trend() -> None:
    study = searches.search(trials=60, weights=(0.0,), noise_size=0.1)
    lucky = replace(study.ranked[0], error=(study.ranked[0].error or 0) - 0.3)
    rest = tuple(trial for trial in study.trials if trial.name != lucky.name)
    relative = best_of_n(replace(study, trials=(lucky, *rest))).relative
    assert relative is not None
    assert relative < 1


@pytest.mark.parametrize(
    ("options", "most"),
    [
        ({"configurations": 3, "choices": 3}, 3),
        ({"configurations": 2, "choices": 3}, 3),
        ({"configurations": 5}, math.inf),
    ],
)
def test_choices_are_finite(options: dict[str, int], most: float) -> None:
    assert best_of_n(searches.repeated(**options)).most == most  # type: ignore[arg-type]


def test_declared_whole_numbers_are_finite() -> None:
    axes = (
        searches.axis("dropout", kind="integer", lower=2, upper=6),
        searches.axis("momentum", kind="float", choices=(0.0, 0.5, 0.9)),
    )
    cube = np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 0.9]])
    assert best_of_n(searches.study_of(cube, np.arange(3.0), axes)).most == 15


def test_one_configuration_has_no_best() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 2 different configurations"):
        best_of_n(searches.repeated(configurations=1))


def test_the_upper_gain_carries_earlier_doublings_on() -> None:
    study = searches.search(trials=16, weights=(1.0, 1.0), noise_size=0.01, seed=4)
    errors = sorted(trial.error or 0.0 for trial in study.trials)

    def expected(size: int) -> float:
        draws = itertools.combinations(errors, size)
        return float(np.mean([min(draw) for draw in draws]))

    best = [expected(size) for size in (16, 8, 4, 2)]
    slow = [(best[k] - best[k - 1]) * 2 ** (-0.3 * k) for k in (1, 2, 3)]
    measured = best_of_n(study)
    assert measured.gain_upper == pytest.approx(max(measured.gain, *slow))
    assert measured.gain_upper >= measured.gain


def test_repeats_count_degrees_of_freedom() -> None:
    assert best_of_n(searches.repeated(configurations=6, seeds=5)).freedom == 24

"""Configurations and repeats: seeds tell none apart, copies are no repeats."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from synthetic_curves import curve, make_curve_study
from synthetic_studies import configured_trials, numbers, repeats

from advisor.features.configuration_coverage import configuration_coverage
from advisor.features.configurations import tried_configurations
from advisor.features.feature import NotEnoughDataError
from advisor.features.repeat_coverage import repeat_coverage
from advisor.model.search_space import SearchSpace
from advisor.model.study import Study
from advisor.model.trial import Trial


def trial(name: str, width: int | None, error: float, **extra: Any) -> Trial:
    values = {"width": width, **extra.pop("values", {})}
    return Trial(name, hyperparameters=values, error=error, final_error=error, **extra)


def study_of(*trials: Trial) -> Study:
    return make_curve_study(
        trials, search_space=SearchSpace((numbers("width", 1, 64),))
    )


def names(study: Study) -> list[list[str]]:
    return [
        [each.name for each in tried.trials] for tried in tried_configurations(study)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_grouping_equals_that_of_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    trials = [
        trial(f"t{i}", int(rng.integers(1, 5)), float(rng.random()), seed=i)
        for i in range(12)
    ]
    found = {
        frozenset(pair)
        for group in names(study_of(*trials))
        for pair in combinations(group, 2)
    }
    expected = {
        frozenset((a.name, b.name))
        for a, b in combinations(trials, 2)
        if a.hyperparameters == b.hyperparameters
    }
    assert found == expected
    means = [each.mean for each in tried_configurations(study_of(*trials))]
    assert means == sorted(means)


def test_what_is_no_hyperparameter_tells_no_configurations_apart() -> None:
    first = trial("a", 1, 0.1, seed=0, values={"seed": 0, "output_dir": "/x/0"})
    second = trial("b", 1, 0.2, seed=1, values={"seed": 1, "output_dir": "/x/1"})
    assert names(study_of(first, second)) == [["a", "b"]]


def test_trials_without_a_configuration_stand_alone() -> None:
    assert names(study_of(trial("a", None, 0.1), trial("b", None, 0.2))) == [
        ["a"],
        ["b"],
    ]


def test_unfinished_repeats_do_not_count() -> None:
    done, stopped = trial("a", 1, 0.2), trial("b", 1, 0.1, finished=False)
    assert names(study_of(done, stopped)) == [["a"]]
    assert names(study_of(stopped)) == [["b"]]


@pytest.mark.parametrize(
    ("changes", "repeats_found"),
    [
        ({}, 1),
        ({"seed": 1}, 2),
        ({"curves": {"validation_error": curve([3.0, 2.0, 1.0])}, "seed": 1}, 2),
    ],
    ids=["same seed", "other seed", "other curve"],
)
def test_equal_results_without_curves(
    changes: dict[str, Any], repeats_found: int
) -> None:
    first = trial("a", 1, 1.0, seed=0)
    second = trial("b", 1, 1.0, **({"seed": 0} | changes))
    (tried,) = tried_configurations(study_of(first, second))
    assert (len(tried.trials), tried.copies) == (repeats_found, 2 - repeats_found)


def test_equal_curves_are_copies_whatever_the_seed() -> None:
    curves = {"validation_error": curve([3.0, 2.0, 1.0])}
    made = [trial(f"t{i}", 1, 1.0, seed=i, curves=curves) for i in range(3)]
    (tried,) = tried_configurations(study_of(*made))
    assert (len(tried.trials), tried.copies) == (1, 2)


def test_repeat_coverage() -> None:
    measured = repeat_coverage(repeats(counts=(3, 1, 2), leads=(0, 9, 20), copies=2))
    assert (measured.configurations, measured.repeated, measured.copies) == (3, 2, 2)
    assert measured.best.startswith("trial-0-")
    assert measured.runner_up == "trial-1-0"
    assert measured.best_seed == measured.best[-1]
    with pytest.raises(NotEnoughDataError, match="at least 2 configurations"):
        repeat_coverage(repeats(counts=(3,)))


@pytest.mark.parametrize(("trials", "configured"), [(4, 0), (4, 3), (1, 1), (30, 7)])
def test_configuration_coverage(trials: int, configured: int) -> None:
    measured = configuration_coverage(
        configured_trials(trials=trials, configured=configured)
    )
    assert (measured.trials, measured.configured) == (trials, configured)
    assert measured.missing == pytest.approx(1 - configured / trials)
    assert len(measured.without) == min(trials - configured, 10)


def test_configuration_coverage_without_trials() -> None:
    with pytest.raises(NotEnoughDataError):
        configuration_coverage(configured_trials(trials=0))

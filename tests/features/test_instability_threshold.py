"""Laws of `instability_threshold`, and a slow second opinion on its split."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import synthetic_searches as searches
from scipy import stats

from advisor.features.best_split import best_split
from advisor.features.feature import NotEnoughDataError
from advisor.features.instability_threshold import Threshold, instability_threshold
from advisor.model.curve import BoolArray, FloatArray
from advisor.model.study import Study


def slow_split(positions: FloatArray, marked: BoolArray) -> tuple[float, float]:
    """Every split by scipy's hypergeometric tail: the best place and its surprise."""
    best = (-1.0, math.nan)
    values = sorted(set(positions.tolist()))
    for low, high in itertools.pairwise(values):
        above = positions > low
        tail = stats.hypergeom.sf(
            int(marked[above].sum()) - 1, len(marked), int(marked.sum()), above.sum()
        )
        if -math.log(tail) > best[0] + 1e-9:
            best = (-math.log(tail), (low + high) / 2)
    return best[1], best[0]


def slow_p_value(positions: FloatArray, marked: BoolArray, shuffles: int) -> float:
    rng = np.random.default_rng(7)
    observed = slow_split(positions, marked)[1]
    reached = [
        slow_split(positions, rng.permutation(marked))[1] >= observed - 1e-9
        for _ in range(shuffles)
    ]
    return float(np.mean(reached))


@pytest.mark.parametrize("seed", range(8))
def test_split_agrees_with_the_slow_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positions = np.round(rng.random(30), 1 if seed % 2 else 9)  # odd seeds have ties
    marked = rng.random(30) < 0.15 + 0.7 * (positions > 0.6)
    assert best_split(positions, marked)[0] == pytest.approx(
        slow_split(positions, marked)[0]
    )


@pytest.mark.parametrize("seed", range(3))
def test_p_value_agrees_with_the_slow_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positions, marked = np.round(rng.random(14), 1), np.arange(14) < 4
    p_value = best_split(positions, marked)[1]
    assert p_value == pytest.approx(slow_p_value(positions, marked, 400), abs=0.08)


def test_p_values_of_unrelated_marks_keep_their_promise() -> None:
    rng = np.random.default_rng(0)
    p_values = [
        best_split(rng.random(30), rng.permutation(30) < 8)[1] for _ in range(400)
    ]
    assert np.mean(np.array(p_values) < 0.05) < 0.08


def measured(study: Study) -> Threshold:
    return instability_threshold(study.design)["learning_rate"]


def test_a_wall_is_found_where_it_was_planted() -> None:
    study = searches.search(
        trials=60, optimum=1.2, infeasible_above=0.7, noise_size=0.05
    )
    wall = measured(study)
    planted = study.search_space["learning_rate"].value_at(0.7)
    assert wall.threshold == pytest.approx(planted, rel=0.3)
    assert (wall.share_above, wall.share_below) == (1.0, 0.0)
    assert wall.above + wall.below == wall.trials == 60
    assert 1 < wall.distance < 3
    assert wall.odds > 10


def test_an_optimum_well_below_the_wall_has_small_odds() -> None:
    study = searches.search(
        trials=60, optimum=0.3, infeasible_above=0.8, noise_size=0.05
    )
    assert measured(study).odds < 0.1


def test_distance_is_the_ratio_to_the_median_of_the_best_three() -> None:
    study = searches.search(trials=40, optimum=1.2, infeasible_above=0.7)
    wall = measured(study)
    best = [
        study.trials_by_name[name].hyperparameters["learning_rate"]
        for name in wall.best_trials
    ]
    assert wall.best_trials == tuple(trial.name for trial in study.ranked[:3])
    assert wall.distance == pytest.approx(wall.threshold / sorted(best)[1], rel=1e-6)  # type: ignore[type-var, operator]
    assert wall.distance_of_best == pytest.approx(wall.threshold / best[0], rel=1e-6)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("infeasible_above", "infeasible"), [(None, 0), (-1.0, 20)], ids=["none", "all"]
)
def test_without_two_kinds_of_trials_there_is_no_split(
    infeasible_above: float | None, infeasible: int
) -> None:
    wall = measured(searches.search(trials=20, infeasible_above=infeasible_above))
    assert (wall.infeasible, wall.p_value, wall.above) == (infeasible, 1.0, 0)


def test_seven_trials_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 8 trials"):
        measured(searches.search(trials=7))

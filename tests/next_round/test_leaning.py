"""Bounds that the best trials lean towards move, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from advisor.model.planned_space import PLAN
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial
from advisor.next_round.plan import Wishes, next_round

from .findings import finding, learning_rate

RATE = learning_rate()


def searched(
    best: float, *, space: Hyperparameter = RATE, failing: Sequence[float] = ()
) -> Study:
    """Twenty even places, the error least at `best`, and more places that failed."""
    trials = [
        Trial(f"t{i}", {space.name: space.value_at(x)}, error=0.1 + abs(x - best))
        for i, x in enumerate(np.linspace(0.025, 0.975, 20).tolist())
    ]
    trials += [
        Trial(
            f"f{i}",
            {space.name: space.value_at(x)},
            infeasibility=Infeasibility("diverged", "NaN"),
        )
        for i, x in enumerate(failing)
    ]
    objective = Objective("x", Goal.MINIMIZE)
    return Study("search", tuple(trials), objective, SearchSpace((space,)))


def bounds(study: Study, **wishes: bool) -> tuple[float, float]:
    made = next_round(study, [], {}, wishes=Wishes(trials=8, **wishes))  # type: ignore[arg-type]
    (rate,) = made.searched
    assert rate.space is not None
    return rate.space.bounds


LOWER, UPPER = RATE.bounds


@pytest.mark.parametrize(
    ("best", "expected"),
    [
        (0.5, (LOWER, UPPER)),
        (0.65, (LOWER, UPPER)),
        (0.9, (LOWER, 10 * UPPER)),
        (0.1, (LOWER / 10, UPPER)),
    ],
)
def test_a_bound_moves_where_the_best_five_lie_towards_it(
    best: float, expected: tuple[float, float]
) -> None:
    assert bounds(searched(best)) == pytest.approx(expected)


def test_the_last_round_goes_there_too() -> None:
    made = next_round(searched(0.95), [], {}, wishes=Wishes(trials=8, last=True))
    rates = [float(each["lr"]) for each in made.points]  # type: ignore[arg-type]
    assert max(rates) > UPPER
    assert min(rates) > RATE.value_at(0.7)


def test_where_trials_fail_the_bound_stays() -> None:
    assert bounds(searched(0.9, failing=[0.9, 0.95, 0.97, 0.98, 0.99])) == RATE.bounds


def test_limits_stay() -> None:
    hard = replace(RATE, hard=frozenset({"upper"}))
    assert bounds(searched(0.9, space=hard)) == RATE.bounds


def test_the_change_is_of_the_plan_and_says_why() -> None:
    made = next_round(searched(0.9), [], {})
    (change,) = made.searched[0].changes
    assert change.finding == PLAN
    assert "best five trials" in change.reason


def test_a_finding_has_precedence() -> None:
    cut = finding("cut", ("narrow", "lr", {"side": "lower", "to": 2 * LOWER}))
    made = next_round(searched(0.9), [cut], {})
    assert made.searched[0].space is not None
    assert made.searched[0].space.bounds == (2 * LOWER, UPPER)


def test_few_trials_lean_nowhere() -> None:
    study = searched(0.9)
    assert bounds(replace(study, trials=study.trials[-9:])) == RATE.bounds

"""Points around the best trials: half of a round, and all of the last one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from advisor.model.next_round import AROUND_BEST, HALF_AROUND_BEST, HALTON, NextRound
from advisor.model.planned_space import Point
from advisor.model.search_space import SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial
from advisor.next_round.plan import Wishes, next_round

from .findings import learning_rate, momentum

BEST = 0.003
LR, MOMENTUM = learning_rate(), momentum()


def searched(trials: int, *, goal: Goal = Goal.MINIMIZE) -> Study:
    """Lowest error at lr 0.003 and momentum 0.9."""
    rng = np.random.default_rng(0)
    rates = 10 ** rng.uniform(-4, -1, trials)
    momenta = rng.uniform(0.8, 0.99, trials)
    made = tuple(
        Trial(
            f"t{i}",
            {"lr": float(lr), "momentum": float(mu)},
            error=math.log10(lr / BEST) ** 2 + (10 * (mu - 0.9)) ** 2,
        )
        for i, (lr, mu) in enumerate(zip(rates, momenta, strict=True))
    )
    return Study("search", made, Objective("x", goal), SearchSpace((LR, MOMENTUM)))


def planned(study: Study, *, last: bool = False) -> NextRound:
    return next_round(study, [], {}, wishes=Wishes(trials=12, last=last))


def near(points: Sequence[Point]) -> int:
    """How many have a learning rate within a factor of six of the best."""
    rates = [float(each["lr"]) for each in points]  # type: ignore[arg-type]
    return sum(abs(math.log(rate / BEST)) < math.log(6) for rate in rates)


@pytest.mark.parametrize("goal", Goal)
def test_half_of_the_points_lie_around_the_best_trials(goal: Goal) -> None:
    made = planned(searched(40, goal=goal))
    assert made.sampler == HALF_AROUND_BEST
    assert made.phase == "exploration"
    assert (len(made.points), near(made.points[:6])) == (12, 6)
    assert near(made.points[6:]) < 6
    assert any("first half" in note for note in made.notes)


def test_the_search_space_itself_stays_as_wide() -> None:
    made = planned(searched(40))
    assert [each.space for each in made.searched] == [LR, MOMENTUM]
    assert not made.changed


def test_all_points_of_the_last_round_lie_there() -> None:
    made = planned(searched(40), last=True)
    assert (made.sampler, made.phase) == (AROUND_BEST, "exploitation")
    assert near(made.points) == len(made.points) == 12


def test_of_few_trials_the_best_are_a_matter_of_luck() -> None:
    assert planned(searched(9)).sampler == HALTON
    assert planned(searched(10)).sampler == HALF_AROUND_BEST


def test_points_are_new_and_the_sequence_goes_on() -> None:
    first = planned(searched(40))
    wishes = Wishes(trials=12, round=3, sequence=first.sequence)
    second = next_round(searched(40), [], {}, wishes=wishes)
    assert second.sequence.first == first.sequence.used
    rates = [each["lr"] for each in (*first.points, *second.points)]
    assert len(set(rates)) == 24

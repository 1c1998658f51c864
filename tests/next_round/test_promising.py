"""Points by a model of all trials: half of a round, and all of the last one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from advisor.model.next_round import LearnedPoints, NextRound
from advisor.model.planned_space import PLAN, Change, Constraint, Point
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial
from advisor.next_round.notes import notes_on
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


def learned(made: NextRound) -> LearnedPoints:
    assert made.learned is not None
    return made.learned


@pytest.mark.parametrize("goal", Goal)
def test_half_of_the_points_lie_where_little_error_is_expected(goal: Goal) -> None:
    made = planned(searched(40, goal=goal))
    assert made.phase == "exploration"
    assert learned(made).points == made.points[:6]
    assert near(made.points[:6]) >= 5
    assert near(made.points[6:]) < 6
    assert any("first 6 points" in note for note in made.notes)


def test_it_is_said_how_well_the_model_ranks_the_trials() -> None:
    made = planned(searched(40))
    assert learned(made).trials == 40
    assert 0.9 < (learned(made).in_order or 0) <= 1
    assert any("50% would be chance" in note for note in made.notes)
    rng = np.random.default_rng(1)
    noisy = [replace(t, error=float(rng.random())) for t in searched(40).trials]
    made = planned(replace(searched(40), trials=tuple(noisy)))
    assert 0.2 < (learned(made).in_order or 0) < 0.65


@pytest.mark.parametrize(
    ("in_order", "says"), [(0.51, "51% of the pairs"), (0.17, "learned nothing yet")]
)
def test_ranking_no_better_than_chance_is_said_in_words(
    in_order: float, says: str
) -> None:
    made = planned(searched(40))
    worse = replace(made, learned=replace(learned(made), in_order=in_order))
    (note,) = [each for each in notes_on(worse) if each.startswith("It ranks")]
    assert says in note
    assert "17%" not in note


def test_the_search_space_itself_stays_as_wide() -> None:
    made = planned(searched(40))
    assert [each.space for each in made.searched] == [LR, MOMENTUM]
    assert not made.changed


def test_all_points_of_the_last_round_are_learned() -> None:
    made = planned(searched(40), last=True)
    assert made.phase == "exploitation"
    assert learned(made).points == made.points
    assert near(made.points) >= 10


def test_of_few_trials_the_best_are_a_matter_of_luck() -> None:
    assert planned(searched(9)).learned is None
    assert planned(searched(10)).learned is not None
    made = planned(searched(9), last=True)
    assert len(made.points) == 12
    assert any("Too few trials" in note for note in made.notes)


def test_points_are_new_and_the_sequence_goes_on() -> None:
    first = planned(searched(40))
    wishes = Wishes(trials=12, round=3, sequence=first.sequence)
    second = next_round(searched(40), [], {}, wishes=wishes)
    assert second.sequence.first == first.sequence.used
    rates = [each["lr"] for each in (*first.points, *second.points)]
    assert len(set(rates)) == 24


def test_the_same_trials_give_the_same_points() -> None:
    assert planned(searched(40)).points == planned(searched(40)).points


def test_what_failed_is_kept_away_from() -> None:
    study = searched(40)
    trials = tuple(
        replace(t, error=None, infeasibility=Infeasibility("diverged", "NaN"))
        if t.hyperparameters["lr"] > 0.004  # type: ignore[operator]
        else t
        for t in study.trials
    )
    made = planned(replace(study, trials=trials), last=True)
    high = [each for each in made.points if each["lr"] > 0.01]  # type: ignore[operator]
    assert len(high) <= 2
    assert learned(made).trials == 40


def test_trials_that_still_run_or_miss_a_value_are_not_told() -> None:
    study = searched(40)
    running, missing, *others = study.trials
    trials = (
        replace(running, finished=False),
        replace(missing, hyperparameters={"lr": 0.01}),
        *others,
    )
    assert learned(planned(replace(study, trials=trials))).trials == 38


def test_regions_that_are_left_out_hold_none_of_them() -> None:
    region = Constraint({"lr": 1.0}, 0.00305, 0.00345, Change("", PLAN, ""))
    free = planned(searched(40), last=True)
    assert any(region.excludes(each) for each in free.points)
    wishes = Wishes(trials=12, last=True, constraints=(region,))
    made = next_round(searched(40), [], {}, wishes=wishes)
    assert learned(made).points == made.points
    assert not any(region.excludes(each) for each in made.points)


def test_what_no_trial_has_is_drawn_and_the_rest_is_learned() -> None:
    study = searched(40)
    new = replace(LR, name="decay", lower=1e-6, upper=1e-2, alias="weight_decay")
    wider = replace(study, search_space=SearchSpace((LR, MOMENTUM, new)))
    made = planned(wider, last=True)
    assert near(made.points) >= 10
    exponents = [math.log10(each["decay"]) for each in made.points]  # type: ignore[arg-type]
    assert np.ptp(exponents) > 2


def test_a_range_of_many_decades_is_seen_by_orders_of_magnitude() -> None:
    linear = replace(LR, scale="linear")
    made = planned(
        replace(searched(40), search_space=SearchSpace((linear, MOMENTUM))), last=True
    )
    assert near(made.points) >= 10


def test_choices_are_learned_too() -> None:
    study = searched(60)
    names = ("sgd", "adam", "lion")
    optimizer = Hyperparameter("optimizer", "categorical", choices=names)
    trials = tuple(
        replace(
            trial,
            hyperparameters={**trial.hyperparameters, "optimizer": names[i % 3]},
            error=(trial.error or 0) + (0.0 if i % 3 == 1 else 1.0),
        )
        for i, trial in enumerate(study.trials)
    )
    made = planned(
        replace(
            study, trials=trials, search_space=SearchSpace((LR, MOMENTUM, optimizer))
        ),
        last=True,
    )
    chosen = [each["optimizer"] for each in made.points]
    assert chosen.count("adam") >= 8


def test_of_very_many_trials_the_better_half_and_some_others_are_told() -> None:
    assert learned(planned(searched(220))).trials == 200


def test_a_value_without_a_place_is_no_reason_to_forget_a_trial() -> None:
    study = searched(40)
    decay = replace(LR, name="decay", lower=1e-6, upper=1e-2, alias="weight_decay")
    for zeros in (20, 40):
        trials = tuple(
            replace(t, hyperparameters={**t.hyperparameters, "decay": value})
            for i, t in enumerate(study.trials)
            for value in [0.0 if i < zeros else 1e-4]
        )
        space = SearchSpace((LR, MOMENTUM, decay))
        made = planned(replace(study, trials=trials, search_space=space), last=True)
        assert learned(made).trials == 40
        assert near(made.points) >= 10

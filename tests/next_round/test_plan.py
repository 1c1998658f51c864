"""The whole round: numbers of trials, steps, repeats, Adam's budget, phase, notes."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.finding import Severity
from advisor.model.next_round import NextRound, PointSequence
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Study
from advisor.next_round.plan import Wishes, next_round

from .findings import constant, finding, learning_rate, momentum, optimizer
from .studies import ROWS, study

LONGER = ("multiply", "max_train_steps", {"factor": 1.5})


def planned(
    *findings: Any, of: Study | None = None, wishes: Wishes | None = None
) -> NextRound:
    return next_round(of or study(), findings, {}, wishes=wishes)


def quantity(made: NextRound, name: str) -> Any:
    return {each.name: each.after for each in made.quantities}.get(name)


def test_without_findings_the_same_space_goes_on() -> None:
    made = planned()
    assert not made.changed
    assert "stays as it is" in made.notes[0]
    assert [each.space for each in made.searched] == list(study().search_space)[:4]
    assert len(made.points) == made.trials == 25
    assert made.trials_reason == ("30 let each value of optimizer have 15, 5 are there")
    assert all(
        each.keys() == {"lr", "momentum", "batch_size", "optimizer"}
        for each in made.points
    )


def test_trials_that_a_finding_wants_count_those_that_are_there() -> None:
    few = finding("too-few", ("trials", "", {"at_least": 41}))
    made = planned(few)
    assert made.trials == 36  # five of 41 lie inside
    assert few.id in made.trials_reason


def test_trials_outside_the_new_space_do_not_count() -> None:
    few = finding("too-few", ("trials", "", {"at_least": 41}))
    cut = finding("unstable", ("narrow", "lr", {"side": "upper", "to": 0.02}))
    assert planned(few, cut).trials == 38


@pytest.mark.parametrize(
    ("wishes", "facts"),
    [(Wishes(trials=8), {}), (None, {"trial_budget": 8})],
)
def test_the_budget_has_the_last_word_and_says_so(
    wishes: Wishes | None, facts: dict[str, Any]
) -> None:
    few = finding("too-few", ("trials", "", {"at_least": 41}))
    made = planned(few, of=study(facts=facts), wishes=wishes)
    assert made.trials == len(made.points) == 8
    assert "where 36 are wanted" in made.trials_reason
    assert made.conflicts[0].finding == few.id
    assert any("8 trials serve about 1 of the 4" in note for note in made.notes)


def test_a_larger_budget_is_used() -> None:
    assert planned(wishes=Wishes(trials=33)).trials == 33


def test_repeats_are_counted_against_the_trainings_that_are_there() -> None:
    again = finding("unknown", ("repeat", "trial-0", {"repeats": 5}))
    made = planned(again)
    (repeat,) = made.repeats
    assert (repeat.trial, repeat.more) == ("trial-0", 4)
    assert repeat.configuration == ROWS[0]
    twice = study((*ROWS, ROWS[0]))
    assert planned(again, of=twice).repeats[0].more == 3


def test_repeats_take_at_most_half_of_the_budget() -> None:
    again = finding(
        "within",
        ("repeat", "trial-0", {"repeats": 9, "trials": ["trial-0", "trial-1"]}),
    )
    made = planned(again, wishes=Wishes(trials=12))
    assert [each.more for each in made.repeats] == [6]
    assert made.trials == 6
    assert len(made.conflicts) == 2


def test_a_trial_that_is_not_there_is_a_conflict() -> None:
    made = planned(finding("a", ("repeat", "nobody", {"repeats": 5})))
    assert not made.repeats
    assert "no trial nobody" in made.conflicts[0].because


STEPS = [
    ((LONGER,), 1500),
    ((LONGER, LONGER), 1500),
    ((("set", "max_train_steps", {"value": 400}),), 400),
    ((("fix", "max_train_steps", {"value": 2000}),), 2000),
]


@pytest.mark.parametrize(("edits", "after"), STEPS)
def test_steps_where_no_hyperparameter_says_them(edits: Any, after: int) -> None:
    made = planned(*(finding(f"rule-{i}", each) for i, each in enumerate(edits)))
    assert quantity(made, "max_train_steps") == after
    assert not made.conflicts


def epochs(value: int = 20, upper: int | None = None) -> SearchSpace:
    each = Hyperparameter(
        *("epochs", "integer", value, upper or value),
        alias="max_train_steps",
        role="fixed" if upper is None else "nuisance",
    )
    return SearchSpace((learning_rate(), each))


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (LONGER, 30),
        (("set", "max_train_steps", {"value": 500}), 10),  # of 1000 logged steps
        (("fix", "max_train_steps", {"value": 40}), 40),  # in its own unit
    ],
)
def test_steps_in_the_unit_of_the_configuration(edit: Any, after: int) -> None:
    rows = [{"lr": 0.01, "epochs": 20}, {"lr": 0.02, "epochs": 20}]
    made = planned(finding("a", edit), of=study(rows, space=epochs()))
    (found,) = [each for each in made.hyperparameters if each.name == "epochs"]
    assert found.value == after
    assert found.changes
    assert made.points[0]["epochs"] == after


def test_fixed_lengths_are_stretched_where_they_are_too_short_too() -> None:
    rows = [{"lr": 0.01, "epochs": 20}, {"lr": 0.02, "epochs": 40}]
    fix = finding("tuned", ("fix", "max_train_steps", {"value": 40}))
    made = planned(fix, finding("few", LONGER), of=study(rows, space=epochs(20, 40)))
    assert made.points[0]["epochs"] == 60


def test_of_two_lengths_the_graver_finding_has_its_own() -> None:
    short = finding("early", ("set", "max_train_steps", {"value": 400}))
    long = finding("few", LONGER, severity=Severity.ERROR)
    made = planned(short, long)
    assert quantity(made, "max_train_steps") == 1500
    assert (made.conflicts[0].finding, made.conflicts[0].winner) == (short.id, long.id)


def test_lengths_are_unknown_without_steps() -> None:
    made = planned(finding("few", LONGER), of=study(last_step=None))
    assert not made.quantities
    assert "unknown" in made.conflicts[0].because


WARMUP = ("free", "warmup_steps", {"lower": 10, "upper": 10000, "scale": "log"})


def test_warmup_is_at_most_a_tenth_of_training() -> None:
    made = planned(finding("unstable", WARMUP), finding("few", LONGER))
    warmup = made.searched[-1]
    assert warmup.space is not None
    assert warmup.space.bounds == (10, 150)
    assert len(warmup.changes) == 2
    assert any("add its steps" in note for note in made.notes)
    assert any("warmup_steps is new" in note for note in made.notes)


def test_warmup_is_not_capped_by_epochs() -> None:
    made = planned(finding("unstable", WARMUP), of=study(last_step=40))
    assert made.searched[-1].space.upper == 10000  # type: ignore[union-attr]
    assert any("at most a tenth" in note for note in made.notes)


def adam_space(*names: str) -> SearchSpace:
    ranges = {
        "beta1": (0.8, 0.95, "linear"),
        "epsilon": (1e-9, 1e-3, "log"),
        "beta2": (0.9, 0.999, "linear"),
    }
    axes: list[Hyperparameter] = [learning_rate()]
    for name in names:
        lower, upper, scale = ranges[name]
        axes.append(Hyperparameter(name, "float", lower, upper, scale, alias=name))  # type: ignore[arg-type]
    return SearchSpace((*axes, optimizer(["adamw"])))


ADAM_ROW = {"lr": 0.01, "beta1": 0.9, "epsilon": 1e-8, "beta2": 0.99}


@pytest.mark.parametrize(
    ("trials", "varied"),
    [
        (7, {"lr"}),
        (8, {"lr", "beta1"}),
        (22, {"lr", "beta1"}),
        (23, {"lr", "beta1", "epsilon"}),
        (48, {"lr", "beta1", "epsilon", "beta2"}),
    ],
)
def test_adam_has_as_many_hyperparameters_as_trials_serve(
    trials: int, varied: set[str]
) -> None:
    space = adam_space("beta1", "epsilon", "beta2")
    inside = [ADAM_ROW, {**ADAM_ROW, "lr": 0.02}]
    outside = [{**ADAM_ROW, "epsilon": 1.0}] * 3
    of = study([*inside, *outside], space=space, infeasible=())
    made = planned(of=of, wishes=Wishes(trials=trials))
    assert {each.name for each in made.searched} == varied
    for each in made.newly_fixed:
        assert each.value == ADAM_ROW[each.name]
        assert "playbook" in each.changes[0].reason


def test_without_a_budget_adam_gets_the_trials_it_wants() -> None:
    space = adam_space("beta1", "epsilon")
    made = planned(of=study([ADAM_ROW], space=space, infeasible=()))
    assert (made.trials, len(made.searched)) == (24, 3)
    assert "24 more" in made.trials_reason


def test_other_optimizers_have_no_such_budget() -> None:
    space = SearchSpace((learning_rate(), momentum(), optimizer(["sgd"])))
    made = planned(of=study(space=space), wishes=Wishes(trials=5))
    assert len(made.searched) == 2


def test_the_goal_names_what_is_scientific() -> None:
    made = planned(of=study(facts={"goal": "momentum, learning_rate"}))
    roles = {each.name: each.role for each in made.searched}
    assert roles == {
        "lr": "scientific",
        "momentum": "scientific",
        "batch_size": "nuisance",
        "optimizer": "nuisance",
    }


EXPLOIT = finding("done", ("set", "phase", {"value": "exploitation"}))


def test_exploitation_begins_when_a_finding_says_so() -> None:
    made = planned(EXPLOIT)
    assert made.phase == "exploitation"
    assert any("Exploration is done" in note for note in made.notes)


def test_exploitation_waits_while_the_space_changes() -> None:
    made = planned(EXPLOIT, finding("b", ("widen", "lr", {"side": "upper", "to": 1})))
    assert made.phase == "exploration"
    assert made.conflicts[0].finding == EXPLOIT.id


def test_a_finding_may_shrink_the_space_that_it_exploits() -> None:
    shrink = ("narrow", "lr", {"side": "upper", "to": 0.03})
    both = finding("done", ("set", "phase", {"value": "exploitation"}), shrink)
    assert planned(both).phase == "exploitation"


def test_what_is_fixed_does_not_keep_the_exploration_going() -> None:
    made = planned(EXPLOIT, finding("b", ("fix", "momentum", {})))
    assert made.phase == "exploitation"
    assert [each.name for each in made.newly_fixed] == ["momentum"]


def test_what_others_leave_out_does_not_keep_the_exploration_going() -> None:
    cut = finding("b", ("narrow", "lr", {"side": "upper", "to": 0.03}))
    assert planned(EXPLOIT, cut).phase == "exploitation"
    other = finding("b", ("rescale", "momentum", {"scale": "log"}))
    assert planned(EXPLOIT, other).phase == "exploration"


def test_there_are_two_phases() -> None:
    made = planned(finding("done", ("set", "phase", {"value": "exploit"})))
    assert made.phase == "exploration"
    assert "exploration and exploitation" in made.conflicts[0].because


def test_sampling_is_a_quantity_of_the_plan() -> None:
    uneven = finding("uneven", ("set", "sampling", {"value": "quasi_random"}))
    made = planned(uneven, of=study(algorithm="grid"))
    (found,) = made.quantities
    assert (found.before, found.after) == ("grid", "quasi_random")


def test_the_sequence_goes_on_from_the_round_before() -> None:
    first = planned(wishes=Wishes(trials=6, seed=4))
    second = planned(wishes=Wishes(trials=6, round=3, sequence=first.sequence))
    both = planned(wishes=Wishes(trials=12, seed=4))
    assert (*first.points, *second.points) == both.points
    other = planned(wishes=Wishes(trials=6, seed=5, sequence=first.sequence))
    assert other.sequence.seed == 5
    assert other.points != second.points


def test_turned_hyperparameters_take_their_history_along() -> None:
    turn = finding(
        "scale", ("reparameterise", "momentum", {"to": "one_minus_momentum"})
    )
    made = planned(turn)
    assert made.past[0].values["one_minus_momentum"] == 0.1
    assert any("1 - momentum" in note for note in made.notes)


def test_past_trials_are_as_logged() -> None:
    made = planned()
    assert [each.objective for each in made.past] == [0.1, 1.1, 2.1, None, 4.1]
    assert "diverged" in str(made.past[3].infeasible)


def test_what_is_conditional_stays_so() -> None:
    rows = [
        {"lr": 0.01, "optimizer": "adam"},
        {"lr": 0.02, "optimizer": "adam"},
        {"lr": 0.03, "optimizer": "sgd", "momentum": 0.9},
        {"lr": 0.04, "optimizer": "sgd", "momentum": 0.95},
    ]
    space = SearchSpace((learning_rate(), momentum(), optimizer()))
    made = planned(of=study(rows, space=space, infeasible=()))
    for point in made.points:
        assert ("momentum" in point) == (point["optimizer"] == "sgd")


def test_a_study_without_anything_to_search() -> None:
    made = planned(of=study(space=SearchSpace((constant("dropout", 0.1),))))
    assert (made.trials, made.points) == (0, ())
    assert made.sequence == PointSequence()


def test_only_what_varies_without_choices_to_compare_is_counted() -> None:
    made = planned(of=study(space=SearchSpace((learning_rate(), momentum()))))
    assert made.trials_reason == "5 for each of 2 hyperparameters"
    alone = planned(of=study(space=SearchSpace((optimizer(),))))
    assert alone.trials_reason == "5 for each of 1 hyperparameter"
    assert len(alone.points) == 0  # both values were tried


def test_where_compute_is_the_bound_only_the_best_few_train_longer() -> None:
    rows = [{"lr": 0.01, "epochs": 20}, {"lr": 0.02, "epochs": 20}]
    of = study(rows, space=epochs(), facts={"compute_bound": True})
    made = planned(finding("few", LONGER), of=of)
    assert quantity(made, "final_max_train_steps") == 30
    assert "epochs" not in made.points[0]
    assert any("train the best few for 30" in note for note in made.notes)
    shorter = finding("many", ("set", "max_train_steps", {"value": 500}))
    assert planned(shorter, of=of).points[0]["epochs"] == 10


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_factor_that_makes_no_sense_is_a_conflict(factor: float) -> None:
    made = planned(finding("few", ("multiply", "max_train_steps", {"factor": factor})))
    assert not made.quantities
    assert made.conflicts

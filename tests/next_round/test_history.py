"""Conditions and earlier trials, as the next round sees them."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.next_round import PastTrial
from advisor.model.planned_space import Condition, PlannedHyperparameter
from advisor.model.search_space import SearchSpace
from advisor.next_round.conditions import conditions_of
from advisor.next_round.history import configuration_of, inside, repeats_of

from .findings import batch_size, learning_rate, momentum, optimizer
from .studies import ROWS, study

SPACE = SearchSpace((learning_rate(), momentum(), optimizer()))


def rows(*having: tuple[str, bool]) -> list[dict[str, Any]]:
    """Trials by optimizer, with momentum or without."""
    return [
        {"lr": 0.01, "optimizer": name} | ({"momentum": 0.9} if has else {})
        for name, has in having
    ]


@pytest.mark.parametrize(
    ("trials", "condition"),
    [
        (
            [("sgd", True), ("sgd", True), ("adam", False), ("adam", False)],
            Condition("optimizer", ("sgd",)),
        ),
        # Some trials of sgd lack it, so the optimizer does not decide.
        ([("sgd", True), ("sgd", True), ("sgd", False), ("adam", False)], None),
        # One trial without it may be a gap in the log.
        ([("sgd", True), ("sgd", True), ("adam", False)], None),
        ([("sgd", True), ("adam", True)] * 2, None),
    ],
)
def test_conditions(
    trials: list[tuple[str, bool]], condition: Condition | None
) -> None:
    found = conditions_of(study(rows(*trials), space=SPACE, infeasible=()))
    assert found.get("momentum") == condition
    assert "lr" not in found


def planned(*, condition: Condition | None = None) -> list[PlannedHyperparameter]:
    spaces = [learning_rate(), batch_size(), optimizer()]
    made = [PlannedHyperparameter(each.name, "nuisance", each, each) for each in spaces]
    space = momentum()
    made.append(
        PlannedHyperparameter("momentum", "nuisance", space, space, condition=condition)
    )
    return made


GOOD = {"lr": 0.01, "batch_size": 64, "optimizer": "adam", "momentum": 0.9}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"lr": 0.1}, True),
        ({"lr": 0.11}, False),
        ({"batch_size": 48}, False),
        ({"optimizer": "lion"}, False),
        ({"momentum": None}, False),
        ({"lr": "fast"}, False),
    ],
)
def test_trials_inside_a_space(changes: dict[str, Any], expected: bool) -> None:
    assert inside(PastTrial("t", {**GOOD, **changes}, 1.0), planned()) == expected


def test_a_conditional_value_may_be_missing_where_it_does_not_exist() -> None:
    space = planned(condition=Condition("optimizer", ("sgd",)))
    without = {name: value for name, value in GOOD.items() if name != "momentum"}
    assert inside(PastTrial("t", without, 1.0), space)
    assert not inside(PastTrial("t", {**without, "optimizer": "sgd"}, 1.0), space)


def test_repeats_have_equal_hyperparameters_whatever_else_differs() -> None:
    of = study((*ROWS, {**ROWS[0], "note": "again"}))
    assert repeats_of(of.trials[0], of) == 2
    assert repeats_of(of.trials[1], of) == 1
    assert "note" not in configuration_of(of.trials[-1], of)

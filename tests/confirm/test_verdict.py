"""What arms say of a finding, and how often they may say it wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.confirm.verdict import decide
from advisor.confirm.wording import sentence
from advisor.model.confirmation import Arm, ConfirmationVerdict, Level
from tests.confirm.arms import LOOKS, arm, experiment

CONFIRMED = ConfirmationVerdict.CONFIRMED
REFUTED = ConfirmationVerdict.REFUTED
INCONCLUSIVE = ConfirmationVerdict.INCONCLUSIVE

HIGH = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0]
LOW = [0.1, 0.2, 0.05, 0.1, 0.15, 0.1]
MIXED = [True, False, True, False, True, False]
NOTHING = [None] * 6
ZERO = [0.0] * 6
AGAIN = arm(True, HIGH)


def helps(**more: Any) -> Arm:
    return arm(False, LOW, name="helps", **more)


def fails(**more: Any) -> Arm:
    return arm(True, HIGH, name="fails", **more)


@pytest.mark.parametrize(
    ("options", "again", "arms", "verdict", "settled"),
    [
        ({}, AGAIN, [helps()], CONFIRMED, True),
        ({}, AGAIN, [fails(), helps()], CONFIRMED, True),
        ({}, AGAIN, [fails()], INCONCLUSIVE, True),
        ({}, arm(False, LOW), [helps()], REFUTED, True),
        ({}, arm(MIXED, HIGH), [helps()], INCONCLUSIVE, False),
        ({}, arm(NOTHING, HIGH), [helps()], INCONCLUSIVE, False),
        ({}, arm([None, *[False] * 5], HIGH), [helps()], REFUTED, True),
        ({}, arm([None, *[True] * 5], HIGH), [helps()], CONFIRMED, True),
        ({}, arm([None, None, *[True] * 4], HIGH), [helps()], INCONCLUSIVE, False),
        ({}, AGAIN, [Arm("x", skipped="no"), helps()], CONFIRMED, True),
        ({"predicts": None}, AGAIN, [], CONFIRMED, True),
        ({"predicts": None}, AGAIN, [fails()], CONFIRMED, True),
        ({"predicts": None}, arm(MIXED, HIGH), [fails()], INCONCLUSIVE, False),
        ({"predicts": "larger"}, arm(True, LOW), [arm(False, HIGH)], CONFIRMED, True),
        ({"predicts": "larger"}, AGAIN, [helps()], INCONCLUSIVE, True),
        ({"predicts": "gone"}, AGAIN, [helps()], CONFIRMED, True),
        ({"predicts": "gone"}, AGAIN, [fails()], INCONCLUSIVE, True),
        ({"predicts": "gone"}, AGAIN, [arm(MIXED, LOW)], INCONCLUSIVE, False),
        ({"predicts": "gone"}, AGAIN, [arm(NOTHING, LOW)], INCONCLUSIVE, False),
        ({"returns": "always"}, arm(False, HIGH), [helps()], CONFIRMED, True),
        ({"returns": "always"}, arm(False, HIGH), [fails()], REFUTED, True),
        ({"returns": "always"}, arm(False, LOW), [fails()], REFUTED, True),
        ({"returns": "always"}, arm(False, LOW), [fails(), helps()], REFUTED, True),
        ({"returns": "always"}, arm(True, ZERO), [arm(False, ZERO)], REFUTED, True),
    ],
)
def test_verdict(
    options: dict[str, Any],
    again: Arm,
    arms: list[Arm],
    verdict: ConfirmationVerdict,
    settled: bool,
) -> None:
    decision = decide(experiment(**options), again, arms, LOOKS, Level.SAME_PIPELINE)
    assert (decision.verdict, decision.settled) == (verdict, settled)


def test_equal_arms_refute_what_only_the_effect_decides() -> None:
    """A gain of less than a spread between seeds is none."""
    again = arm(False, errors=HIGH)
    same = arm(False, errors=[each + 0.001 for each in HIGH])
    wanted = experiment(returns="always", measure="objective")
    decision = decide(wanted, again, [same], LOOKS, Level.SAME_PIPELINE)
    assert decision.verdict is REFUTED
    assert sentence(wanted, again, decision, Level.SAME_PIPELINE).endswith(
        "that is no more than between seeds."
    )


@pytest.mark.parametrize("again", [arm(False, LOW), arm(False, HIGH)])
def test_an_analogue_never_refutes(again: Arm) -> None:
    for returns in ("rule", "always", "infeasible"):
        decision = decide(
            experiment(returns=returns), again, [fails()], LOOKS, Level.ANALOGUE
        )
        assert decision.verdict is INCONCLUSIVE
        assert decision.settled


@pytest.mark.parametrize("predicts", ["smaller", "gone"])
def test_a_remedy_must_not_cost_the_objective(predicts: str) -> None:
    again = arm(True, HIGH, errors=[0.5, 0.51, 0.49, 0.5, 0.5, 0.5])
    costly = arm(False, LOW, errors=[0.9, 0.91, 0.89, 0.9, 0.92, 0.9])
    for keeps, verdict in ((True, INCONCLUSIVE), (False, CONFIRMED)):
        wanted = experiment(predicts=predicts, keeps_objective=keeps)
        decision = decide(wanted, again, [costly], LOOKS, Level.SAME_PIPELINE)
        assert decision.verdict is verdict
        assert decision.arms[0].as_predicted is not keeps


def test_a_remedy_that_breaks_most_trials_is_none() -> None:
    broken = arm(False, [0.1, 0.1, *[None] * 4], errors=[0.5, 0.5, *[None] * 4])
    decision = decide(experiment(), AGAIN, [broken], LOOKS, Level.SAME_PIPELINE)
    assert decision.arms[0].as_predicted is False
    unmeasured = arm(False, [0.1, 0.1, *[None] * 4])
    decision = decide(experiment(), AGAIN, [unmeasured], LOOKS, Level.SAME_PIPELINE)
    assert decision.arms[0].as_predicted is None


def test_a_broken_reproduction_leaves_no_pairs() -> None:
    again = arm(True, [None] * 6, errors=[None] * 6)
    decision = decide(experiment(), again, [helps()], LOOKS, Level.SAME_PIPELINE)
    assert decision.verdict is INCONCLUSIVE
    assert decision.arms[0].effect is not None
    assert decision.arms[0].effect.pairs == 0
    assert decision.arms[0].as_predicted is None


@pytest.mark.parametrize(
    ("look", "fires", "came_back", "settled"),
    [
        (6, 6, True, True),
        (6, 5, None, False),
        (6, 1, None, False),
        (6, 0, False, True),
        (9, 9, True, True),
        (9, 5, None, False),
        (9, 0, False, True),
        (12, 11, True, True),
        (12, 6, None, True),
        (12, 1, False, True),
    ],
)
def test_each_look_has_its_limits(
    look: int, fires: int, came_back: bool | None, settled: bool
) -> None:
    again = arm([i < fires for i in range(look)])
    decision = decide(experiment(predicts=None), again, [], LOOKS, Level.SAME_PIPELINE)
    assert (decision.came_back, decision.settled) == (came_back, settled)


def test_unknown_answers_are_told() -> None:
    again = arm([True, True, True, None, None, False])
    wanted = experiment(predicts=None)
    decision = decide(wanted, again, [], LOOKS, Level.SAME_PIPELINE)
    assert sentence(wanted, again, decision, Level.SAME_PIPELINE) == (
        "Inconclusive in the same pipeline: it came back with 3 of 6 seeds, "
        "and 2 could not tell."
    )


def test_trials_that_broke_are_told() -> None:
    again = arm([True, True, True, None, None, False])
    first, *rest = again.repeats[3:]
    broken = replace(first, error=None, infeasible=True)
    again = replace(again, repeats=(*again.repeats[:3], broken, *rest))
    wanted = experiment(predicts=None)
    decision = decide(wanted, again, [], LOOKS, Level.SAME_PIPELINE)
    assert sentence(wanted, again, decision, Level.SAME_PIPELINE) == (
        "Inconclusive in the same pipeline: it came back with 3 of 6 seeds, "
        "1 ended infeasible, and 1 could not tell."
    )


@pytest.mark.parametrize(
    ("fires", "came_back"),
    [
        ([True] * 8 + [None] * 4, True),
        ([None] * 4 + [False] * 8, False),
        ([True] * 6 + [False] * 2 + [None] * 4, None),
        ([True] * 5 + [None] * 7, None),
    ],
)
def test_seeds_that_tell_nothing_are_left_out(
    fires: list[bool | None], came_back: bool | None
) -> None:
    wanted = experiment(predicts=None)
    decision = decide(wanted, arm(fires), [], LOOKS, Level.SAME_PIPELINE)
    assert decision.came_back is came_back

"""What is the same, beside a spread between seeds that is only an estimate."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.confirm.verdict import Decision, decide
from advisor.confirm.wording import sentence
from advisor.model.confirmation import ConfirmationVerdict, Level
from tests.confirm.arms import LOOKS, arm, experiment

CONFIRMED = ConfirmationVerdict.CONFIRMED
REFUTED = ConfirmationVerdict.REFUTED
INCONCLUSIVE = ConfirmationVerdict.INCONCLUSIVE

HIGH = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0]


def same_as(errors: list[float]) -> Decision:
    wanted = experiment(returns="always", predicts="same")
    arms = [arm(False, errors=errors)]
    return decide(wanted, arm(False, errors=HIGH), arms, LOOKS, Level.SAME_PIPELINE)


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [(0.0, CONFIRMED), (0.02, CONFIRMED), (-0.5, CONFIRMED), (0.2, REFUTED)],
)
def test_same_is_not_worse_by_a_spread_between_seeds(
    shift: float, verdict: ConfirmationVerdict
) -> None:
    decision = same_as([each + shift for each in HIGH])
    assert decision.verdict is verdict


def test_same_allows_for_not_knowing_the_spread() -> None:
    """Worse by less than the spread between few seeds, which itself is uncertain."""
    assert np.std(HIGH, ddof=1) > 0.06
    decision = same_as([each + 0.06 for each in HIGH])
    assert (decision.verdict, decision.settled) == (INCONCLUSIVE, False)


def test_same_wants_a_narrow_interval() -> None:
    decision = same_as([0.9, 1.2, 1.0, 0.8, 1.2, 0.9])
    assert (decision.verdict, decision.settled) == (INCONCLUSIVE, False)


def test_same_without_any_spread_is_equality() -> None:
    wanted = experiment(returns="always", predicts="same")
    flat, worse = arm(False, errors=[1.0] * 6), arm(False, errors=[1.1] * 6)
    for other, verdict in ((flat, CONFIRMED), (worse, REFUTED)):
        assert (
            decide(wanted, flat, [other], LOOKS, Level.SAME_PIPELINE).verdict is verdict
        )


def test_refuted_sameness_is_worded_so() -> None:
    wanted = experiment(returns="always", predicts="same", measure="objective")
    again, other = arm(False, errors=HIGH), arm(False, errors=[2.0] * 6, name="short")
    decision = decide(wanted, again, [other], LOOKS, Level.SAME_PIPELINE)
    assert sentence(wanted, again, decision, Level.SAME_PIPELINE) == (
        "Refuted in the same pipeline: with short the error changed by +1 "
        "(+0.916 to +1.08); that is more than between seeds, 0.0707."
    )


def test_sameness_is_worded_beside_the_spread() -> None:
    wanted = experiment(returns="always", predicts="same", measure="objective")
    again, other = arm(False, errors=HIGH), arm(False, errors=HIGH, name="short")
    decision = decide(wanted, again, [other], LOOKS, Level.SAME_PIPELINE)
    assert sentence(wanted, again, decision, Level.SAME_PIPELINE) == (
        "Confirmed in the same pipeline: with short the error changed by +0 "
        "(+0 to +0); between seeds it varies by 0.0707."
    )


@pytest.mark.parametrize(
    ("shifts", "verdict"),
    [
        ((0.0, 0.0), CONFIRMED),
        ((0.0, 0.3), REFUTED),
        ((0.0, 0.06), INCONCLUSIVE),
    ],
)
def test_where_every_arm_counts_one_is_not_enough(
    shifts: tuple[float, float], verdict: ConfirmationVerdict
) -> None:
    wanted = experiment(
        returns="always", predicts="same", measure="objective", every=True
    )
    again = arm(False, errors=HIGH)
    arms = [arm(False, errors=[e + x for e in HIGH], name=f"+{x}") for x in shifts]
    decision = decide(wanted, again, arms, LOOKS, Level.SAME_PIPELINE)
    assert decision.verdict is verdict
    said = sentence(wanted, again, decision, Level.SAME_PIPELINE)
    assert all(f"with {each.name} the error" in said for each in arms)

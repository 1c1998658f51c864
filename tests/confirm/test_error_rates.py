"""How often arms may say something wrong of a finding, by simulated seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from advisor.confirm.verdict import ALPHA, decide
from advisor.model.confirmation import ConfirmationVerdict, Level
from tests.confirm.arms import LOOKS, arm, experiment

CONFIRMED = ConfirmationVerdict.CONFIRMED
REFUTED = ConfirmationVerdict.REFUTED
INCONCLUSIVE = ConfirmationVerdict.INCONCLUSIVE

RUNS = 400
MOST = int(binom.ppf(0.999, RUNS, ALPHA))  # of as many runs, if the rate is kept


def simulate(
    rng: np.random.Generator, share: float, effect: float, arms: int, **options: Any
) -> ConfirmationVerdict:
    """One experiment: `share` of the seeds fire, `effect` in spreads between seeds."""
    wanted = experiment(**options)
    fires = rng.random((1 + arms, LOOKS[-1]))
    common = rng.standard_normal(LOOKS[-1])
    values = common + rng.standard_normal((1 + arms, LOOKS[-1]))
    values[1:] -= effect
    verdict = INCONCLUSIVE
    for look in LOOKS:
        trained = [
            arm(
                [bool(each < share) for each in fires[i][:look]],
                list(values[i][:look]),
                list(values[i][:look]),
                name=str(i),
            )
            for i in range(1 + arms)
        ]
        decision = decide(wanted, trained[0], trained[1:], LOOKS, Level.SAME_PIPELINE)
        verdict = decision.verdict
        if decision.settled:
            break
    return verdict


@pytest.mark.parametrize(
    ("share", "effect", "options"),
    [
        (0.5, 5.0, {}),  # not there, and whatever is tried makes the measure smaller
        (0.5, 5.0, {"predicts": None}),
        (1.0, 0.0, {}),  # there, and nothing helps
        (0.5, 0.0, {"returns": "always", "measure": "objective"}),
        (1.0, 0.0, {"keeps_objective": True}),
    ],
)
def test_wrong_confirmations_are_rare(
    share: float, effect: float, options: dict[str, Any]
) -> None:
    rng = np.random.default_rng(0)
    wrong = sum(
        simulate(rng, share, effect, 3, **options) is CONFIRMED for _ in range(RUNS)
    )
    assert wrong <= MOST


def test_wrong_refutations_are_rare() -> None:
    """A finding that most seeds do show, if only just."""
    rng = np.random.default_rng(1)
    verdicts = [simulate(rng, 0.51, 3.0, 1) for _ in range(RUNS)]
    assert verdicts.count(REFUTED) <= MOST


def test_clear_cases_are_nearly_always_confirmed() -> None:
    rng = np.random.default_rng(2)
    verdicts = [simulate(rng, 1.0, 3.0, 3) for _ in range(200)]
    assert verdicts.count(CONFIRMED) / 200 >= 0.9

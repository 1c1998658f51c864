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
    rng: np.random.Generator,
    share: float,
    effect: float,
    arms: int,
    own: float = 1.0,
    silent: float = 0.0,
    **options: Any,
) -> ConfirmationVerdict:
    """One experiment: `share` of the seeds fire, `effect` in noise of the seeds alone.

    `own` is the noise of each arm beside it, and `silent` the share of seeds whose rule
    cannot tell.
    """
    wanted = experiment(**options)
    fires = rng.random((1 + arms, LOOKS[-1]))
    told = rng.random(fires.shape) >= silent
    common = rng.standard_normal(LOOKS[-1])
    values = common + own * rng.standard_normal((1 + arms, LOOKS[-1]))
    values[1:] -= effect
    verdict = INCONCLUSIVE
    for look in LOOKS:
        trained = [
            arm(
                [
                    bool(each < share) if known else None
                    for each, known in zip(fires[i][:look], told[i], strict=False)
                ],
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
        (0.5, 0.0, {"predicts": None, "silent": 0.3}),
        (0.0, -np.hypot(1, 1), {"returns": "always", "predicts": "same"}),
        (0.0, -np.hypot(1, 0.2), {"returns": "always", "predicts": "same", "own": 0.2}),
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

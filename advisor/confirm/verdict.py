"""What the arms of an experiment say of the finding, after each look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.confirm.experiment import Experiment
from advisor.confirm.sequential import (
    decide_share,
    effect_of,
    excess_of,
    usual_spread,
)
from advisor.model.confirmation import Arm, ConfirmationVerdict, Effect, Level, Repeat

ALPHA = 0.05
"""Chance of a wrong decision on the reproduction, and likewise on the arms together."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict so far; `settled` if more seeds could not change it."""

    verdict: ConfirmationVerdict
    settled: bool
    came_back: bool | None
    arms: tuple[Arm, ...]


def decide(
    experiment: Experiment,
    again: Arm,
    arms: Sequence[Arm],
    looks: Sequence[int],
    level: Level,
) -> Decision:
    """Judges all arms at a look, which is the number of repeats of `again`."""
    seen = len(again.repeats)
    came_back: bool | None = True
    if experiment.returns != "always":
        came_back = _returns(again, looks, ALPHA)
    trained = [arm for arm in arms if not arm.skipped]
    share = ALPHA / max(len(trained), 1)
    judged = tuple(
        arm if arm.skipped else _judged(experiment, again, arm, looks, share)
        for arm in arms
    )
    verdict = _verdict(experiment, came_back, judged)
    if verdict is ConfirmationVerdict.REFUTED and level is Level.ANALOGUE:
        # Another model under the same settings may simply not show it.
        return Decision(ConfirmationVerdict.INCONCLUSIVE, True, came_back, judged)
    if verdict is not None:
        return Decision(verdict, True, came_back, judged)
    open_arms = any(arm.as_predicted is None and not arm.skipped for arm in judged)
    undecided = came_back is None or (experiment.predicts is not None and open_arms)
    settled = seen >= looks[-1] or not undecided
    return Decision(ConfirmationVerdict.INCONCLUSIVE, settled, came_back, judged)


def _verdict(
    experiment: Experiment, came_back: bool | None, arms: Sequence[Arm]
) -> ConfirmationVerdict | None:
    """Confirmed or refuted; None where neither is shown."""
    if came_back is False:
        return ConfirmationVerdict.REFUTED
    if came_back is None:
        return None
    if experiment.predicts is None:
        return ConfirmationVerdict.CONFIRMED
    said = [arm.as_predicted for arm in arms if not arm.skipped]
    wrong = [each is False for each in said]
    held = any(said)
    failed = bool(said) and all(wrong)
    if experiment.every:
        held, failed = bool(said) and all(said), any(wrong)
    if held:
        return ConfirmationVerdict.CONFIRMED
    # Where only the effect decides, a prediction that fails refutes the finding.
    if experiment.returns == "always" and failed:
        return ConfirmationVerdict.REFUTED
    return None


def _judged(
    experiment: Experiment, again: Arm, arm: Arm, looks: Sequence[int], alpha: float
) -> Arm:
    """The arm with its effect and whether it did as predicted."""
    at_look = alpha / len(looks)
    if experiment.predicts == "gone":
        many = _returns(arm, looks, alpha)
        kept = many is False and _keeps(experiment, again, arm)
        said = None if many is None else kept
        return replace(arm, as_predicted=said)
    objective = experiment.measure == "objective" or experiment.predicts == "same"
    pairs = _pairs(again, arm, objective=objective)
    larger = experiment.predicts == "larger"
    differences = [other - one for one, other in pairs]
    effect = effect_of(differences, larger=larger, alpha=at_look)
    if experiment.predicts is None:
        return replace(arm, effect=effect)
    enough = 2 * len(pairs) >= len(again.repeats)
    said = _as_predicted(experiment, effect, _values(again, objective), at_look)
    if not enough:
        # Most repeats of the arm broke, which nobody would take for a remedy.
        said = False if _broken(arm) * 2 > len(arm.repeats) else None
    if said and not _keeps(experiment, again, arm):
        said = False
    return replace(arm, effect=effect, as_predicted=said)


def _returns(arm: Arm, looks: Sequence[int], alpha: float) -> bool | None:
    """Whether most seeds that can tell show the finding; if half of them can."""
    seen = len(arm.repeats)
    told = [each.fires for each in arm.repeats if each.fires is not None]
    if 2 * len(told) < seen:
        return None
    # Given which seeds can tell, the limits are those of a plan with just these.
    known = [
        sum(each.fires is not None for each in arm.repeats[:look])
        for look in looks
        if look <= seen
    ]
    return decide_share(arm.fires, len(told), known, alpha)


def _as_predicted(
    experiment: Experiment, effect: Effect, values: Sequence[float], alpha: float
) -> bool | None:
    if experiment.predicts == "same":
        spread = usual_spread(values)
        lower, upper = excess_of(effect, spread, experiment.margin, alpha)
        if upper <= 0:
            return True
        return False if lower > 0 else None
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    room = experiment.margin * spread
    if effect.p_value < alpha and abs(effect.mean) >= room:
        return True
    best = effect.upper if experiment.predicts == "larger" else -effect.lower
    return False if best < room or best <= 0 else None


def _pairs(again: Arm, arm: Arm, *, objective: bool) -> list[tuple[float, float]]:
    """Measures of the same seed in both arms, where both could be measured."""
    values = [
        (_value(one, objective=objective), _value(other, objective=objective))
        for one, other in zip(again.repeats, arm.repeats, strict=False)
    ]
    return [(a, b) for a, b in values if a is not None and b is not None]


def _value(repeat: Repeat, *, objective: bool) -> float | None:
    value = repeat.error if objective else repeat.measure
    return value if value is not None and np.isfinite(value) else None


def _values(arm: Arm, objective: bool) -> list[float]:
    values = [_value(each, objective=objective) for each in arm.repeats]
    return [value for value in values if value is not None]


def _keeps(experiment: Experiment, again: Arm, arm: Arm) -> bool:
    """Whether the arm's objective is not clearly worse than the reproduction's."""
    if not experiment.keeps_objective:
        return True
    pairs = _pairs(again, arm, objective=True)
    worse = effect_of([b - a for a, b in pairs], larger=True, alpha=ALPHA)
    return worse.p_value >= ALPHA


def _broken(arm: Arm) -> int:
    return sum(each.error is None for each in arm.repeats)

"""The verdict in one sentence, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.confirm.experiment import Experiment
from advisor.confirm.sequential import usual_spread
from advisor.confirm.verdict import Decision
from advisor.model.confirmation import Arm, ConfirmationVerdict, Level

_LEVELS = {
    Level.SAME_PIPELINE: "the same pipeline",
    Level.ANALOGUE: "an analogue",
}


def sentence(
    experiment: Experiment, again: Arm, decision: Decision, level: Level
) -> str:
    """`Confirmed in the same pipeline: it came back with 6 of 6 seeds; with …`."""
    clauses = list(_clauses(experiment, again, decision, level))
    start = f"{decision.verdict.value.capitalize()} in {_LEVELS[level]}"
    return f"{start}: {'; '.join(clauses)}."


def _clauses(
    experiment: Experiment, again: Arm, decision: Decision, level: Level
) -> Iterator[str]:
    count = len(again.repeats)
    if experiment.returns != "always" or experiment.measure != "objective":
        verb = "broke" if experiment.returns == "infeasible" else "came back"
        broken = f", {again.broken} ended infeasible" if again.broken else ""
        open_ = f", and {again.unknown} could not tell" if again.unknown else ""
        yield f"it {verb} with {again.fires} of {count} seeds{broken}{open_}"
        if decision.came_back is False and level is Level.ANALOGUE:
            yield "an analogue that does not show it refutes nothing"
            return
    arms = [arm for arm in decision.arms if not arm.skipped]
    if experiment.predicts is None or decision.came_back is not True:
        return
    helped = [arm for arm in arms if arm.as_predicted]
    if experiment.every:
        helped = helped if len(helped) == len(arms) else []
    for arm in helped or arms:
        yield _arm(experiment, arm)
    same = experiment.predicts == "same"
    if same and decision.verdict is not ConfirmationVerdict.REFUTED:
        yield f"between seeds it varies by {_spread(again)}"
    if not helped and arms:
        undecided = any(arm.as_predicted is None for arm in arms)
        if decision.verdict is ConfirmationVerdict.REFUTED:
            own = f"more than between seeds, {_spread(again)}"
            yield f"that is {own if same else 'no more than between seeds'}"
        else:
            yield f"{count} seeds do not decide" if undecided else "nothing helped"


def _spread(again: Arm) -> str:
    errors = [each.error for each in again.repeats if each.error is not None]
    return f"{usual_spread(errors):.3g}"


def _arm(experiment: Experiment, arm: Arm) -> str:
    if experiment.predicts == "gone" or arm.effect is None:
        return f"with {arm.name} it came back with {arm.fires} of {len(arm.repeats)}"
    effect = arm.effect
    objective = experiment.measure == "objective" or experiment.predicts == "same"
    what = "the error" if objective else experiment.measure
    return (
        f"with {arm.name} {what} changed by {effect.mean:+.3g} "
        f"({effect.lower:+.3g} to {effect.upper:+.3g})"
    )

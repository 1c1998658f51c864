"""What `confirm` would train, without training it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.confirm.budget import in_words
from advisor.confirm.experiment import Change
from advisor.confirm.plan import Plan
from advisor.confirm.session import Session
from advisor.text import printable


def render(session: Session) -> str:
    """Every plan in order, with its first trials as they would be trained."""
    lines = []
    for number, plan in enumerate(session.plans, start=1):
        lines += list(_plan(number, plan))
    if not session.plans:
        lines.append("No finding can be tested.")
    if session.untested:
        lines.append("Not tested:")
        lines += [f"  {name}: {why}" for name, why in session.untested.items()]
    return "".join(f"{printable(line)}\n" for line in lines)


def _plan(number: int, plan: Plan) -> Iterator[str]:
    experiment, pipeline = plan.experiment, plan.pipeline
    trials = len(plan.trials(0, plan.looks[0]))
    yield f"{number}. {experiment.finding.id} ({pipeline.level.value})"
    yield f"   {experiment.finding.message}"
    yield (
        f"   {trials} trials of {pipeline.workload}, about {in_words(plan.seconds())}; "
        f"up to {plan.looks[-1]} seeds an arm"
    )
    for change, skipped in ((Change(), ""), *plan.arms):
        shown = skipped or pipeline.described(plan.settings(change, 0))
        yield f"   {change}: {'not trained, ' if skipped else ''}{shown}"
    yield ""

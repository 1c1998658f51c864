"""From an evaluation to confirmations: all plans, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.confirm.executors import HERE, Executor
from advisor.confirm.plan import Plan
from advisor.confirm.run import Runner
from advisor.confirm.session import Session
from advisor.confirm.store import Store
from advisor.confirm.training import Training
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.model.confirmation import Confirmation

Tell = Callable[[str, int, int], None]
"""Called with the finding under test, the work done on it and the work in all."""


def carry_out(
    session: Session,
    workdir: Path,
    rules: Sequence[Rule],
    settings: RuleSettings,
    budget: float,
    executor: Executor = HERE,
    tell: Tell | None = None,
) -> tuple[dict[str, Confirmation], dict[str, str]]:
    """Confirmations by finding, and why the others were not tested.

    What was trained before in `workdir` is not trained again, so that an interrupted
    call goes on where it stopped and ends in the same result.
    """
    store = Store(workdir / "trials")
    store.clean()

    def progress(plan: Plan, done: int, total: int) -> None:
        if tell is not None:
            tell(plan.experiment.finding.id, done, total)

    training = Training(store, executor, budget, progress)
    runner = Runner(training, rules, settings)
    confirmations: dict[str, Confirmation] = {}
    untested = dict(session.untested)
    for plan in session.plans:
        finding = plan.experiment.finding.id
        result = runner.run(plan)
        if isinstance(result, Confirmation):
            confirmations[finding] = result
        else:
            untested[finding] = result
    return confirmations, untested

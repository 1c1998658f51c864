"""From an evaluation to confirmations: all plans, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from advisor.confirm.pipelines.pipeline import Pipeline, Progress, Settings
from advisor.confirm.run import Plan, Runner
from advisor.confirm.session import Session
from advisor.confirm.store import Store
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.model.confirmation import Confirmation

Tell = Callable[[str, int, int], None]
"""Called with the finding under test, the work done on it and the work in all."""


def here(
    pipeline: Pipeline,
    trials: Mapping[str, Settings],
    directory: Path,
    progress: Progress,
) -> None:
    """Trains in this process."""
    pipeline.train(trials, directory, progress)


def carry_out(
    session: Session,
    workdir: Path,
    rules: Sequence[Rule],
    settings: RuleSettings,
    budget: float,
    train: Callable[..., None] = here,
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

    runner = Runner(store, rules, settings, train, budget, progress)
    confirmations: dict[str, Confirmation] = {}
    untested = dict(session.untested)
    for plan in session.plans:
        finding = plan.experiment.finding.id
        if confirmations and runner.spent + plan.seconds() > budget:
            untested[finding] = "the budget ended before it"
            continue
        confirmations[finding] = runner.run(plan)
    return confirmations, untested

"""`advisor confirm`: findings put to the test. Nothing heavy is imported on load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from advisor.cli_output import progress_bar
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.confirm.session import Session
    from advisor.model.finding import Evaluation
    from advisor.pipeline import Checked


def confirmed(
    checked: Checked,
    only: tuple[str, ...],
    workdir: Path,
    budget: str,
    executor: str | None,
) -> Evaluation:
    """The evaluation with every finding tested that can be."""
    from advisor.confirm.budget import seconds_of
    from advisor.confirm.carry_out import carry_out
    from advisor.confirm.executors import executor_of
    from advisor.pipeline import with_confirmations

    seconds = seconds_of(budget)
    session = _session(checked, only)
    try:
        with progress_bar("confirming") as tell, executor_of(executor) as place:
            confirmations, untested = carry_out(
                session, workdir, checked.rules, checked.settings, seconds, place, tell
            )
    except KeyboardInterrupt:
        raise AdvisorError(
            f"interrupted; what was trained is kept in {workdir}, and the same call "
            "goes on from there"
        ) from None
    return with_confirmations(
        checked.evaluation, confirmations, untested, checked.rules
    )


def what_would_run(checked: Checked, only: tuple[str, ...]) -> str:
    """The plans as text."""
    from advisor.confirm.dry_run import render

    return render(_session(checked, only))


def _session(checked: Checked, only: tuple[str, ...]) -> Session:
    from advisor.confirm.own import own_pipeline
    from advisor.confirm.session import prepare

    evaluation = checked.evaluation
    own = own_pipeline(checked.configuration, evaluation.logs.roots)
    return prepare(evaluation, own, only)

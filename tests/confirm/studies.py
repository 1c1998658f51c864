"""Logs of the fake pipeline, checked, with findings to put to the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from advisor.confirm.carry_out import carry_out
from advisor.confirm.executors import HERE, Executor
from advisor.confirm.pipelines.pipeline import Pipeline
from advisor.confirm.session import prepare
from advisor.interpret.configuration import Configuration
from advisor.model.confirmation import Confirmation
from advisor.model.finding import Evaluation, Finding
from advisor.pipeline import Checked, check, with_confirmations
from advisor.report.markdown import render
from tests.confirm.fake_pipeline import write


def checked(folder: Path, *trials: Mapping[str, Any]) -> Checked:
    """A study of these trials."""
    for i, settings in enumerate(trials):
        write({**settings, "seed": i}, folder / "logs" / f"t{i}")
    return check([folder / "logs"], Configuration())


def finding_of(checked: Checked, rule: str) -> Finding:
    (found,) = (f for f in checked.evaluation.findings if f.rule == rule)
    return found


def only(checked: Checked, *findings: Finding) -> Checked:
    """The study with these findings, whatever was found."""
    return replace(checked, evaluation=replace(checked.evaluation, findings=findings))


def moved(finding: Finding, trial: str) -> Finding:
    """A false flag: the finding attached to another trial."""
    return replace(
        finding,
        subject=replace(finding.subject, name=trial),
        trials=(trial,),
        confirm={**finding.confirm, "reproduce": {"trial": trial}},
    )


def confirm(
    checked: Checked,
    pipeline: Pipeline,
    workdir: Path,
    budget: float = 1e6,
    executor: Executor = HERE,
) -> tuple[dict[str, Confirmation], dict[str, str]]:
    session = prepare(checked.evaluation, pipeline)
    return carry_out(
        session, workdir, checked.rules, checked.settings, budget, executor
    )


def report(checked: Checked, *results: Any) -> str:
    """The Markdown report with the results of `confirm`."""
    return render(evaluation(checked, *results))


def evaluation(checked: Checked, *results: Any) -> Evaluation:
    return with_confirmations(checked.evaluation, *results, checked.rules)

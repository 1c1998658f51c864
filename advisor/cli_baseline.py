"""`advisor baseline`, and what a baseline and suppressions make of a check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli_options import CONFIG, PATHS

if TYPE_CHECKING:
    from advisor.model.finding import Evaluation, Severity
    from advisor.pipeline import Checked

FILE_NAME = "advisor-baseline.json"


@click.command()
@PATHS
@CONFIG
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(FILE_NAME),
    show_default=True,
    help="Where to write.",
)
def baseline(paths: tuple[Path, ...], config: Path | None, output: Path) -> None:
    """Record the findings on the trials below PATHS, so that only new ones count.

    `advisor check --baseline FILE` leaves them out of its exit code, and still tells
    them. They are known by fingerprints, which survive renamed folders and new trials.
    """
    from advisor.gate.baseline import render
    from advisor.interpret.configuration import load_configuration
    from advisor.pipeline import check
    from advisor.report.numbers import count
    from advisor.report.summary import open_findings
    from advisor.written import Written, write

    checked = check(paths, load_configuration(paths[0], config))
    findings = open_findings(counted(checked.evaluation, checked, None).findings)
    write([Written(output, render(findings).encode())])
    click.echo(f"wrote {count(len(findings), 'finding')} to {output}")


def counted(
    evaluation: Evaluation,
    checked: Checked,
    baseline: Path | None,
    *,
    fail_on: Severity | None = None,
) -> Evaluation:
    """Without the findings that are known or that advisor.yaml accepts.

    What else the configuration takes away is told as a notice.

    Raises:
        ProblemError: the baseline cannot be read.
    """
    from datetime import datetime

    from advisor.gate.acceptance import accept
    from advisor.gate.baseline import read
    from advisor.gate.weakening import weakening

    known = read(baseline).severities if baseline is not None else {}
    made = accept(
        evaluation,
        checked.rules,
        known=known,
        suppressions=checked.configuration.suppressions,
        today=datetime.now(UTC).date(),
    )
    told = weakening(checked.configuration, evaluation.logs.roots)
    return replace(made, notices=(*told, *made.notices), fail_on=fail_on)

"""How a command ends: files, text and an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli_options import Output

if TYPE_CHECKING:
    from advisor.loaders.cache.answer import Answer
    from advisor.model.finding import Evaluation

WIDTH = 80


def answer_of(
    evaluation: Evaluation,
    outputs: tuple[Output, ...],
    form: str,
    plots: bool,
    *,
    failed: bool = False,
) -> Answer:
    """All reports that are asked for, finished."""
    from advisor.loaders.cache.answer import Answer
    from advisor.report.outputs import files

    written = [
        file
        for each in outputs
        for file in files(evaluation, each.form, each.path, plots=plots)
    ]
    report = next((each.path for each in outputs if each.form == "markdown"), None)
    text = _rendered(evaluation, form, report)
    return Answer(text, int(failed), tuple(written))


def give(answer: Answer) -> None:
    """Writes the files, then prints; so that a broken pipe costs no report.

    Raises:
        AdvisorError: a file cannot be written.
    """
    from advisor.written import write

    write(answer.files)
    click.echo(answer.text, nl=False)
    if answer.code:
        sys.exit(answer.code)


def has_color() -> bool:
    """Whether what is printed may be coloured."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _rendered(evaluation: Evaluation, form: str, report: Path | None) -> str:
    if form == "text":
        from advisor.report import terminal

        color = has_color()
        return terminal.render(evaluation, width=WIDTH, color=color, report=report)
    from advisor.report.outputs import render

    return render(evaluation, form)

"""What a command shows while it works, and how it ends: files, text, an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from advisor.cli_options import Output

if TYPE_CHECKING:
    from advisor.loaders.cache.answer import Answer
    from advisor.model.finding import Evaluation

WIDTH = 80

_LONGEST = 40  # what is said before a bar

Tell: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""


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


@contextmanager
def progress_bar(what: str) -> Iterator[Tell | None]:
    """A bar on stderr about `what` until told better, if somebody is looking at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda what, done, total: bar.update(
            task, description=what[:_LONGEST], completed=done, total=total
        )


def _rendered(evaluation: Evaluation, form: str, report: Path | None) -> str:
    if form == "text":
        from advisor.report import terminal

        color = has_color()
        return terminal.render(evaluation, width=WIDTH, color=color, report=report)
    from advisor.report.outputs import render

    return render(evaluation, form)

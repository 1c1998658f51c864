"""An evaluation in any format, as text or as a file."""

from __future__ import annotations

from pathlib import Path

from advisor import written
from advisor.model.finding import Evaluation
from advisor.report.formats import find_format
from advisor.written import Written


def render(evaluation: Evaluation, form: str) -> str:
    """The whole output in that format."""
    if form == "json":
        from advisor.report import json_report

        return json_report.render(evaluation)
    if form == "markdown":
        from advisor.report import markdown

        return markdown.render(evaluation)
    if form == "text":
        from advisor.report import terminal

        return terminal.render(evaluation)
    return find_format(form).render(evaluation)


def files(
    evaluation: Evaluation, form: str, path: Path, *, plots: bool = True
) -> tuple[Written, ...]:
    """What is to be written for one output: plots first, then the report."""
    if form == "markdown" and plots:
        from advisor.report.markdown import with_plots

        text, figures = with_plots(evaluation, path)
        drawn = (Written(path.parent / each.path, each.content) for each in figures)
        return (*drawn, Written(path, text.encode()))
    appends = form not in ("text", "json", "markdown") and find_format(form).APPENDS
    return (Written(path, render(evaluation, form).encode(), appends),)


def write(evaluation: Evaluation, form: str, path: Path, *, plots: bool = True) -> None:
    """A file, with the folders above it.

    Raises:
        AdvisorError: it cannot be written.
    """
    written.write(files(evaluation, form, path, plots=plots))

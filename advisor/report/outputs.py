"""An evaluation in any format, as text or as a file."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import AdvisorError
from advisor.model.finding import Evaluation
from advisor.report.formats import find_format


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


def write(evaluation: Evaluation, form: str, path: Path, *, plots: bool = True) -> None:
    """A file, with the folders above it.

    Raises:
        AdvisorError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if form == "markdown":
            from advisor.report.markdown import write_report

            write_report(evaluation, path, plots=plots)
            return
        appends = form not in ("text", "json") and find_format(form).APPENDS
        with path.open("a" if appends else "w", encoding="utf-8", newline="\n") as file:
            file.write(render(evaluation, form))
    except OSError as error:
        raise AdvisorError(f"{path}: {error.strerror or error}") from error

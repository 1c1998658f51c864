"""A comment for a pull or merge request, which the next one can find and replace."""

from __future__ import annotations

from advisor.model.finding import Evaluation
from advisor.report.brief import brief

NAME = "comment"
TAKES = "the body of a pull request's comment; below 65,536 characters"
APPENDS = False

MARK = "<!-- advisor -->"
MOST = 40_000  # bytes; with a comparison still fewer characters than GitHub takes


def render(evaluation: Evaluation) -> str:
    """Markdown with up to 25 findings; the first line tells whose comment it is."""
    most = MOST - len(MARK) - 1
    return f"{MARK}\n{brief(evaluation, most=most, findings=25)}"

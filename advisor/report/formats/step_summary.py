"""The summary of a GitHub Actions step."""

from __future__ import annotations

from advisor.model.finding import Evaluation
from advisor.report.brief import brief

NAME = "step-summary"
TAKES = "$GITHUB_STEP_SUMMARY, which is added to; below 1 MiB"
APPENDS = True

MOST = 1_000_000  # bytes; above 2**20 GitHub drops the whole summary


def render(evaluation: Evaluation) -> str:
    """Markdown with up to 200 findings."""
    return brief(evaluation, most=MOST, findings=200)

"""JSON lines: one finding a line, the last line is the sum."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from advisor.model.finding import Evaluation
from advisor.report.json_report import data

NAME = "jsonl"
TAKES = "line by line: findings, accepted ones, and a last line with the counts"
APPENDS = False

_SUM = (
    *("version", "advisor", "state", "worst", "fail_on", "fails", "counts"),
    "notices",
)


def render(evaluation: Evaluation) -> str:
    """Every line is an object with a `type`."""
    return "".join(f"{_line(each)}\n" for each in _objects(data(evaluation)))


def _objects(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for finding in report["findings"]:
        yield {"type": "finding", **finding}
    for accepted in report["accepted"]:
        yield {"type": "accepted", **accepted}
    for problem in report["problems"]:
        yield {"type": "problem", **problem}
    yield {"type": "summary", **{key: report[key] for key in _SUM}}


def _line(entry: dict[str, Any]) -> str:
    """ASCII, so that no line separator of Unicode breaks a line."""
    return json.dumps(entry, allow_nan=False)

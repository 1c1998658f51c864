"""Reviewdog's diagnostics."""

from __future__ import annotations

import json

from advisor.model.finding import PLAYBOOK, Evaluation, Severity
from advisor.report import summary
from advisor.report.places import Places
from advisor.text import printable

NAME = "rdjson"
TAKES = "reviewdog -f=rdjson"
APPENDS = False

_SEVERITIES = {
    Severity.ERROR: "ERROR",
    Severity.WARNING: "WARNING",
    Severity.INFO: "INFO",
}


def render(evaluation: Evaluation) -> str:
    """The open findings; accepted ones have no place in this format."""
    places = Places(evaluation)
    worst = evaluation.worst
    diagnostics = [
        {
            "message": printable(each.message),
            "location": {
                "path": places.of(each),
                "range": {"start": {"line": 1, "column": 1}},
            },
            "severity": _SEVERITIES[each.severity],
            "code": {"value": each.rule, "url": each.link},
        }
        for each in summary.open_findings(evaluation.findings)
    ]
    report = {
        "source": {"name": "advisor", "url": PLAYBOOK},
        "severity": _SEVERITIES[worst] if worst is not None else "INFO",
        "diagnostics": diagnostics,
    }
    return json.dumps(report, indent=1) + "\n"

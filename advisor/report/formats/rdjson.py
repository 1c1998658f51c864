"""Reviewdog's diagnostics."""

from __future__ import annotations

import json
from typing import Any

from advisor.model.finding import PLAYBOOK, Evaluation, Severity
from advisor.report import summary
from advisor.report.asides import asides
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
    """The open findings, and one entry for all that are accepted."""
    places = Places(evaluation)
    worst = evaluation.worst
    diagnostics = [
        {
            "message": printable(each.message),
            "location": _location(places.of(each)),
            "severity": _SEVERITIES[each.severity],
            "code": {"value": each.rule, "url": each.link},
        }
        for each in summary.open_findings(evaluation.findings)
    ]
    diagnostics += [
        {
            "message": printable(each.sentence),
            "location": _location(each.place),
            "severity": "INFO",
            "code": {"value": each.kind},
        }
        for each in asides(evaluation)
    ]
    report = {
        "source": {"name": "advisor", "url": PLAYBOOK},
        "severity": _SEVERITIES[worst] if worst is not None else "INFO",
        "diagnostics": diagnostics,
    }
    return json.dumps(report, indent=1) + "\n"


def _location(path: str) -> dict[str, Any]:
    return {"path": path, "range": {"start": {"line": 1, "column": 1}}}

"""GitLab's code quality report."""

from __future__ import annotations

import json

from advisor.model.finding import Evaluation, Severity
from advisor.report import summary
from advisor.report.asides import asides
from advisor.report.places import Places
from advisor.text import printable

NAME = "gitlab"
TAKES = "GitLab's code quality widget (`artifacts: reports: codequality`)"
APPENDS = False

_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFO: "info",
}


def render(evaluation: Evaluation) -> str:
    """The open findings, and one entry for all that are accepted."""
    places = Places(evaluation)
    issues = [
        {
            "description": printable(f"{each.rule}: {each.message}"),
            "check_name": each.rule,
            "fingerprint": each.fingerprint,
            "severity": _SEVERITIES[each.severity],
            "location": {"path": places.of(each), "lines": {"begin": 1}},
        }
        for each in summary.open_findings(evaluation.findings)
    ]
    issues += [
        {
            "description": printable(each.sentence),
            "check_name": each.kind,
            "fingerprint": each.fingerprint,
            "severity": "info",
            "location": {"path": each.place, "lines": {"begin": 1}},
        }
        for each in asides(evaluation)
    ]
    return json.dumps(issues, indent=1) + "\n"

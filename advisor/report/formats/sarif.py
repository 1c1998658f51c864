"""SARIF 2.1.0, for code scanning.

Accepted findings are results with a suppression; what could not be read is a
notification of the tool. Verdicts that are no findings are not results: SARIF readers
show every result as an alert.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from advisor import __version__
from advisor.errors import Problem
from advisor.model.finding import (
    PLAYBOOK,
    Accepted,
    Evaluation,
    Finding,
    RuleNote,
    Severity,
)
from advisor.report import summary
from advisor.report.places import Places
from advisor.text import printable

NAME = "sarif"
TAKES = "GitHub code scanning and other SARIF 2.1.0 readers; at most 25,000 results"
APPENDS = False

MOST_RESULTS = 25_000  # more are refused by GitHub
_MOST_NAMES = 20  # of trials, in one list; compressed, 10 MB are the most
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(evaluation: Evaluation) -> str:
    """One log with one run."""
    places = Places(evaluation)
    opened = summary.open_findings(evaluation.findings)
    accepted = {each.finding.id: each for each in evaluation.accepted}
    told = (*opened, *(each.finding for each in evaluation.accepted))
    shown = told[:MOST_RESULTS]
    notices = list(evaluation.notices)
    if len(shown) < len(told):
        notices.append(f"{len(told) - len(shown):,} more findings are left out.")
    names = list(dict.fromkeys((*evaluation.rules, *(each.rule for each in shown))))
    index = {name: i for i, name in enumerate(names)}
    run = {
        "tool": {"driver": _driver(evaluation, names)},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    *(
                        _notification(each, places)
                        for each in summary.problems(evaluation)
                    ),
                    *map(_notice, notices),
                ],
            }
        ],
        "results": [
            _result(each, index[each.rule], places, accepted.get(each.id))
            for each in shown
        ],
        "properties": {"state": summary.state(evaluation)},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, allow_nan=False) + "\n"


def _driver(evaluation: Evaluation, names: Iterable[str]) -> dict[str, Any]:
    known = evaluation.rules
    notes = [known.get(name) or RuleNote(name, name, "") for name in names]
    return {
        "name": "advisor",
        "semanticVersion": __version__,
        "informationUri": PLAYBOOK,
        "rules": [_rule(note) for note in notes],
    }


def _rule(note: RuleNote) -> dict[str, Any]:
    link = PLAYBOOK + note.playbook
    why = note.why or note.summary
    made = {
        "id": note.id,
        "shortDescription": {"text": note.summary},
        "fullDescription": {"text": why},
        "helpUri": link,
        "help": {
            "text": f"{why} More: advisor rule {note.id}; {link}",
            "markdown": f"{why}\n\n`advisor rule {note.id}` documents it. "
            f"[Playbook]({link})",
        },
    }
    if "-" in note.id:  # else the name would be the id again
        made["name"] = "".join(part.capitalize() for part in note.id.split("-"))
    return made


def _result(
    finding: Finding, index: int, places: Places, accepted: Accepted | None
) -> dict[str, Any]:
    advice = " ".join(each.do for each in finding.actions[:1])
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": _message(f"{finding.message} {advice}".strip()),
        "locations": [_location(finding, places)],
        "partialFingerprints": {
            "advisor/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:1",  # GitHub reads this
        },
        "properties": {
            "id": finding.id,
            "trials": _plain(finding.trials),
            "evidence": {each.name: _plain(each.value) for each in finding.evidence},
        },
    }
    if accepted is not None:
        made["suppressions"] = [_suppression(accepted)]
    return made


def _suppression(accepted: Accepted) -> dict[str, Any]:
    until = f" (until {accepted.until})" if accepted.until else " (for good)"
    if accepted.by == "baseline":
        reason, until = "known before, in the baseline", ""
    else:
        reason = accepted.reason
    return {
        "kind": "external",
        "status": "accepted",
        "justification": printable(f"{reason}{until}"),
    }


def _location(finding: Finding, places: Places) -> dict[str, Any]:
    subject = finding.subject
    whole = f"{subject.study}/{subject.name}"
    return {
        "physicalLocation": _physical(places.of(finding)),
        "logicalLocations": [
            {"fullyQualifiedName": printable(whole), "kind": subject.kind}
        ],
    }


def _physical(path: str, line: int | None = None) -> dict[str, Any]:
    """Of a finding the whole file: it has no line.

    Where a line is given, GitHub's upload makes a fingerprint of its text and warns of
    every other one.
    """
    made: dict[str, Any] = {"artifactLocation": {"uri": quote(path, safe="/")}}
    if line is not None:
        made["region"] = {"startLine": line}
    return made


def _notification(problem: Problem, places: Places) -> dict[str, Any]:
    made = _notice(str(problem))
    path = places.relative(problem.path)
    if path is not None:
        made["locations"] = [{"physicalLocation": _physical(path, problem.line)}]
    return made


def _notice(told: str) -> dict[str, Any]:
    return {"level": "warning", "message": _message(told)}


def _message(told: str) -> dict[str, str]:
    """Without what SARIF takes for a link, which a name in a log may contain."""
    return {"text": printable(told).replace("](", "] (")}


def _plain(value: Any) -> Any:
    """What JSON can hold: numbers that are not finite as text."""
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple | list):
        shown = [_plain(each) for each in value[:_MOST_NAMES]]
        more = len(value) - len(shown)
        return [*shown, f"and {more:,} more"] if more else shown
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return value

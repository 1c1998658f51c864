"""The evaluation as JSON, in the shape of `schema.json` beside this file.

Strict JSON: numbers that are not finite are the texts `NaN`, `Infinity`, `-Infinity`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from advisor import __version__
from advisor.errors import Problem
from advisor.model.finding import (
    Evaluation,
    Evidence,
    Finding,
    Recommendation,
    Step,
    Subject,
    Verdict,
)
from advisor.report import summary
from advisor.report.json_confirmation import confirmation_data
from advisor.report.json_study import study_data
from advisor.text import COMMAND

NAME = "json"

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields may join."""


def render(evaluation: Evaluation) -> str:
    """The whole evaluation; curves stay in the logs.

    Paths are kept exactly, so what is not printable in them, or a command to a CI
    service, is escaped.
    """
    text = json.dumps(data(evaluation), indent=1, ensure_ascii=False, allow_nan=False)
    text = COMMAND.sub("#\\\\u0023", text)
    return "".join(map(_escaped, text)) if not text.isascii() else text


def _escaped(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    return json.dumps(character)[1:-1]


def data(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as plain dictionaries, lists, texts and finite numbers."""
    report = {
        "version": SCHEMA_VERSION,
        "advisor": __version__,
        "state": summary.state(evaluation),
        "worst": evaluation.worst and str(evaluation.worst),
        "fail_on": evaluation.fail_on and str(evaluation.fail_on),
        "fails": evaluation.fails if evaluation.fail_on else None,
        "counts": _counts(evaluation),
        "recommendations": [_recommendation(r) for r in evaluation.recommendations],
        "findings": [_finding(each) for each in evaluation.findings],
        "verdicts": [_verdict(each) for each in evaluation.verdicts],
        "confirmations": [
            confirmation_data(each) for each in evaluation.confirmations.values()
        ],
        "untested": evaluation.untested,
        "accepted": [
            {
                "by": each.by,
                "reason": each.reason,
                "until": each.until or None,
                "finding": _finding(each.finding),
            }
            for each in evaluation.accepted
        ],
        "notices": evaluation.notices,
        "questions": [
            {
                "fact": each.fact,
                "question": each.question,
                "because": each.because,
                "example": each.example,
            }
            for each in evaluation.questions
        ],
        "studies": [study_data(evaluation, study) for study in evaluation.studies],
        "rules": {
            name: {"summary": note.summary, "playbook": note.playbook}
            for name, note in evaluation.rules.items()
        },
        "roots": list(evaluation.logs.roots),
        "problems": [_problem(each) for each in summary.problems(evaluation)],
        "unclaimed": evaluation.logs.unclaimed,
    }
    plain: dict[str, Any] = _plain(report)
    return plain


def _counts(evaluation: Evaluation) -> dict[str, Any]:
    opened = summary.open_findings(evaluation.findings)
    counts: dict[str, Any] = {
        "files": summary.files(evaluation),
        "studies": len(evaluation.studies),
        "trials": sum(len(study.trials) for study in evaluation.studies),
        "superseded": len(evaluation.findings) - len(opened),
        "accepted": len(evaluation.accepted),
    }
    for severity in summary.SEVERITY_NOUNS:
        counts[str(severity)] = sum(each.severity is severity for each in opened)
    return counts


def _recommendation(each: Recommendation) -> dict[str, Any]:
    return {
        "do": each.action.do,
        "why": each.action.why,
        "severity": str(each.severity),
        "findings": [finding.id for finding in each.findings],
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "id": each.id,
        "fingerprint": each.fingerprint,
        "rule": each.rule,
        "subject": _subject(each.subject),
        "severity": str(each.severity),
        "message": each.message,
        "evidence": [_evidence(part) for part in each.evidence],
        "caveats": each.caveats,
        "actions": [{"do": part.do, "why": part.why} for part in each.actions],
        "next_round": [
            {"edit": part.kind, "target": part.target, "with": part.arguments}
            for part in each.edits
        ],
        "confirm": each.confirm,
        "playbook": each.link,
        "trials": each.trials,
        "superseded_by": each.superseded_by,
        "refuted": each.refuted,
        "trace": [_step(part) for part in each.trace],
    }


def _verdict(each: Verdict) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "subject": _subject(each.subject),
        "outcome": each.outcome.value,
        "reason": each.reason,
        "enable": each.enable,
        "evidence": [_evidence(part) for part in each.evidence],
        "trace": [_step(part) for part in each.trace],
    }


def _subject(each: Subject) -> dict[str, Any]:
    return {"study": each.study, "kind": each.kind, "name": each.name}


def _evidence(each: Evidence) -> dict[str, Any]:
    return {
        "name": each.name,
        "value": each.value,
        "unit": each.unit,
        "meaning": each.meaning,
    }


def _step(each: Step) -> dict[str, Any]:
    return {
        "purpose": each.purpose,
        "condition": each.condition,
        "values": [_evidence(part) for part in each.values],
        "result": each.result,
    }


def _problem(each: Problem) -> dict[str, Any]:
    return {
        "path": each.path,
        "line": each.line,
        "column": each.column,
        "offset": each.offset,
        "expected": each.expected,
        "found": each.found,
        "remedy": each.remedy,
    }


def _plain(value: Any) -> Any:
    """`value` as strict JSON can hold it."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, Enum):
        return _plain(value.value)
    if hasattr(value, "item"):  # a numpy scalar
        return _plain(value.item())
    return str(value)


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"

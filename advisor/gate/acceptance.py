"""Findings that do not count any more leave an evaluation, and are still told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from advisor.engine.recommend import recommend
from advisor.engine.rule import Rule
from advisor.interpret.configuration import Suppression
from advisor.model.finding import Accepted, Evaluation, Finding, Severity


def accept(
    evaluation: Evaluation,
    rules: Sequence[Rule],
    *,
    known: Mapping[str, Severity] = MappingProxyType({}),
    suppressions: Sequence[Suppression] = (),
    today: date,
) -> Evaluation:
    """The evaluation without the findings that are known or suppressed.

    `known` are the fingerprints of a baseline, and how severe each was: what has become
    worse counts. What an accepted finding explains goes with it. A suppression counts
    up to its last day; then, or where it matches nothing, a notice says so.
    """
    if not known and not suppressions:
        return evaluation
    open_ones = [
        each for each in suppressions if each.until is None or each.until >= today
    ]
    accepted: dict[str, Accepted] = {}
    for finding in evaluation.findings:
        found = _accepted(finding, known, open_ones)
        if found is not None:
            accepted[finding.id] = found
    for finding in evaluation.findings:
        cause = accepted.get(finding.superseded_by or "")
        if cause is not None:
            accepted.setdefault(finding.id, replace(cause, finding=finding))
    findings = tuple(each for each in evaluation.findings if each.id not in accepted)
    standing = [each for each in findings if not each.refuted]
    return replace(
        evaluation,
        findings=findings,
        recommendations=recommend(standing, rules),
        accepted=tuple(accepted.values()),
        notices=tuple(_notices(evaluation.findings, known, suppressions, today)),
    )


def _accepted(
    finding: Finding,
    known: Mapping[str, Severity],
    suppressions: Iterable[Suppression],
) -> Accepted | None:
    for each in suppressions:
        if _names(each, finding):
            until = each.until.isoformat() if each.until is not None else ""
            return Accepted(finding, "suppression", each.reason, until)
    if finding.fingerprint in known and not _worse(finding, known):
        return Accepted(finding, "baseline")
    return None


def _worse(finding: Finding, known: Mapping[str, Severity]) -> bool:
    return finding.severity > known.get(finding.fingerprint, finding.severity)


def _names(suppression: Suppression, finding: Finding) -> bool:
    return suppression.finding in (finding.id, finding.fingerprint)


def _notices(
    findings: Sequence[Finding],
    known: Mapping[str, Severity],
    suppressions: Iterable[Suppression],
    today: date,
) -> Iterable[str]:
    for finding in findings:
        if _worse(finding, known):
            yield (
                f"{finding.id} is {known[finding.fingerprint]} in the baseline and "
                f"{finding.severity} now: it is not accepted as known."
            )
    for each in suppressions:
        matched = [finding for finding in findings if _names(each, finding)]
        if each.until is not None and each.until < today:
            what = "it counts again"
            if not matched:
                what = "it is not found any more: remove it"
            elif all(_accepted(finding, known, ()) for finding in matched):
                what = "the baseline still holds it"
            yield f"The suppression of {each.finding} ended on {each.until}; {what}."
        elif not matched:
            yield (
                f"The suppression of {each.finding} matches no finding of these logs: "
                "remove it, or correct the id."
            )

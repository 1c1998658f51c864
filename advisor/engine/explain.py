"""The chain from numbers to a conclusion, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from advisor.engine.message import show
from advisor.engine.rule import Rule
from advisor.errors import AdvisorError
from advisor.model.finding import Evaluation, Evidence, Finding, Outcome, Step, Verdict

WIDTH = 80
MAX_VERDICTS = 20


def explain(evaluation: Evaluation, rules: Sequence[Rule], query: str) -> str:
    """Every step behind a finding (by id), or behind all verdicts of a rule (by id).

    Raises:
        AdvisorError: neither a finding nor a rule has that id.
    """
    by_id = {rule.id: rule for rule in rules}
    matches = [each for each in evaluation.findings if each.id == query]
    if matches:
        rule = by_id[matches[0].rule]
        return "\n".join(_finding(matches[0], rule, evaluation)) + "\n"
    if query in by_id:
        return "\n".join(_rule(by_id[query], evaluation)) + "\n"
    known = ", ".join(each.id for each in evaluation.findings) or "none"
    raise AdvisorError(
        f"expected the id of a finding or a rule, found `{query}`; findings: {known}"
    )


def _finding(finding: Finding, rule: Rule, evaluation: Evaluation) -> Iterator[str]:
    yield f"{finding.id}: {finding.severity}"
    yield from _wrap(finding.message, "  ")
    yield ""
    yield f"About {finding.subject.kind} {finding.subject} of study "
    yield f"  {finding.subject.study}"
    yield from _chain(finding.trace)
    yield from _evidence(finding.evidence)
    yield from _neighbours(finding, rule, evaluation)
    for caveat in finding.caveats:
        yield from _wrap(f"But: {caveat}", "  ")
    yield ""
    yield "Advice"
    for number, action in enumerate(finding.actions, start=1):
        yield from _wrap(f"{number}. {action.do} {action.why}".rstrip(), "  ")
    yield ""
    yield "Known problems of this rule"
    yield from _wrap(rule.source.known_problems, "  ")
    yield ""
    yield f"Rule      {rule.id} ({rule.path.name}); `advisor rule {rule.id}`"
    yield f"Playbook  {finding.link}"


def _rule(rule: Rule, evaluation: Evaluation) -> Iterator[str]:
    yield f"{rule.id}: {rule.source.summary}"
    verdicts = [each for each in evaluation.verdicts if each.rule == rule.id]
    for verdict in verdicts[:MAX_VERDICTS]:
        yield ""
        yield from _verdict(verdict)
    if len(verdicts) > MAX_VERDICTS:
        yield ""
        yield f"and {len(verdicts) - MAX_VERDICTS} more subjects"


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.subject.kind} {verdict.subject}: {verdict.outcome.value}"
    if verdict.outcome is Outcome.NOT_EVALUATED:
        yield from _wrap(f"missing: {verdict.reason}", "  ")
        if verdict.enable:
            yield from _wrap(f"to enable it: {verdict.enable}", "  ")
    elif verdict.reason:
        yield from _wrap(verdict.reason, "  ")
    yield from _chain(verdict.trace)
    yield from _evidence(verdict.evidence)


def _chain(trace: Iterable[Step]) -> Iterator[str]:
    steps = tuple(trace)
    if not steps:
        return
    yield ""
    yield "Conditions, in the order in which they were asked"
    for number, step in enumerate(steps, start=1):
        yield from _wrap(
            f"{number}. {step.purpose}: {' '.join(step.condition.split())}"
            f"  ->  {show(step.result)}",
            "  ",
        )
        for value in step.values:
            yield f"       {value.name} = {show(value.value)}"


def _evidence(evidence: Sequence[Evidence]) -> Iterator[str]:
    if not evidence:
        return
    yield ""
    yield "Evidence"
    for each in evidence:
        unit = f" {each.unit}" if each.unit and each.unit != "threshold" else ""
        yield f"  {each.name} = {show(each.value)}{unit}"
        if each.meaning:
            prefix = "threshold: " if each.unit == "threshold" else ""
            yield from _wrap(prefix + each.meaning, "      ")


def _neighbours(finding: Finding, rule: Rule, evaluation: Evaluation) -> Iterator[str]:
    """The findings that this one read, explains, or is explained by."""
    same_study = [
        each
        for each in evaluation.findings
        if each.subject.study == finding.subject.study
    ]
    for other in same_study:
        if other.id == finding.superseded_by:
            yield from _wrap(f"Explained by {other.id}: {other.message}", "  ")
        elif other.superseded_by == finding.id:
            yield from _wrap(f"Explains {other.id}: {other.message}", "  ")
        elif other.rule in rule.depends_on:
            yield from _wrap(f"Read {other.id}: {other.message}", "  ")


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )

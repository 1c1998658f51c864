"""The report cut to a size: for a pull request's comment and a step's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.markup import bullets, code, link, table, text
from advisor.model.finding import Accepted, Evaluation, Finding, Severity
from advisor.report import summary
from advisor.report.numbers import count
from advisor.report.words import listing, names_in

_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LONGEST = 600  # characters of one message
_NEXT = 5
_ALIKE = 3


def brief(evaluation: Evaluation, *, most: int, findings: int) -> str:
    """Markdown of at most `most` bytes: rows go first, then the sections below them.

    A larger summary would be dropped as a whole by its reader.
    """
    shown = findings
    while True:
        parts = [part for part in _parts(evaluation, shown) if part]
        made = "\n\n".join(parts) + "\n"
        if len(made.encode()) <= most:
            return made
        if shown == 0:
            return "\n\n".join(parts[:2])[: most // 4] + "\n"
        shown //= 2


def _parts(evaluation: Evaluation, shown: int) -> Iterator[str]:
    opened = summary.open_findings(evaluation.findings)
    yield f"### advisor: {summary.severities(evaluation.findings)}"
    yield text(f"{summary.state(evaluation)} {summary.headline(evaluation)}.")
    yield _next(evaluation, min(_NEXT, shown))
    yield _findings(evaluation, opened[:shown])
    if len(opened) > shown:
        yield f"And {count(len(opened) - shown, 'more finding', 'more findings')}."
    yield _accepted(evaluation.accepted[:shown], len(evaluation.accepted))
    rules = summary.rules_in_words(evaluation, evaluation.studies)
    yield f"Rules: {rules}. What could not be decided is no sign of health."
    yield bullets(text(each) for each in evaluation.notices[:shown])
    unread = len(summary.problems(evaluation))
    if unread:
        yield f"{count(unread, 'problem')} in the logs: see the report."


def _next(evaluation: Evaluation, most: int) -> str:
    items = [
        f"{i}. {text(_cut(each.action.do), _names(evaluation, each.findings[0]))}"
        for i, each in enumerate(evaluation.recommendations[:most], start=1)
    ]
    return "**Do these next**\n\n" + "\n".join(items) if items else ""


def _findings(evaluation: Evaluation, findings: Sequence[Finding]) -> str:
    """Of one rule and severity the first three stand for all."""
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.rule, each.severity), []).append(each)
    rows = [row for group in groups.values() for row in _rows(evaluation, group)]
    return table(("", "finding", "rule"), rows) if rows else ""


def _rows(
    evaluation: Evaluation, group: Sequence[Finding]
) -> Iterator[tuple[str, str, str]]:
    shown = group if len(group) <= _ALIKE + 1 else group[:_ALIKE]
    mark, rule = _MARKS[group[0].severity], link(group[0].rule, group[0].link)
    for each in shown:
        yield mark, text(_cut(each.message), _names(evaluation, each)), rule
    hidden = group[len(shown) :]
    if hidden:
        names = listing((code(each.subject.name) for each in hidden), limit=8)
        yield mark, f"and {len(hidden):,} more: {names}", rule


def _accepted(accepted: Sequence[Accepted], total: int) -> str:
    if not total:
        return ""
    lines = [
        f"{code(each.finding.id)}: {_why(each)}; {text(_cut(each.finding.message))}"
        for each in accepted
    ]
    if total > len(accepted):
        lines.append(f"and {total - len(accepted):,} more")
    title = f"{count(total, 'finding')} accepted"
    return f"<details><summary>{title}</summary>\n\n{bullets(lines)}\n\n</details>"


def _why(each: Accepted) -> str:
    if each.by == "baseline":
        return "in the baseline"
    until = f", until {each.until}" if each.until else ""
    return f"suppressed{until}: {text(each.reason)}"


def _names(evaluation: Evaluation, finding: Finding) -> tuple[str, ...]:
    studies = (
        each for each in evaluation.studies if each.name == finding.subject.study
    )
    return names_in(finding, next(studies, None))


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else sentence[: _LONGEST - 1] + "…"

"""The report cut to a size: for a pull request's comment and a step's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.markup import bullets, code, link, table, text
from advisor.model.finding import Accepted, Evaluation, Finding, Severity
from advisor.report import summary
from advisor.report.asides import counting
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
            return "\n\n".join(parts[:3])[: most // 4] + "\n"
        shown //= 2


def _parts(evaluation: Evaluation, shown: int) -> Iterator[str]:
    opened = summary.open_findings(evaluation.findings)
    accepted = len(evaluation.accepted)
    more = f", {accepted:,} accepted" if accepted else ""
    yield f"### advisor: {summary.severities(evaluation.findings)}{more}"
    counts = counting(evaluation)
    if counts:
        yield f"**{text(counts)}**"
    yield text(f"{summary.state(evaluation)} {summary.headline(evaluation)}.")
    yield _next(evaluation, min(_NEXT, shown))
    groups, rest = _fitting(opened, shown)
    yield _findings(evaluation, groups)
    if rest:
        yield f"And {count(len(rest), 'more finding')}: {summary.severities(rest)}."
    yield _accepted(evaluation, shown)
    rules = summary.rules_in_words(evaluation, evaluation.studies)
    yield f"Rules: {rules}. What could not be decided is no sign of health."
    yield bullets(text(each) for each in evaluation.notices[:shown])
    unread = len(summary.problems(evaluation))
    if unread:
        yield f"{count(unread, 'problem')} in the logs: see the report."
    if shown and opened:
        yield (
            "Why: `advisor explain ID LOGS`. To accept a finding: its id below "
            "`suppress` in advisor.yaml, with a reason."
        )


def _next(evaluation: Evaluation, most: int) -> str:
    items = [
        f"{i}. {_text(each.action.do, evaluation, each.findings[0])}"
        for i, each in enumerate(evaluation.recommendations[:most], start=1)
    ]
    return "**Do these next**\n\n" + "\n".join(items) if items else ""


def _fitting(
    findings: Sequence[Finding], rows: int
) -> tuple[list[list[Finding]], list[Finding]]:
    """Groups of one study, rule and severity that fill at most `rows`; and the rest."""
    groups: dict[tuple[str, str, Severity], list[Finding]] = {}
    for each in findings:
        key = (each.subject.study, each.rule, each.severity)
        groups.setdefault(key, []).append(each)
    fitting: list[list[Finding]] = []
    rest: list[Finding] = []
    for group in groups.values():
        rows -= min(len(group), _ALIKE + 1)
        if rows >= 0:
            fitting.append(group)
        else:
            rest += group
    return fitting, rest


def _findings(evaluation: Evaluation, groups: Sequence[Sequence[Finding]]) -> str:
    """The first three of a group stand for all."""
    rows = [row for group in groups for row in _rows(evaluation, group)]
    if len(evaluation.studies) > 1:
        return table(("", "study", "finding", "id"), rows) if rows else ""
    alone = [(mark, message, name) for mark, _, message, name in rows]
    return table(("", "finding", "id"), alone) if rows else ""


def _rows(
    evaluation: Evaluation, group: Sequence[Finding]
) -> Iterator[tuple[str, str, str, str]]:
    shown = group if len(group) <= _ALIKE + 1 else group[:_ALIKE]
    mark, study = _MARKS[group[0].severity], code(group[0].subject.study)
    for each in shown:
        message = _text(each.message, evaluation, each)
        yield mark, study, message, link(each.id, each.link)
    hidden = group[len(shown) :]
    if hidden:
        names = listing((code(each.subject.name) for each in hidden), limit=8)
        rule = link(hidden[0].rule, hidden[0].link)
        yield mark, study, f"and {len(hidden):,} more: {names}", rule


def _accepted(evaluation: Evaluation, most: int) -> str:
    accepted = evaluation.accepted
    if not accepted:
        return ""
    lines = []
    for each in accepted[:most]:
        finding = each.finding
        message = _text(finding.message, evaluation, finding)
        lines.append(f"{code(finding.id)}: {_why(each)}; {message}")
    if len(accepted) > most:
        lines.append(f"and {len(accepted) - most:,} more")
    title = f"{count(len(accepted), 'finding')} accepted"
    return f"<details><summary>{title}</summary>\n\n{bullets(lines)}\n\n</details>"


def _why(each: Accepted) -> str:
    if each.by == "baseline":
        return "in the baseline"
    until = f" until {each.until}" if each.until else " for good"
    return f"suppressed{until}: {text(each.reason)}"


def _text(sentence: str, evaluation: Evaluation, finding: Finding) -> str:
    """A sentence about a finding, cut short."""
    studies = (
        each for each in evaluation.studies if each.name == finding.subject.study
    )
    names = names_in(finding, next(studies, None))
    return text(sentence, names, limit=_LONGEST)

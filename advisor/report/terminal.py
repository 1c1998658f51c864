"""The summary in the terminal: what was found, what to do next, what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from advisor.model.finding import Evaluation, Finding, Outcome, Severity
from advisor.model.study import Study
from advisor.report import summary
from advisor.report.layout import Page
from advisor.report.numbers import count, number
from advisor.report.words import listing

NAME = "terminal"

ALIKE = 3  # findings of one rule in one study that are shown before the rest is counted
NEXT = 3
STUDIES = 10
PROBLEMS = 3
MESSAGE_LINES = 7  # no rule says more unless names are very long

_STYLES: Mapping[Severity, str] = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.INFO: "cyan",
}
_INDENT = 11


def render(
    evaluation: Evaluation,
    *,
    width: int = 80,
    color: bool = False,
    report: Path | None = None,
) -> str:
    """The summary as text of at most `width` columns, with colours only on request.

    `report` is the path of the full report, where one was written.
    """
    page = Page(width)
    page.add(summary.headline(evaluation), style="bold")
    for study in evaluation.studies[:STUDIES]:
        _study(page, evaluation, study)
    _more_studies(page, evaluation)
    _do_next(page, evaluation)
    _problems(page, evaluation)
    _totals(page, evaluation)
    page.add(
        f"Full report: {report or 'add --output report.md'}. "
        "The reasoning behind a finding: advisor explain ID PATH",
        style="dim",
    )
    return page.coloured() if color else page.plain()


def _study(page: Page, evaluation: Evaluation, study: Study) -> None:
    page.blank()
    page.add(
        f"{study.name}: {count(len(study.trials), 'trial')} "
        f"({summary.statuses(study) or 'none'})",
        style="bold",
        indent=3,
        label="==",
        label_style="bold",
    )
    page.add(_best(study), indent=2, style="dim")
    findings = evaluation.of_study(study)
    causes = summary.explained(findings)
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in summary.leading(findings):
        groups.setdefault((finding.rule, finding.severity), []).append(finding)
    for group in groups.values():
        _group(page, evaluation, group, causes)
    if not groups:
        page.add(_without_findings(evaluation, study), indent=2, style="dim")


def _without_findings(evaluation: Evaluation, study: Study) -> str:
    accepted = [each.finding.subject.study for each in evaluation.accepted]
    if study.name in accepted:
        return f"no new findings; {accepted.count(study.name):,} accepted"
    return f"no findings: {summary.rules_in_words(evaluation, [study])}"


def _more_studies(page: Page, evaluation: Evaluation) -> None:
    hidden = evaluation.studies[STUDIES:]
    if hidden:
        findings = [each for study in hidden for each in evaluation.of_study(study)]
        names = listing((study.name for study in hidden), limit=5)
        page.blank()
        page.add(
            f"and {count(len(hidden), 'more study', 'more studies')} "
            f"({summary.severities(findings)}): {names}",
            limit=3,
        )


def _best(study: Study) -> str:
    if study.objective is None:
        return "no objective found, so trials are not compared"
    objective = f"objective {study.objective.metric} ({study.objective.goal.value})"
    best = study.best
    if best is None or best.error is None:
        return f"{objective}; no trial has a result"
    return f"{objective}; best {number(study.sign * best.error)} by {best.name}"


def _group(
    page: Page,
    evaluation: Evaluation,
    group: Sequence[Finding],
    causes: Mapping[str, tuple[Finding, ...]],
) -> None:
    # One more is shown rather than a line that says "and 1 more".
    shown = group if len(group) <= ALIKE + 1 else group[:ALIKE]
    for finding in shown:
        word = summary.SEVERITY_NOUNS[finding.severity]
        page.add(
            finding.message,
            label=f"  {word}",
            indent=_INDENT,
            label_style=_STYLES[finding.severity],
            limit=MESSAGE_LINES,
        )
        page.add(finding.id, indent=_INDENT, style="dim")
        confirmation = evaluation.confirmations.get(finding.id)
        if confirmation is not None:
            page.add(confirmation.sentence, indent=_INDENT, style="bold", limit=3)
        below = causes.get(finding.id, ())
        if below:
            rules = Counter(each.rule for each in below)
            page.add(
                "explains " + ", ".join(_times(rules)), indent=_INDENT, style="dim"
            )
    hidden = group[len(shown) :]
    if hidden:
        names = listing((each.subject.name for each in hidden), limit=4)
        page.add(
            f"and {len(hidden):,} more {group[0].rule}: {names}",
            indent=_INDENT,
            style=_STYLES[group[0].severity],
            limit=2,
        )


def _do_next(page: Page, evaluation: Evaluation) -> None:
    if not evaluation.recommendations:
        return
    page.blank()
    page.add("Do these next", style="bold")
    for i, each in enumerate(evaluation.recommendations[:NEXT], start=1):
        page.add(each.action.do, label=f"  {i}.", indent=5, limit=MESSAGE_LINES)
        ids = listing((finding.id for finding in each.findings), limit=2)
        page.add(f"because of {ids}", indent=5, style="dim")
    more = len(evaluation.recommendations) - NEXT
    if more > 0:
        page.add(f"and {more} more in the report", indent=5, style="dim")


def _problems(page: Page, evaluation: Evaluation) -> None:
    problems = summary.problems(evaluation)
    if problems:
        page.blank()
        page.add(f"{count(len(problems), 'problem')} in the logs", style="bold yellow")
        for problem in problems[:PROBLEMS]:
            page.add(str(problem), indent=2, limit=3)
        if len(problems) > PROBLEMS:
            page.add(f"and {len(problems) - PROBLEMS:,} more", indent=2, style="dim")


def _totals(page: Page, evaluation: Evaluation) -> None:
    page.blank()
    superseded = len(evaluation.findings) - len(
        summary.open_findings(evaluation.findings)
    )
    extra = f" ({superseded:,} more explained by these)" if superseded else ""
    page.add(f"{summary.severities(evaluation.findings)}{extra}", style="bold")
    page.add(summary.state(evaluation))
    page.add(
        f"Rules: {summary.rules_in_words(evaluation, evaluation.studies)}.", style="dim"
    )
    _accepted(page, evaluation)
    missing = _missing(evaluation)
    if missing:
        page.add(f"Not evaluated for lack of: {missing}.", style="dim", limit=4)
    if evaluation.questions:
        page.add(
            f"{count(len(evaluation.questions), 'question')} that the logs cannot "
            "answer would change the advice: see the report.",
            style="dim",
        )


def _accepted(page: Page, evaluation: Evaluation) -> None:
    if evaluation.accepted:
        page.add(f"Accepted: {summary.accepted_in_words(evaluation)}.", style="dim")
    for notice in evaluation.notices:
        page.add(notice, style="yellow", limit=3)


def _missing(evaluation: Evaluation) -> str:
    missing = Counter(
        verdict.reason
        for verdict in evaluation.verdicts
        if verdict.outcome is Outcome.NOT_EVALUATED and verdict.reason
    )
    return listing((reason for reason, _ in missing.most_common()), limit=4)


def _times(rules: Mapping[str, int]) -> Iterable[str]:
    return (f"{rule} x{n}" if n > 1 else rule for rule, n in rules.items())

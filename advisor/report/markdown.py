"""The Markdown report: what to do next first, then what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from advisor.markup import bullets, code, image, link, table, text
from advisor.model.finding import Evaluation, Finding, Recommendation
from advisor.report import summary
from advisor.report.figure import Figure
from advisor.report.markdown_confirmation import confirmation_section
from advisor.report.markdown_findings import anchors, section_name
from advisor.report.markdown_study import study_section
from advisor.report.numbers import count
from advisor.report.words import names_in
from advisor.text import printable
from advisor.written import images_of

NAME = "markdown"

NEXT = 10  # recommendations in full
EVIDENCE = 3  # findings quoted below one recommendation
PROBLEMS = 20
STUDIES = 30


def render(evaluation: Evaluation, figures: Sequence[Figure] = ()) -> str:
    """The whole report as GitHub-flavoured Markdown.

    `figures` are the images that were drawn for it, with paths relative to the report.
    """
    sections = [
        _opening(evaluation),
        _do_next(evaluation),
        confirmation_section(evaluation, figures),
        _questions(evaluation),
        *_studies(evaluation, figures),
        _accepted(evaluation),
        _unread(evaluation),
        _closing(),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def with_plots(evaluation: Evaluation, path: Path) -> tuple[str, tuple[Figure, ...]]:
    """The report that will lie at `path`, and the plots that it shows."""
    from advisor.report.plots import draw_all

    figures = draw_all(evaluation, images_of(path).name)
    return render(evaluation, figures), figures


def _opening(evaluation: Evaluation) -> str:
    findings = evaluation.findings
    superseded = len(findings) - len(summary.open_findings(findings))
    extra = (
        f" (and {superseded:,} more that these explain)"
        if superseded and summary.open_findings(findings)
        else ""
    )
    return (
        f"# Experiment report\n\n{summary.headline(evaluation)}. "
        f"**{summary.severities(findings).capitalize()}**{extra}. "
        f"{summary.state(evaluation)}"
    )


def _do_next(evaluation: Evaluation) -> str:
    recommendations = evaluation.recommendations
    if not recommendations:
        return "## Do these next\n\nNo finding asks for an action."
    targets = anchors(evaluation)
    items = [
        _recommendation(evaluation, i, each, targets)
        for i, each in enumerate(recommendations[:NEXT], start=1)
    ]
    hidden = len(recommendations) - len(items)
    if hidden:
        items.append(f"And {hidden} more: see the findings below.")
    return "## Do these next\n\n" + "\n\n".join(items)


def _recommendation(
    evaluation: Evaluation, i: int, each: Recommendation, targets: Mapping[str, str]
) -> str:
    studies = {study.name: study for study in evaluation.studies}
    first = each.findings[0] if each.findings else None
    names = names_in(first, studies.get(first.subject.study)) if first else ()
    margin = " " * (len(str(i)) + 2)
    lines = [f"{i}. **{text(each.action.do, names)}**"]
    if each.action.why:
        lines += ["", f"{margin}Why: {text(each.action.why, names)}"]
    evidence = []
    for finding in each.findings[:EVIDENCE]:
        known = names_in(finding, studies.get(finding.subject.study))
        target = targets.get(finding.id, "")
        reference = link(finding.id, f"#{target}") if target else code(finding.id)
        evidence.append(f"{text(finding.message, known)} ({reference})")
    hidden = each.findings[EVIDENCE:]
    if hidden:
        evidence.append(_more(hidden))
    if first is not None and first.playbook:
        evidence.append(
            f"{_word(each)}; playbook: {link(section_name(first), first.link)}"
        )
    return "\n".join([*lines, "", bullets(evidence, len(margin))])


def _more(findings: Sequence[Finding]) -> str:
    names = ", ".join(code(each.subject.name) for each in findings[:5])
    rest = len(findings) - 5
    tail = f" and {rest:,} more" if rest > 0 else ""
    return f"and {len(findings):,} more like it: {names}{tail}"


def _word(recommendation: Recommendation) -> str:
    return summary.SEVERITY_NOUNS[recommendation.severity].capitalize()


def _questions(evaluation: Evaluation) -> str:
    if not evaluation.questions:
        return ""
    items = [
        f"{text(each.question)} Matters because {text(each.because)}.\n\n"
        f"  ```yaml\n  {printable(each.example)}\n  ```"
        for each in evaluation.questions
    ]
    return (
        "## Questions\n\nThe logs cannot say this, and the answers would change the "
        "advice. Add them to `advisor.yaml`.\n\n" + bullets(items)
    )


def _studies(evaluation: Evaluation, figures: Sequence[Figure]) -> Iterable[str]:
    for study in evaluation.studies[:STUDIES]:
        own = [each for each in figures if each.study == study.name]
        images = [
            f"{image(each.description, each.path)}\n\n{each.caption}".rstrip()
            for each in own
        ]
        yield study_section(evaluation, study, "\n\n".join(images))
    hidden = evaluation.studies[STUDIES:]
    if hidden:
        names = ", ".join(code(study.name) for study in hidden[:50])
        yield (
            f"## And {count(len(hidden), 'more study', 'more studies')}\n\n{names}. "
            "Check their folders one by one, or read `--format json`."
        )


def _accepted(evaluation: Evaluation) -> str:
    """What does not count, and why; never left out."""
    if not evaluation.accepted and not evaluation.notices:
        return ""
    rows = [
        (
            code(each.finding.id),
            "in the baseline" if each.by == "baseline" else text(each.reason),
            each.until or ("for good" if each.by == "suppression" else ""),
            text(each.finding.message, names_in(each.finding, None)),
        )
        for each in evaluation.accepted
    ]
    header = ("finding", "accepted because", "until", "says")
    parts = [
        "## Accepted findings",
        table(header, rows) if rows else "",
        bullets(text(each) for each in evaluation.notices),
    ]
    return "\n\n".join(part for part in parts if part)


def _unread(evaluation: Evaluation) -> str:
    problems = summary.problems(evaluation)
    unclaimed = evaluation.logs.unclaimed
    if not problems and not unclaimed:
        return ""
    parts = ["## What could not be read"]
    if problems:
        rows = [
            [code(each.place), text(each.expected), text(each.found), text(each.remedy)]
            for each in problems[:PROBLEMS]
        ]
        parts.append(table(("where", "expected", "found", "what to do"), rows))
        if len(problems) > PROBLEMS:
            parts.append(f"And {len(problems) - PROBLEMS:,} more.")
    if unclaimed:
        kinds = ", ".join(
            f"{number:,} {code(suffix or 'without suffix')}"
            for suffix, number in unclaimed.items()
        )
        parts.append(f"Files that look like logs but have no known format: {kinds}.")
    return "\n\n".join(parts)


def _closing() -> str:
    return (
        "---\n\nErrors and warnings weigh against conclusions; notes are for "
        "information. `advisor explain ID` shows the chain from the numbers to a "
        "finding, `advisor rule NAME` documents a rule."
    )

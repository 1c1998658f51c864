"""Findings of one study in the Markdown report.

Findings of one rule and severity share a section: what each says, their numbers side by
side, the advice once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from advisor.markup import bullets, code, link, table, text
from advisor.model.finding import Evaluation, Evidence, Finding, Severity
from advisor.model.study import Study
from advisor.report import summary
from advisor.report.numbers import number
from advisor.report.words import confirm_in_words, edit_in_words, listing, names_in

MESSAGES = 20  # of one rule that are quoted
COLUMNS = 5  # findings of one rule whose numbers stand side by side
SUBJECTS = 5
COLUMN_WIDTH = 40

Group = Sequence[Finding]


def anchors(evaluation: Evaluation) -> Mapping[str, str]:
    """By id of a finding the name that GitHub gives to the heading it stands below."""
    return {
        finding.id: _heading(group).lower().replace(": ", "-").replace(" ", "-")
        for study in evaluation.studies
        for group in _groups(evaluation.of_study(study))
        for finding in group
    }


def section_name(finding: Finding) -> str:
    """The section of the playbook, readable."""
    return finding.playbook.lstrip("#").replace("-", " ")


def findings_section(evaluation: Evaluation, study: Study) -> str:
    """The findings in full, most severe first; what one explains stands below it."""
    findings = evaluation.of_study(study)
    if not findings:
        return "### Findings\n\nNone; see the verdicts for what could not be decided."
    causes = summary.explained(findings)
    sections = [_section(study, group, causes) for group in _groups(findings)]
    return "\n\n".join(["### Findings", *sections])


def _groups(findings: Iterable[Finding]) -> list[Group]:
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in summary.leading(findings):
        groups.setdefault((finding.rule, finding.severity), []).append(finding)
    return list(groups.values())


def _heading(group: Group) -> str:
    first = group[0]
    word = summary.SEVERITY_NOUNS[first.severity].capitalize()
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    return f"{word}: {first.id}{more}"


def _section(
    study: Study, group: Group, causes: Mapping[str, tuple[Finding, ...]]
) -> str:
    parts = [f"#### {_heading(group)}", _messages(study, group)]
    if group[0].evidence:
        parts.append(_evidence(group))
    if len(group) > 1 and len({tuple(_advice(study, each)) for each in group}) > 1:
        subject = code(group[0].subject.name)
        parts.append(f"For {subject}, and likewise for the others:")
    parts.append(bullets(_advice(study, group[0])))
    below = [other for each in group for other in causes.get(each.id, ())]
    if below:
        parts.append(_explained(study, below, causes))
    return "\n\n".join(part for part in parts if part)


def _messages(study: Study, group: Group) -> str:
    if len(group) == 1:
        return text(group[0].message, names_in(group[0], study))
    items = [
        f"{text(each.message, names_in(each, study))} ({code(each.id)})"
        for each in group[:MESSAGES]
    ]
    hidden = group[MESSAGES:]
    if hidden:
        names = listing((code(each.subject.name) for each in hidden), limit=20)
        items.append(f"and {len(hidden):,} more: {names}")
    return bullets(items)


def _evidence(group: Group) -> str:
    """A column for each finding; meanings stand once, in a column of their own."""
    shown = group[:COLUMNS]
    columns = [{each.name: each for each in finding.evidence} for finding in shown]
    rows = [
        [
            code(each.name),
            *(_value(column.get(each.name)) for column in columns),
            text(each.unit),
            text(each.meaning),
        ]
        for each in shown[0].evidence
    ]
    heads = [code(_short(finding.subject.name)) for finding in shown]
    values = heads if len(shown) > 1 else ["value"]
    caption = table(
        ("evidence", *values, "unit", "meaning"), rows, "l" + "r" * len(shown)
    )
    hidden = len(group) - len(shown)
    if hidden:
        caption += f"\n\nThe numbers of {hidden:,} more are in `--format json`."
    return caption


def _short(name: str) -> str:
    return name if len(name) <= COLUMN_WIDTH else f"…{name[1 - COLUMN_WIDTH :]}"


def _value(each: Evidence | None) -> str:
    if each is None:
        return ""
    if isinstance(each.value, str):
        return code(each.value)
    if isinstance(each.value, tuple):
        return listing((code(item) for item in each.value), limit=3)
    return text(number(each.value))


def _advice(study: Study, finding: Finding) -> list[str]:
    """Caveats, actions, edits, the confirming experiment and the link, as bullets."""
    names = names_in(finding, study)
    items = [f"But: {text(caveat, names)}" for caveat in finding.caveats]
    if not finding.refuted:
        items += _to_do(finding, names)
    sentences = confirm_in_words(finding.confirm)
    if sentences and not finding.refuted:
        items.append(f"To confirm: {text(' '.join(sentences), names)}")
    if len(finding.trials) > 1:
        shown = listing((code(name) for name in finding.trials), limit=SUBJECTS)
        items.append(f"Trials: {shown}")
    if finding.playbook:
        items.append(f"Playbook: {link(section_name(finding), finding.link)}")
    return items


def _to_do(finding: Finding, names: Sequence[str]) -> list[str]:
    actions = [_action(finding, i, names) for i in range(len(finding.actions))]
    edits = [f"Next round: {text(edit_in_words(e), names)}" for e in finding.edits]
    return actions + edits


def _action(finding: Finding, i: int, names: Sequence[str]) -> str:
    action = finding.actions[i]
    why = f" ({text(action.why, names)})" if action.why else ""
    label = "Do" if i == 0 else "Then"
    return f"{label}: {text(action.do, names)}{why}"


def _explained(
    study: Study, below: Sequence[Finding], causes: Mapping[str, tuple[Finding, ...]]
) -> str:
    lines = ["This explains, so they need no action of their own:", ""]
    for finding in below[:SUBJECTS]:
        names = names_in(finding, study)
        word = summary.SEVERITY_NOUNS[finding.severity]
        lines.append(f"- {word} {code(finding.id)}: {text(finding.message, names)}")
        lines += [
            f"  - {code(each.id)}: {text(each.message, names_in(each, study))}"
            for each in causes.get(finding.id, ())[:SUBJECTS]
        ]
    if len(below) > SUBJECTS:
        lines.append(f"- and {len(below) - SUBJECTS:,} more")
    return "\n".join(f"> {line}".rstrip() for line in lines)

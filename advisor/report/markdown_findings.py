"""Findings and verdicts of one study in the Markdown report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.model.finding import Evaluation, Evidence, Finding, Outcome, Severity
from advisor.model.study import Study
from advisor.report import summary
from advisor.report.markup import bullets, code, link, table, text
from advisor.report.numbers import number
from advisor.report.summary import Reason, Tally
from advisor.report.words import confirm_in_words, edit_in_words, listing, names_in

ALIKE = 5  # findings of one rule that are shown in full
REASONS = 3
SUBJECTS = 5


def anchor(finding: Finding) -> str:
    """The name that GitHub gives to the finding's heading."""
    return f"{summary.SEVERITY_NOUNS[finding.severity]}-{finding.id}"


def section_name(finding: Finding) -> str:
    """The section of the playbook, readable."""
    return finding.playbook.lstrip("#").replace("-", " ")


def findings_section(evaluation: Evaluation, study: Study) -> str:
    """The findings in full, most severe first; what one explains stands below it."""
    findings = evaluation.of_study(study)
    if not findings:
        return "### Findings\n\nNone; see the verdicts for what could not be decided."
    causes = summary.explained(findings)
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in summary.leading(findings):
        groups.setdefault((finding.rule, finding.severity), []).append(finding)
    parts = ["### Findings"]
    for group in groups.values():
        shown = group if len(group) <= ALIKE + 1 else group[:ALIKE]
        parts += [
            _finding(study, each, causes, first=shown[0] if i else None)
            for i, each in enumerate(shown)
        ]
        hidden = group[len(shown) :]
        if hidden:
            parts.append(_hidden(hidden))
    return "\n\n".join(parts)


def verdicts_section(evaluation: Evaluation, study: Study) -> str:
    """What every rule says, the undecided with what would decide it."""
    tallies = summary.tallies(evaluation, study)
    order = [Outcome.FIRES, Outcome.INCONCLUSIVE, Outcome.NOT_EVALUATED]
    open_rules = sorted(
        (each for each in tallies if each.outcome is not Outcome.CLEAR),
        key=lambda each: order.index(each.outcome),
    )
    clear = [each for each in tallies if each.outcome is Outcome.CLEAR]
    parts = ["### All verdicts"]
    if open_rules:
        rows = [_row(evaluation, each) for each in open_rules]
        parts.append(table(("rule", "verdict", "why, and what would decide"), rows))
    if clear:
        names = [
            f"{code(each.rule)}{_of(each)}"
            for each in sorted(clear, key=lambda each: each.rule)
        ]
        parts.append(f"Clear: {', '.join(names)}.")
    if not tallies:
        parts.append("No rule was evaluated.")
    return "\n\n".join(parts)


def _finding(
    study: Study,
    finding: Finding,
    causes: Mapping[str, tuple[Finding, ...]],
    first: Finding | None,
) -> str:
    """One finding; what it says exactly like `first` of its kind is not repeated."""
    word = summary.SEVERITY_NOUNS[finding.severity].capitalize()
    names = names_in(finding, study)
    parts = [f"#### {word}: {finding.id}", text(finding.message, names)]
    if finding.evidence:
        parts.append(_evidence(finding.evidence))
    if first is not None and _advice(study, first) == _advice(study, finding):
        reference = link(first.id, f"#{anchor(first)}")
        parts.append(f"What to do: as for {reference}.")
    else:
        parts.append(bullets(_advice(study, finding)))
    below = causes.get(finding.id, ())
    if below:
        parts.append(_explained(study, below, causes))
    return "\n\n".join(part for part in parts if part)


def _advice(study: Study, finding: Finding) -> list[str]:
    """Caveats, actions, edits, the confirming experiment and the link, as bullets."""
    names = names_in(finding, study)
    items = [f"But: {text(caveat, names)}" for caveat in finding.caveats]
    items += [_action(finding, i, names) for i in range(len(finding.actions))]
    items += [
        f"Next round: {text(edit_in_words(edit), names)}" for edit in finding.edits
    ]
    sentences = confirm_in_words(finding.confirm)
    if sentences:
        items.append(f"To confirm: {text(' '.join(sentences), names)}")
    if len(finding.trials) > 1:
        shown = listing((code(name) for name in finding.trials), limit=SUBJECTS)
        items.append(f"Trials: {shown}")
    if finding.playbook:
        items.append(f"Playbook: {link(section_name(finding), finding.link)}")
    return items


def _action(finding: Finding, i: int, names: Sequence[str]) -> str:
    action = finding.actions[i]
    why = f" ({text(action.why, names)})" if action.why else ""
    label = "Do" if i == 0 else "Then"
    return f"{label}: {text(action.do, names)}{why}"


def _explained(
    study: Study, below: Sequence[Finding], causes: Mapping[str, tuple[Finding, ...]]
) -> str:
    lines = ["This explains, so they need no action of their own:", ""]
    for finding in below[:ALIKE]:
        names = names_in(finding, study)
        word = summary.SEVERITY_NOUNS[finding.severity]
        lines.append(f"- {word} {code(finding.id)}: {text(finding.message, names)}")
        lines += [
            f"  - {code(each.id)}: {text(each.message, names_in(each, study))}"
            for each in causes.get(finding.id, ())[:ALIKE]
        ]
    if len(below) > ALIKE:
        lines.append(f"- and {len(below) - ALIKE:,} more")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _evidence(evidence: Sequence[Evidence]) -> str:
    rows = [
        [code(each.name), _value(each), text(each.unit), text(each.meaning)]
        for each in evidence
    ]
    return table(("evidence", "value", "unit", "meaning"), rows, "lr")


def _value(each: Evidence) -> str:
    if isinstance(each.value, str):
        return code(each.value)
    return text(number(each.value))


def _hidden(findings: Sequence[Finding]) -> str:
    names = listing((code(each.subject.name) for each in findings), limit=20)
    return f"And {len(findings):,} more {code(findings[0].rule)}: {names}."


def _row(evaluation: Evaluation, tally: Tally) -> list[str]:
    name = code(tally.rule)
    note = evaluation.rules.get(tally.rule)
    if note is not None:
        name += f": {text(note.summary)}"
    reasons = [*tally.inconclusive, *tally.not_evaluated]
    shown = [_reason(tally, each) for each in reasons[:REASONS]]
    if len(reasons) > REASONS:
        shown.append(f"and {len(reasons) - REASONS:,} more reasons")
    return [name, _tally(tally), "; ".join(shown)]


def _tally(tally: Tally) -> str:
    """`fires on 3, inconclusive on 2, clear on 37 of 42 trials`."""
    if tally.total == 1:
        return tally.outcome.value
    order = (
        Outcome.FIRES,
        Outcome.INCONCLUSIVE,
        Outcome.NOT_EVALUATED,
        Outcome.CLEAR,
    )
    seen = [each for each in order if tally.counts.get(each)]
    if len(seen) == 1:
        return f"{seen[0].value} on all {tally.total:,} {tally.kind}s"
    parts = [f"{each.value} on {tally.counts[each]:,}" for each in seen]
    return f"{', '.join(parts)} of {tally.total:,} {tally.kind}s"


def _of(tally: Tally) -> str:
    return "" if tally.total == 1 else f" ({tally.total:,} {tally.kind}s)"


def _reason(tally: Tally, reason: Reason) -> str:
    names = [each for each in reason.subjects if tally.kind != "study"]
    said = text(reason.reason, names[:SUBJECTS])
    if reason.enable:
        said += f" ({text(reason.enable)})"
    if names and len(names) < tally.total:
        said += f", on {listing((code(name) for name in names), limit=2)}"
    return said

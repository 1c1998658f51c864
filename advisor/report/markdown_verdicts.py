"""What every rule says of a study, the undecided with what would decide it."""

from __future__ import annotations

from advisor.markup import code, table, text
from advisor.model.finding import Evaluation, Outcome
from advisor.model.study import Study
from advisor.report import summary
from advisor.report.summary import Reason, Tally
from advisor.report.words import listing

REASONS = 3
SUBJECTS = 5


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

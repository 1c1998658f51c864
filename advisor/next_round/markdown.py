"""next_round.md: what changes and why, the points, and what was not carried out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.markup import bullets, code, link, table, text
from advisor.model.log import Value
from advisor.model.next_round import NextRound
from advisor.model.planned_space import Change, PlannedHyperparameter
from advisor.next_round.draft import only_value
from advisor.next_round.values import range_in_words
from advisor.next_round.words import in_words

FILE_NAME = "next_round.md"

_MOST_POINTS = 50
_MOST_CONFLICTS = 100


def render(next_round: NextRound) -> str:
    """The round for people; names and values from logs are shown, never obeyed."""
    parts = [part for part in _parts(next_round) if part]
    return "\n\n".join(parts) + "\n"


def _parts(made: NextRound) -> Iterator[str]:
    yield f"# Round {made.round} of {code(made.study)}"
    names = [each.name for each in made.hyperparameters]
    metric = [made.objective.metric] if made.objective is not None else []
    yield text(_summary(made), metric)
    yield bullets(text(note, names) for note in made.notes)
    yield "## Search space"
    yield _space(made)
    yield _unchanged(made)
    if made.constraints:
        yield "Left out:"
        yield bullets(
            f"{text(str(each), names)} ({_why([each.change], made)})"
            for each in made.constraints
        )
    yield from _plan(made)
    yield from _points(made)
    yield from _conflicts(made)
    yield from _questions(made)
    yield from _findings(made)


def _summary(made: NextRound) -> str:
    words = [f"{made.phase.capitalize()}."]
    repeats = sum(each.more for each in made.repeats)
    words.append(f"{len(made.points)} new trials: {made.trials_reason}.")
    if repeats:
        words.append(f"{repeats} repeats of earlier configurations.")
    if made.objective is not None:
        objective = made.objective
        words.append(f"Objective: {objective.goal.value} {objective.metric}.")
    return " ".join(words)


def _space(made: NextRound) -> str:
    shown = [each for each in made.hyperparameters if each.searched or each.changes]
    if not shown:
        return "Nothing is searched."
    rows = [
        [
            code(each.name),
            each.role,
            text(before_in_words(each)),
            text(after_in_words(each)),
            _why(each.changes, made),
        ]
        for each in shown
    ]
    return table(["hyperparameter", "role", "before", "after", "why"], rows)


def before_in_words(each: PlannedHyperparameter) -> str:
    """The range or value of the round before; `new` where the logs have none."""
    before = each.before
    if before is None:
        return "new"
    if not before.varies:
        return in_words(only_value(before))
    shown = range_in_words(before)
    return shown if before.name == each.name else f"{before.name}: {shown}"


def after_in_words(each: PlannedHyperparameter) -> str:
    """The range or value of this round; `unchanged` where it stays."""
    if not each.changes:
        return "unchanged"
    if each.space is None:
        return f"fixed at {in_words(each.value)}"
    return range_in_words(each.space)


def _unchanged(made: NextRound) -> str:
    count = sum(not each.searched and not each.changes for each in made.hyperparameters)
    if not count:
        return ""
    stay = "hyperparameter stays" if count == 1 else "hyperparameters stay"
    return f"{count} more {stay} as fixed before."


def _why(changes: Iterable[Change], made: NextRound) -> str:
    """Each reason once, with a link to its finding below."""
    shown = dict.fromkeys(
        f"{text(each.reason)}{_link(each.finding, made)}" for each in changes
    )
    return " ".join(shown)


def _link(finding: str, made: NextRound) -> str:
    return f" ({_bare_link(finding)})" if finding in made.causes else ""


def _bare_link(finding: str) -> str:
    return link(finding, "#" + finding)


def _plan(made: NextRound) -> Iterator[str]:
    if not made.quantities and not made.repeats:
        return
    yield "## Plan"
    yield bullets(
        f"{code(each.name)}: {text(_from_to(each.before, each.after))}. "
        f"{_why(each.changes, made)}"
        for each in made.quantities
    )
    yield bullets(
        f"Train {code(each.trial)} {each.more} more times, with other seeds. "
        f"{_why([each.change], made)}"
        for each in made.repeats
    )


def _from_to(before: Value, after: Value) -> str:
    return (
        in_words(after) if before is None else f"{in_words(before)} → {in_words(after)}"
    )


def _points(made: NextRound) -> Iterator[str]:
    if not made.points:
        return
    yield "## Points"
    yield _origin(made)
    names = list(dict.fromkeys(name for each in made.points for name in each))
    rows = [
        [
            str(i),
            *(text(in_words(each[name])) if name in each else "" for name in names),
        ]
        for i, each in enumerate(made.points[:_MOST_POINTS], start=1)
    ]
    yield table(["", *map(code, names)], rows, align="r" * (1 + len(names)))
    if len(made.points) > _MOST_POINTS:
        yield f"{len(made.points) - _MOST_POINTS} more are in `next_round.yaml`."


def _origin(made: NextRound) -> str:
    sequence, learned = made.sequence, made.learned
    chosen = len(learned.points) if learned is not None else 0
    words = []
    if learned is not None and chosen:
        which = "All" if chosen == len(made.points) else f"1 to {chosen}"
        known = f"which knows {learned.trials} earlier trials"
        words.append(f"{which}: chosen by {learned.by}, {known}.")
    if chosen < len(made.points):
        words.append("The others: " if chosen else "")
        words[-1] += (
            f"scrambled Halton, seed {sequence.seed}, points {sequence.first + 1} to "
            f"{sequence.used} of the sequence."
        )
    words.append(
        "Points that were tried already, or lie in a region left out, are passed over."
    )
    whole = " ".join(words)
    return whole[0].upper() + whole[1:]


def _conflicts(made: NextRound) -> Iterator[str]:
    if not made.conflicts:
        return
    yield "## Not carried out"
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in made.conflicts:
        key = (each.asked, each.because, each.winner)
        groups.setdefault(key, []).append(each.finding)
    rows = [
        [text(asked), _by(findings), text(because) + _link(winner, made)]
        for (asked, because, winner), findings in groups.items()
    ]
    yield table(["asked", "by", "why not"], rows[:_MOST_CONFLICTS])
    if len(rows) > _MOST_CONFLICTS:
        yield f"{len(rows) - _MOST_CONFLICTS} more are in `next_round.yaml`."


def _by(findings: list[str]) -> str:
    """The first finding that asked, and how many others did."""
    more = len(set(findings)) - 1
    return _bare_link(findings[0]) + (f" and {more} more" if more else "")


def _questions(made: NextRound) -> Iterator[str]:
    if not made.questions:
        return
    yield "## Questions"
    yield "The answers, in `advisor.yaml`, would change the round:"
    yield bullets(
        f"{text(each.question)} Because {text(each.because)}: {code(each.example)}"
        for each in made.questions
    )


def _findings(made: NextRound) -> Iterator[str]:
    """Those that ask for something, under their ids, which the links lead to."""
    asking = dict.fromkeys(_asking(made))
    known = [made.causes[each] for each in asking if each in made.causes]
    if not known:
        return
    yield "## Findings"
    for cause in known:
        yield f"### {cause.id}"
        yield f"{text(cause.message)} {link('Playbook', cause.link)}"


def _asking(made: NextRound) -> Iterator[str]:
    for planned in made.hyperparameters:
        yield from (change.finding for change in planned.changes)
    for quantity in made.quantities:
        yield from (change.finding for change in quantity.changes)
    yield from (region.change.finding for region in made.constraints)
    yield from (repeated.change.finding for repeated in made.repeats)
    for conflict in made.conflicts:
        yield from (conflict.finding, conflict.winner)

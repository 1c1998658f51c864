"""A comparison as sentences and rows; text, Markdown and JSON share them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from advisor.engine.adoption import Decision
from advisor.gate.comparison import AdoptionVerdict, Comparison
from advisor.gate.comparison_side import Side
from advisor.model.trial import Trial
from advisor.report.numbers import count, number, setting

MARKS: dict[Decision, str] = {
    "pass": "ok",
    "note": "note",
    "repeat": "more",
    "refuse": "no",
}
"""One word for what an answer means to the candidate."""

_MOST_DIFFERENCES = 12
_MOST_SEEDS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """The results of one side that are compared, in the unit of the objective."""

    name: str
    tried: int
    results: tuple[float, ...]
    mean: float | None
    std: float | None  # None where fewer than two results are there


def headline(comparison: Comparison) -> str:
    """The verdict in one sentence."""
    verdict = comparison.verdict
    if verdict is AdoptionVerdict.ADOPT:
        gain = number(float(comparison.gain or 0.0))
        return f"adopt: the candidate leads by {gain}, and nothing stands against it."
    if verdict is AdoptionVerdict.REFUSE:
        first, *others = comparison.deciding
        more = f" {count(len(others), 'more reason')} below." if others else ""
        return f"do not adopt. {first.question} {first.said}{more}"
    return f"run {_repeats(comparison)}: {_because(comparison)}"


def next_steps(comparison: Comparison) -> tuple[str, ...]:
    """What to do, in order."""
    if comparison.verdict is AdoptionVerdict.REPEAT:
        return tuple(_to_train(comparison))
    steps = [f"{each.do} {each.why}".strip() for each in comparison.actions]
    return tuple(dict.fromkeys(steps))


def rows(comparison: Comparison) -> tuple[Row, Row]:
    """The results from which the sum can be redone."""
    return _row(comparison.candidate), _row(comparison.incumbent)


def differences(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    """Name, the incumbent's and the candidate's value, where these differ."""
    ours, theirs = (
        side.configuration for side in (comparison.candidate, comparison.incumbent)
    )
    return tuple(
        (name, setting(theirs.get(name)), setting(ours.get(name)))
        for name in dict.fromkeys((*theirs, *ours))
        if ours.get(name) != theirs.get(name)
    )


def differences_in_words(comparison: Comparison) -> str:
    """`learning_rate 0.1 -> 0.01, dropout – -> 0.2`."""
    found = differences(comparison)
    if not found:
        return "no hyperparameter that the logs tell; what changed is elsewhere"
    shown = [f"{name} {old} -> {new}" for name, old, new in found[:_MOST_DIFFERENCES]]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def objective_in_words(comparison: Comparison) -> str:
    """What is compared."""
    objective = comparison.incumbent.objective
    better = "lower" if objective.goal.sign > 0 else "higher"
    return (
        f"{objective.metric}, {objective.split} data, {objective.selection} value over "
        f"training, {better} is better"
    )


def left_out_in_words(side: Side) -> tuple[str, ...]:
    """Each repeat that does not count, and why."""
    sign = side.study.sign
    errors = {trial.name: trial.error for trial in side.study.trials}
    return tuple(
        f"{side.name}/{name} ({number((errors[name] or 0.0) * sign)}) does not count: "
        f"{why}"
        for name, why in side.left_out.items()
    )


def _row(side: Side) -> Row:
    results = tuple((trial.error or 0.0) * side.study.sign for trial in side.trials)
    mean = math.fsum(results) / len(results) if results else None
    std = None
    if mean is not None and len(results) > 1:
        squares = math.fsum((each - mean) ** 2 for each in results)
        std = math.sqrt(squares / (len(results) - 1))
    return Row(side.name, side.tried, results, mean, std)


def _repeats(comparison: Comparison) -> str:
    parts = [
        f"{more} more {'repeat' if more == 1 else 'repeats'} of the {name}"
        for name, more in comparison.more.items()
        if more
    ]
    return " and ".join(parts)


def _because(comparison: Comparison) -> str:
    return comparison.deciding[-1].said.rstrip(".") + "."


def _to_train(comparison: Comparison) -> Iterator[str]:
    for side in (comparison.candidate, comparison.incumbent):
        more = comparison.more.get(side.name, 0)
        if more:
            yield (
                f"Train the configuration of {side.name}/{side.trials[0].name} "
                f"{count(more, 'more time')}{_other_seeds(side.trials)}, nothing else "
                "changed."
            )
    repeats = comparison.repeats
    if repeats is not None and repeats.detects and repeats.power:
        yield (
            f"Compare again: so many detect a lead of {number(repeats.detects)} in "
            f"{repeats.power:.0%} of cases."
        )
    else:
        yield "Compare again: then it is known how much retraining varies."


def _other_seeds(trials: tuple[Trial, ...]) -> str:
    seeds = [str(trial.seed) for trial in trials if trial.seed is not None]
    if not seeds:
        return ", with another seed each"
    shown = ", ".join(seeds[:_MOST_SEEDS]) + (
        ", ..." if len(seeds) > _MOST_SEEDS else ""
    )
    return f", with seeds other than {shown}"

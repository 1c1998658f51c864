"""What the user has to know or do beside running the points."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.next_round import LearnedPoints, NextRound
from advisor.next_round.quantities import FINAL_STEPS


def notes_on(planned: NextRound) -> tuple[str, ...]:
    """Caveats of the round, most important first."""
    return tuple(_notes(planned))


def _notes(planned: NextRound) -> Iterator[str]:
    if not planned.changed:
        yield (
            "No finding asks for a change: the search space stays as it is, and the "
            "points go on in it."
        )
    new = [each for each in planned.searched if each.before is None]
    for each in new:
        yield f"{each.name} is new: the training code has to take it."
    for each in planned.searched:
        if each.before is not None and each.before.name != each.name:
            yield (
                f"{each.name} stands for 1 - {each.before.name}: the training code has "
                f"to take it, or set {each.before.name} = 1 - {each.name}."
            )
    if any(each.alias == "warmup_steps" for each in planned.searched if each.changes):
        yield (
            "Put the warmup before the schedule as it is, and add its steps to those "
            "of training."
        )
    for quantity in planned.quantities:
        if quantity.name == FINAL_STEPS:
            yield (
                "Compute is the bound: search with trials of the present length, then "
                f"train the best few for {quantity.after}. Warmup and initialisation "
                "carry over, regularisation and the optimizer perhaps, the schedule "
                "hardly: stretch it."
            )
    fixed = [each.name for each in planned.newly_fixed]
    if fixed:
        yield (
            f"What is found now holds for the fixed {', '.join(fixed)} only: another "
            "value may favour other settings."
        )
    if len(planned.points) < planned.trials:
        yield (
            f"The search space has {len(planned.points)} new points left, of "
            f"{planned.trials} wanted."
        )
    if planned.phase == "exploitation" and planned.points:
        yield "Exploration is done. Look at the test set once, at the end."
        if planned.learned is None:
            yield (
                "Too few trials are known to say where the good ones are: the points "
                "cover the whole search space."
            )
    if planned.learned is not None:
        yield from _on_learned(planned.learned, len(planned.points))


def _on_learned(learned: LearnedPoints, points: int) -> Iterator[str]:
    count = len(learned.points)
    if not count:
        return
    which = "All points" if count == points else f"The first {count} points"
    others = "" if count == points else "; the others cover the whole search space"
    yield (
        f"{which} lie where {learned.by}, told all {learned.trials} trials, expects "
        f"little error or knows little{others}."
    )
    if learned.in_order is None:
        return
    if learned.in_order <= 0.5:
        yield (
            "It ranks no more pairs of earlier trials rightly than chance would, each "
            "trial left out in turn: it has learned nothing yet, and its points spread."
        )
    else:
        yield (
            f"It ranks {learned.in_order:.0%} of the pairs of earlier trials rightly, "
            "each trial left out in turn; 50% would be chance."
        )

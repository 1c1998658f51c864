"""The points of the next round: where they are drawn, and by what."""

from __future__ import annotations

from dataclasses import replace

from advisor.model.next_round import AROUND_BEST, HALF_AROUND_BEST, NextRound
from advisor.model.planned_space import PlannedHyperparameter, Point
from advisor.next_round.around_best import around_the_best
from advisor.next_round.exploitation import SAMPLER, exploit
from advisor.next_round.quasi_random import draw


def with_points(made: NextRound, *, last: bool = False) -> NextRound:
    """Of the sampler in exploitation, else of the sequence.

    In exploration half of them lie around the best trials, once there are enough to
    choose from; in the last round, and where there is no sampler, all of them do.
    """
    exploiting = made.phase == "exploitation"
    if exploiting and not last and made.past:
        chosen = exploit(made)
        if chosen is not None:
            sequence = replace(made.sequence, first=made.sequence.used)
            made = replace(made, sampler=SAMPLER, sequence=sequence)
            return _complete(made, chosen)
    near = around_the_best(made)
    if near is None:
        return _complete(*_drawn(made, made.searched, made.trials))
    count = made.trials if last or exploiting else made.trials // 2
    first, points = _drawn(made, near, count)
    whole, others = _drawn(first, made.searched, made.trials - len(points), points)
    sequence = replace(whole.sequence, first=made.sequence.used)
    sampler = AROUND_BEST if not others else HALF_AROUND_BEST
    made = replace(made, sequence=sequence, sampler=sampler)
    return _complete(made, (*points, *others))


def _drawn(
    made: NextRound,
    searched: tuple[PlannedHyperparameter, ...],
    count: int,
    taken: tuple[Point, ...] = (),
) -> tuple[NextRound, tuple[Point, ...]]:
    constants = {
        each.name: each.value for each in made.hyperparameters if not each.searched
    }
    points, sequence = draw(
        searched,
        count,
        made.sequence,
        tried=[*(each.values for each in made.past), *taken],
        constraints=made.constraints,
        constants=constants,
    )
    return replace(made, sequence=sequence), points


def _complete(made: NextRound, points: tuple[Point, ...]) -> NextRound:
    """With the values that this round fixes."""
    fixed = {each.name: each.value for each in made.newly_fixed}
    return replace(made, points=tuple({**fixed, **point} for point in points))

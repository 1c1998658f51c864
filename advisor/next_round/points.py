"""The points of the next round: where they are drawn, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from advisor.model.next_round import LearnedPoints, NextRound, Sampler
from advisor.model.planned_space import Point
from advisor.next_round.optuna_points import chosen_by_tpe
from advisor.next_round.promising import promising
from advisor.next_round.quasi_random import draw

_SAMPLERS: Mapping[Sampler, Callable[[NextRound, int], LearnedPoints | None]] = {
    "model": promising,
    "tpe": chosen_by_tpe,
}


def with_points(made: NextRound, sampler: Sampler = "model") -> NextRound:
    """In exploration half of them by what was learned, in exploitation all of them.

    The others are quasi-random; so are all where too few trials are known to learn
    from them.

    Raises:
        AdvisorError: the sampler is not installed.
    """
    count = made.trials if made.phase == "exploitation" else made.trials // 2
    learned = _SAMPLERS[sampler](made, count) if count else None
    first = learned.points if learned is not None else ()
    others, sequence = draw(
        made.searched,
        made.trials - len(first),
        made.sequence,
        tried=[*(each.values for each in made.past), *first],
        constraints=made.constraints,
        fixed=made.fixed_values,
    )
    points = tuple(_completed(made, (*first, *others)))
    return replace(made, sequence=sequence, points=points, learned=learned)


def _completed(made: NextRound, points: Sequence[Point]) -> list[Point]:
    """With the values that this round fixes."""
    fixed = {each.name: each.value for each in made.newly_fixed}
    return [{**fixed, **point} for point in points]

"""The ranges that the best trials span."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from advisor.model.next_round import NextRound, PastTrial
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter
from advisor.next_round.draft import is_number

BEST = 5
"""In benchmarks/advice.py five did as well as six; fewer are a matter of luck."""

_FEWEST = 2 * BEST  # feasible trials, below which the best five are hardly a choice
_MARGIN = 0.05  # of the range, on each side


def around_the_best(made: NextRound) -> tuple[PlannedHyperparameter, ...] | None:
    """What is searched, each range cut to that of the best five trials and a margin.

    Where a bound moves outwards in this round, the range goes on to the new bound. None
    where too few trials are known. Choices, and what the best trials do not have, stay
    as they are.
    """
    sign = made.objective.goal.sign if made.objective is not None else 1
    feasible = [
        each
        for each in made.past
        if each.objective is not None and each.infeasible is None and each.finished
    ]
    if len(feasible) < _FEWEST:
        return None
    ranked = sorted(feasible, key=lambda each: sign * (each.objective or 0.0))
    return tuple(_cut(each, ranked[:BEST]) for each in made.searched)


def _cut(
    each: PlannedHyperparameter, best: Sequence[PastTrial]
) -> PlannedHyperparameter:
    space = each.space
    if space is None or not space.ordered or space.choices:
        return each
    places = [
        space.position(float(value))
        for trial in best
        if is_number(value := trial.values.get(each.name))
    ]
    known = [place for place in places if math.isfinite(place)]
    if not known:
        return each
    lower, upper = min(known) - _MARGIN, max(known) + _MARGIN
    if each.before is not None and each.before.name == each.name:
        least, most = each.before.bounds
        lower = 0.0 if space.bounds[0] < least else lower
        upper = 1.0 if space.bounds[1] > most else upper
    ends = (min(max(lower, 0.0), 1 - _MARGIN), max(min(upper, 1.0), _MARGIN))
    return replace(each, space=_within(space, *map(space.value_at, ends)))


def _within(space: Hyperparameter, lower: float, upper: float) -> Hyperparameter:
    """Whole numbers stay whole; rounding does not leave the range."""
    if space.kind == "integer":
        lower, upper = math.floor(lower), math.ceil(upper)
    least, most = space.bounds
    return replace(space, lower=max(float(lower), least), upper=min(float(upper), most))

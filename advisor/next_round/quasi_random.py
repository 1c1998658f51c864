"""New points: a scrambled Halton sequence that goes on where the last round stopped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from advisor.model.curve import FloatArray
from advisor.model.log import Value
from advisor.model.next_round import PointSequence
from advisor.model.planned_space import (
    Constraint,
    PlannedHyperparameter,
    Point,
    existing,
)
from advisor.model.search_space import Hyperparameter
from advisor.next_round.new_points import NewPoints

_BLOCK = 64
_DIGITS = 4
_TRIES = 200  # a point, before a space counts as exhausted


def draw(
    searched: Sequence[PlannedHyperparameter],
    count: int,
    sequence: PointSequence,
    *,
    tried: Sequence[Point] = (),
    constraints: Sequence[Constraint] = (),
    fixed: Mapping[str, Value] | None = None,
) -> tuple[tuple[Point, ...], PointSequence]:
    """`count` new points, or fewer if the space has no more, and the sequence after it.

    A hyperparameter keeps its dimension from round to round; new ones are added at the
    end, so that the earlier points stay a part of the sequence. Points in excluded
    regions, and those that were tried, are passed over.
    """
    names = [each.name for each in searched]
    dimensions = (
        *sequence.dimensions,
        *(each for each in names if each not in sequence.dimensions),
    )
    if not searched or count <= 0:
        return (), replace(sequence, first=sequence.used, dimensions=dimensions)
    found = NewPoints(
        searched, count, tried=tried, constraints=constraints, fixed=fixed
    )
    used = sequence.used
    columns = [dimensions.index(name) for name in names]
    for row in _candidates(len(dimensions), sequence):
        if found.complete or used - sequence.used > _TRIES * count:
            break
        used += 1
        found.take(_point(searched, row[columns]))
    after = PointSequence(sequence.seed, used, sequence.used, dimensions)
    return tuple(found.points), after


def _candidates(dimensions: int, sequence: PointSequence) -> Iterator[FloatArray]:
    """The points of the unit cube from the first unused one on."""
    from scipy.stats.qmc import Halton

    rng = np.random.default_rng(sequence.seed)
    halton = Halton(dimensions, scramble=True, rng=rng)
    if sequence.used:
        halton.fast_forward(sequence.used)
    while True:
        yield from halton.random(_BLOCK)


def _point(searched: Sequence[PlannedHyperparameter], row: FloatArray) -> Point:
    """Values from fractions [D]; a conditional one only where it exists."""
    values: dict[str, Value] = {}
    for each, fraction in zip(searched, row.tolist(), strict=True):
        assert each.space is not None
        values[each.name] = value_at(each.space, fraction)
    return existing(searched, values)


def value_at(space: Hyperparameter, fraction: float) -> Value:
    """The value at a fraction, 0 up to 1, of a range or of a list of choices."""
    if space.choices:
        last = len(space.choices) - 1
        return space.choices[min(int(fraction * (last + 1)), last)]
    lower, upper = space.bounds
    if space.kind == "integer":
        return _whole_at(space, fraction)
    value = float(f"{space.value_at(fraction):.{_DIGITS}g}")
    return min(max(value, lower), upper)


def _whole_at(space: Hyperparameter, fraction: float) -> int:
    """Every whole number has the share of the range that is nearest to it."""
    lower, upper = space.bounds
    if space.scale == "log":
        least, most = math.log(lower - 0.5), math.log(upper + 0.5)
        value = math.exp(least + fraction * (most - least))
    else:
        value = lower - 0.5 + fraction * (upper - lower + 1)
    return int(min(max(round(value), lower), upper))

"""New points: a scrambled Halton sequence that goes on where the last round stopped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from advisor.model.curve import FloatArray
from advisor.model.log import Value, is_number
from advisor.model.next_round import PointSequence
from advisor.model.planned_space import Constraint, PlannedHyperparameter, Point
from advisor.model.search_space import Hyperparameter

_BLOCK = 64
_DIGITS = 4
_TRIES = 200  # a point, before a space counts as exhausted
_CLOSE = 0.02  # of the range, in every dimension
_SHARE_OF_SPACING = 0.25


def draw(
    searched: Sequence[PlannedHyperparameter],
    count: int,
    sequence: PointSequence,
    *,
    tried: Sequence[Point] = (),
    constraints: Sequence[Constraint] = (),
    constants: Mapping[str, Value] | None = None,
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
    places = Places(searched, tried, count)
    points: list[Point] = []
    used = sequence.used
    columns = [dimensions.index(name) for name in names]
    candidates = _candidates(len(dimensions), sequence)
    for row in candidates:
        if len(points) == count or used - sequence.used > _TRIES * count:
            break
        used += 1
        point = _point(searched, row[columns])
        whole = {**(constants or {}), **point}
        excluded = any(each.excludes(whole) for each in constraints)
        if not excluded and places.take(point):
            points.append(point)
    after = PointSequence(sequence.seed, used, sequence.used, dimensions)
    return tuple(points), after


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
    """Values from fractions; a conditional one only where it exists."""
    values: dict[str, Value] = {}
    for each, fraction in zip(searched, row.tolist(), strict=True):
        assert each.space is not None
        values[each.name] = value_at(each.space, fraction)
    return {
        each.name: values[each.name]
        for each in searched
        if each.condition is None or each.condition.holds(values)
    }


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


class Places:
    """What was tried, as fractions; says whether a point is new."""

    def __init__(
        self,
        searched: Sequence[PlannedHyperparameter],
        tried: Sequence[Point],
        count: int,
    ) -> None:
        self.searched = searched
        self.taken = np.empty((len(tried) + count, len(searched)))
        self.size = 0
        for point in tried:
            self._add(self._row(point))
        continuous = [
            each.space
            for each in searched
            if each.space is not None and each.space.ordered and not each.space.choices
        ]
        total = len(tried) + count
        spacing = total ** (-1 / max(len(continuous), 1))
        self.close = min(_CLOSE, _SHARE_OF_SPACING * spacing) if continuous else 0.0

    def take(self, point: Point) -> bool:
        """Whether the point is away from all others; if so, it is taken."""
        row = self._row(point)
        distances = np.abs(self.taken[: self.size] - row)
        if self.size and bool((distances.max(axis=1) <= self.close).any()):
            return False
        self._add(row)
        return True

    def _add(self, row: FloatArray) -> None:
        self.taken[self.size] = row
        self.size += 1

    def _row(self, point: Point) -> FloatArray:
        """A number a hyperparameter; choices are further apart than any range."""
        row = np.empty(len(self.searched))
        for i, each in enumerate(self.searched):
            assert each.space is not None
            row[i] = _place(each.space, point.get(each.name))
        return row


def _place(space: Hyperparameter, value: Value) -> float:
    if space.choices and value in space.choices:
        return 10.0 * (1 + space.choices.index(value))
    if space.ordered and is_number(value):
        position = space.position(float(value))
        if math.isfinite(position):
            return position
    return -10.0

"""Which points may be trained: new ones, in no region that is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from advisor.model.curve import FloatArray
from advisor.model.log import Value, is_number
from advisor.model.next_round import NextRound
from advisor.model.planned_space import Constraint, PlannedHyperparameter, Point
from advisor.model.search_space import Hyperparameter

_CLOSE = 0.02  # of the range, in every dimension
_SHARE_OF_SPACING = 0.25
# Beside a range, which is from 0 to 1: further from it and each other than its ends.
_ABSENT = -10.0
_CHOICE = 10.0


class NewPoints:
    """Collects points that are away from what was `tried`, and from each other.

    A region may speak of `fixed` values, those of hyperparameters that do not vary.
    """

    def __init__(
        self,
        searched: Sequence[PlannedHyperparameter],
        wanted: int,
        *,
        tried: Sequence[Point] = (),
        constraints: Sequence[Constraint] = (),
        fixed: Mapping[str, Value] | None = None,
    ) -> None:
        self.points: list[Point] = []
        self._searched = searched
        self._wanted = wanted
        self._constraints = constraints
        self._fixed = fixed or {}
        total = len(tried) + wanted
        self._close = _closeness(searched, total)
        self._taken = np.empty((total, len(searched)))
        self._size = 0
        for point in tried:
            self._add(self._row(point))

    @classmethod
    def of(cls, made: NextRound, wanted: int) -> NewPoints:
        """Those of a round that has no points yet."""
        return cls(
            made.searched,
            wanted,
            tried=[each.values for each in made.past],
            constraints=made.constraints,
            fixed=made.fixed_values,
        )

    @property
    def complete(self) -> bool:
        """Whether there are as many as wanted."""
        return len(self.points) == self._wanted

    def take(self, point: Point) -> bool:
        """Whether the point is new and in no region left out; if so, it is taken."""
        whole = {**self._fixed, **point}
        if any(each.excludes(whole) for each in self._constraints):
            return False
        row = self._row(point)
        distances = np.abs(self._taken[: self._size] - row)
        if self._size and bool((distances.max(axis=1) <= self._close).any()):
            return False
        self._add(row)
        self.points.append(point)
        return True

    def _add(self, row: FloatArray) -> None:
        self._taken[self._size] = row
        self._size += 1

    def _row(self, point: Point) -> FloatArray:
        """A number a hyperparameter: [D]."""
        row = np.empty(len(self._searched))
        for i, each in enumerate(self._searched):
            assert each.space is not None
            row[i] = _place(each.space, point.get(each.name))
        return row


def _closeness(searched: Sequence[PlannedHyperparameter], total: int) -> float:
    """Part of the range within which two of `total` points count as the same."""
    continuous = [
        each.space
        for each in searched
        if each.space is not None and each.space.ordered and not each.space.choices
    ]
    if not continuous:
        return 0.0
    spacing: float = total ** (-1 / len(continuous))
    return min(_CLOSE, _SHARE_OF_SPACING * spacing)


def _place(space: Hyperparameter, value: Value) -> float:
    """The fraction of the range, or a number that is far from those of all others."""
    if space.choices and value in space.choices:
        return _CHOICE * (1 + space.choices.index(value))
    if space.ordered and is_number(value):
        position = space.position(float(value))
        if math.isfinite(position):
            return position
    return _ABSENT

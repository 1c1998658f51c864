"""How evenly the points of a search cover its space."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.discrepancy import chance_of_unevenness
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.gaps import worth_in_uniform_points
from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Design

_FEWEST = 3
_FEWEST_FOR_A_TEST = 8
_FEWEST_MOVES = 2
_GRID_FILLED = 0.7  # failed or missing trials leave holes
_MOST_LEVELS = 0.5  # of the number of points: more, and the axis is continuous


@dataclass(frozen=True, slots=True)
class PointUniformity:
    """The layout of the points: even, crowded, on a grid, or one at a time."""

    points: int = quantity("points", "different ones, over the ordered hyperparameters")
    hyperparameters: int = quantity("hyperparameters", "ordered ones that vary")
    p_value: float | None = quantity(
        "probability", "that uniform points are as uneven (simulated); none with few"
    )
    worth: float = quantity("points", "uniform ones that would leave gaps as wide")
    grid: bool = quantity("", "whether the points fill a grid of a few values each")
    combinations: int = quantity("points", "of that grid, or of all values combined")
    levels: int = quantity("values", "most different values of any hyperparameter")
    fewest_levels: int = quantity("values", "fewest different values of any of them")
    one_at_a_time: float = quantity(
        "fraction", "of points that differ from the commonest one in one value at most"
    )
    crowded: str = quantity("", "the hyperparameter whose points crowd the most")
    half_within: float = quantity("fraction", "of its range that holds half of them")
    around: float = quantity("value", "the middle of that part")


@feature()
def point_uniformity(design: Design) -> PointUniformity:
    """Whether a search covered its space evenly, all of its points counted.

    Points of trials that failed or still go on count; repeats do not. The p-value
    compares their centred discrepancy and their distances to the nearest other point
    with those of uniform points. Each continuous hyperparameter is read on the scale on
    which its values are more even, so that a wrong scale is not taken for a layout.
    Of a hyperparameter with few values only their frequencies are judged, not the
    values themselves.
    """
    if not design.axes:
        raise NotEnoughDataError("a hyperparameter with an order; there is none")
    rows = design.positions[np.isfinite(design.positions).all(axis=1)]
    _, first = np.unique(np.round(rows, 9), axis=0, return_index=True)
    rows = rows[np.sort(first)]
    if len(rows) < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} points; there are {len(rows)}")
    levels = [len(np.unique(np.round(column, 9))) for column in rows.T]
    grid = _is_grid(levels, len(rows))
    even = np.stack(
        [
            _even(axis, column, count)
            for axis, column, count in zip(design.axes, rows.T, levels, strict=True)
        ],
        axis=1,
    )
    crowded, half, around = _crowded(design.axes, rows)
    return PointUniformity(
        points=len(rows),
        hyperparameters=len(design.axes),
        p_value=_chance(even),
        worth=worth_in_uniform_points(even),
        grid=grid,
        combinations=math.prod(levels),
        levels=max(levels),
        fewest_levels=min(levels),
        one_at_a_time=_one_at_a_time(rows),
        crowded=crowded,
        half_within=half,
        around=around,
    )


def _chance(even: FloatArray) -> float | None:
    return chance_of_unevenness(even) if len(even) >= _FEWEST_FOR_A_TEST else None


def _is_grid(levels: list[int], points: int) -> bool:
    """Whether nearly all combinations are there, and values are used again.

    Points along one axis are a grid of their own.
    """
    combinations = math.prod(levels)
    if len(levels) == 1:
        return True
    return points >= _GRID_FILLED * combinations and combinations >= 2 * max(levels)


def _even(axis: Hyperparameter, column: FloatArray, levels: int) -> FloatArray:
    """Positions [n] that uniform sampling would spread uniformly over 0 to 1."""
    count = len(column)
    if levels <= _MOST_LEVELS * count or axis.choices:
        _, index = np.unique(np.round(column, 9), return_inverse=True)
        # Anywhere within its cell, always the same way.
        places = np.random.default_rng(count).random(count)
        cells: FloatArray = (index + places) / levels
        return cells
    column = np.clip(column, 0, 1)
    other = _on_the_other_scale(axis, column)
    if not axis.declared:
        # Observed bounds are the extremes of the points: their expected places.
        column, other = (
            (1 + each * (count - 1)) / (count + 1) for each in (column, other)
        )
    return min(column, other, key=_unevenness)


def _on_the_other_scale(axis: Hyperparameter, column: FloatArray) -> FloatArray:
    lower, upper = axis.bounds
    if lower <= 0:
        return column
    ratio = upper / lower
    if axis.scale == "log":
        linear: FloatArray = (ratio**column - 1) / (ratio - 1)
        return linear
    log: FloatArray = np.log1p(column * (ratio - 1)) / math.log(ratio)
    return log


def _unevenness(column: FloatArray) -> float:
    """Cramér and von Mises's distance from uniformity of one axis."""
    count = len(column)
    expected = (2 * np.arange(count) + 1) / (2 * count)
    return float(np.square(np.sort(column) - expected).sum())


def _one_at_a_time(rows: FloatArray) -> float:
    """Share of points next to the commonest one, where two axes or more are moved."""
    moved = []
    for column in np.round(rows, 9).T:
        values, counts = np.unique(column, return_counts=True)
        moved.append(column != values[np.argmax(counts)])
    differing = np.sum(moved, axis=0)
    alone = [int((axis & (differing == 1)).sum()) for axis in moved]
    if sum(count >= _FEWEST_MOVES for count in alone) < 2:
        return 0.0
    return float((differing <= 1).mean())


def _crowded(
    axes: tuple[Hyperparameter, ...], rows: FloatArray
) -> tuple[str, float, float]:
    """The shortest part of any range that holds half of the points.

    Few values are bound to be shared, so hyperparameters with many come first.
    """
    half = (len(rows) + 1) // 2
    shortest = ("", math.inf, math.nan)
    columns = np.sort(rows, axis=0).T
    many = [(np.diff(each) > 0).sum() >= _MOST_LEVELS * len(rows) for each in columns]
    for axis, column, continuous in zip(axes, columns, many, strict=True):
        if any(many) and not continuous:
            continue
        widths = column[half - 1 :] - column[: len(column) - half + 1]
        start = int(np.argmin(widths))
        if widths[start] < shortest[1]:
            middle = column[start] + widths[start] / 2
            shortest = (axis.name, float(widths[start]), axis.value_at(float(middle)))
    return shortest

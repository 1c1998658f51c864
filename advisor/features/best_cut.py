"""The cut of an axis, or of a product or ratio of two, that sets marks apart best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.features.best_split import surprise
from advisor.model.curve import BoolArray, FloatArray, IntArray
from advisor.model.search_space import COMPLEMENTED, Hyperparameter

_MOST_CUTS = 200  # of one direction; more only tell neighbouring points apart
_LOOKS = 40_000_000  # at marks of shuffled trials, over all directions
_FEWEST_SHUFFLES, _MOST_SHUFFLES = 200, 1000


@dataclass(frozen=True, eq=False)
class Direction:
    """An order of the trials: along one axis, or a product of two of them."""

    first: int  # column
    second: int | None  # column of the other factor
    power: int  # its exponent, 1 or -1
    values: FloatArray  # [N] positions, or logarithms of the product; NaN if absent
    one_minus: bool = False  # whether the other factor is one minus it


@dataclass(frozen=True, eq=False)
class Cut:
    """Marked trials gather where a direction's values lie beyond a place."""

    direction: Direction
    upper: bool
    place: float
    surprise: float  # -log of the chance of so many marks beyond this very place


def directions(
    axes: Sequence[Hyperparameter], positions: FloatArray
) -> Iterator[Direction]:
    """Every axis, then every product and ratio of two axes of positive values.

    `positions` [N, D] are fractions of each range. Learning rates come first, and of
    momentum and the betas 1 - x is the factor, as in lr / (1 - momentum).
    """
    for column in range(len(axes)):
        yield Direction(column, None, 0, positions[:, column])
    logs = {
        column: values
        for column, axis in enumerate(axes)
        if (values := _logarithms(axis, positions[:, column])) is not None
    }
    turned = {column for column in logs if axes[column].alias in COMPLEMENTED}
    order = sorted(logs, key=lambda each: (each in turned, not _is_rate(axes[each])))
    for i, first in enumerate(order):
        for second in order[i + 1 :]:
            if first in turned:
                continue
            for power in (1, -1):
                values = logs[first] + power * logs[second]
                yield Direction(first, second, power, values, second in turned)


def best_cuts(
    ways: Sequence[Direction], marked: BoolArray
) -> tuple[Cut | None, Cut | None]:
    """The most surprising cut of one axis, and that of two; None where there is none.

    `marked` is [N]. Of equal ones the first in order wins.
    """
    best: list[Cut | None] = [None, None]
    for way in ways:
        for upper in (True, False):
            order, counts = _places(way.values, upper)
            if not len(counts):
                continue
            scores = _scores(marked[None, order], counts, marked)[0]
            top = int(np.argmax(scores))
            place = _between(way, order, int(counts[top]))
            cut = Cut(way, upper, place, float(scores[top]))
            known = best[way.second is not None]
            if known is None or cut.surprise > known.surprise + 1e-9:
                best[way.second is not None] = cut
    return best[0], best[1]


def where_most_are_marked(cut: Cut, marked: BoolArray) -> Cut:
    """The same direction, cut where the marked outnumber the others by most.

    The most surprising cut of a gradual boundary lies too far inwards.
    """
    order, counts = _places(cut.direction.values, cut.upper, most=len(marked))
    beyond = np.cumsum(marked[order])[counts - 1]
    place = _between(cut.direction, order, int(counts[np.argmax(2 * beyond - counts)]))
    return replace(cut, place=place)


def highest_by_chance(ways: Sequence[Direction], marked: BoolArray) -> FloatArray:
    """Surprise of the best cut of shuffled marks [M], over all directions and sides.

    The same search pays for all its looks at once (Westfall and Young 1993).
    """
    looks = 2 * len(ways) * len(marked)
    shuffles = int(np.clip(_LOOKS // looks, _FEWEST_SHUFFLES, _MOST_SHUFFLES))
    labels = np.random.default_rng(0).permuted(
        np.broadcast_to(marked, (shuffles, len(marked))), axis=1
    )
    highest = np.zeros(shuffles)
    for way in ways:
        for upper in (True, False):
            order, counts = _places(way.values, upper)
            if len(counts):
                scores = _scores(labels[:, order], counts, marked)
                np.maximum(highest, scores.max(axis=1), out=highest)
    return highest


def _between(way: Direction, order: IntArray, count: int) -> float:
    """The middle between the innermost trial beyond the cut and the next one."""
    return float(way.values[order[count - 1]] + way.values[order[count]]) / 2


def _places(
    values: FloatArray, upper: bool, most: int = _MOST_CUTS
) -> tuple[IntArray, IntArray]:
    """Trials from the outermost inwards, and how many of them each cut sets apart."""
    known = np.flatnonzero(np.isfinite(values))
    keys = -values[known] if upper else values[known]
    order = np.argsort(keys, kind="stable")
    counts = np.flatnonzero(np.diff(keys[order]) > 1e-12) + 1
    if len(counts) > most:
        chosen = np.linspace(0, len(counts) - 1, most).astype(np.int64)
        counts = counts[chosen]
    return known[order], counts


def _scores(labels: BoolArray, counts: IntArray, marked: BoolArray) -> FloatArray:
    """Surprise of every cut [M, C] of labels [M, N] from the outermost inwards."""
    trials = len(marked)
    table = surprise(trials, int(marked.sum()), tuple((trials - counts).tolist()))
    beyond = np.cumsum(labels, axis=1, dtype=np.int32)[:, counts - 1]
    scores: FloatArray = table[np.arange(len(counts)), beyond]
    return scores


def _logarithms(axis: Hyperparameter, positions: FloatArray) -> FloatArray | None:
    """Logarithms of x, of 1 - x of a momentum; None where x is a share."""
    values = np.array([axis.value_at(float(place)) for place in positions])
    if axis.alias in COMPLEMENTED:
        values = 1 - values
    elif axis.limits[1] == 1.0 or axis.bounds[0] <= 0:
        return None
    known = values[np.isfinite(values)]
    if not len(known) or known.min() <= 0:
        return None
    logarithms: FloatArray = np.log(values)
    return logarithms


def _is_rate(axis: Hyperparameter) -> bool:
    return "learning_rate" in (axis.alias, axis.name)

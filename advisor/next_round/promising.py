"""Points where a model of all earlier trials expects little error, or knows little."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from advisor.model.curve import BoolArray, FloatArray
from advisor.model.log import Value
from advisor.model.next_round import LearnedPoints, NextRound, PastTrial
from advisor.model.planned_space import Point, existing
from advisor.next_round.axis import Axis
from advisor.next_round.gaussian_process import GaussianProcess
from advisor.next_round.new_points import NewPoints
from advisor.next_round.warped import warped

FEWEST = 10
"""Feasible trials; fewer say little of where the error is low."""

_MOST = 200  # trials in the model, whose cost grows with their cube
_CANDIDATES = 1024  # all over the space
_CENTRES = 5  # trials whose surroundings are looked at more closely
_NEARBY = (0.02, 0.05, 0.15)  # of the range, as standard deviations
_EACH = 60  # candidates a centre and deviation
_BELOW_1 = 1 - 1e-9  # fractions of a range lie below 1
_CAUTION = 1.0  # standard deviations for which a candidate is given credit


def promising(made: NextRound, count: int) -> LearnedPoints | None:
    """`count` points, or fewer if there are no more; None with too few trials.

    Points in excluded regions, and those that were tried, are passed over.
    """
    axes = [Axis.of(each) for each in made.searched]
    modelled = [axis for axis in axes if _was_tried(axis, made)]
    past = [each for each in made.past if _known(each, modelled)]
    failed = np.array([each.infeasible is not None for each in past], dtype=bool)
    if not modelled or int((~failed).sum()) < FEWEST:
        return None
    rng = np.random.default_rng([made.sequence.seed, made.round])
    rows = np.array([_row(modelled, each.values) for each in past])
    heights = warped(_errors(past, made), failed)
    kept = _kept(heights, rng)
    unordered = [i for i, axis in enumerate(modelled) if axis.unordered]
    process = GaussianProcess.fit(rows[kept], heights[kept], rng, unordered)
    points = _candidates(axes, modelled, process, rng)
    candidates = np.array([_row(modelled, point) for point in points])
    chosen = _chosen(made, process, points, candidates, count)
    in_order = _in_order(process)
    return LearnedPoints(chosen, "a Gaussian process", int(kept.sum()), in_order)


def _in_order(process: GaussianProcess) -> float | None:
    """Share of the pairs of different heights that it ranks rightly."""
    heights, expected = process.heights, process.left_out()
    truly = np.sign(heights[:, None] - heights[None, :])
    ranked = np.sign(expected[:, None] - expected[None, :])
    pairs = int((truly != 0).sum())
    return float((truly * ranked > 0).sum()) / pairs if pairs else None


def _was_tried(axis: Axis, made: NextRound) -> bool:
    """Of what has no place in any trial, nothing can be learned from them."""
    places = (axis.place(each.values.get(axis.planned.name)) for each in made.past)
    return any(map(math.isfinite, places))


def _known(past: PastTrial, axes: Sequence[Axis]) -> bool:
    """Whether the trial ended, with a value of all that applies to it.

    A value without a place, as zero on a log scale, is like one that does not exist.
    """
    if past.infeasible is None and (past.objective is None or not past.finished):
        return False
    return all(
        past.values.get(axis.planned.name) is not None
        or not axis.planned.exists_at(past.values)
        for axis in axes
    )


def _errors(past: Sequence[PastTrial], made: NextRound) -> FloatArray:
    sign = made.objective.goal.sign if made.objective is not None else 1
    return np.array(
        [
            sign * each.objective if each.objective is not None else np.nan
            for each in past
        ]
    )


def _row(axes: Sequence[Axis], values: Mapping[str, Value]) -> list[float]:
    return [axis.place(values.get(axis.planned.name)) for axis in axes]


def _kept(heights: FloatArray, rng: np.random.Generator) -> BoolArray:
    """The better half of the most that the model can hold, and some of the others."""
    order = np.argsort(heights)
    best, others = order[: _MOST // 2], order[_MOST // 2 :]
    kept = np.zeros(len(heights), dtype=bool)
    kept[best] = True
    kept[rng.permutation(others)[: _MOST - len(best)]] = True
    return kept


def _candidates(
    axes: Sequence[Axis],
    modelled: Sequence[Axis],
    process: GaussianProcess,
    rng: np.random.Generator,
) -> list[Point]:
    """Points all over the search space, and more around the best expected trials."""
    from scipy.stats.qmc import Halton

    halton = Halton(len(axes), scramble=True, rng=rng)
    columns = [i for i, axis in enumerate(axes) if axis in modelled]
    centres = np.argsort(process.expected(process.points))[:_CENTRES]
    widths = np.minimum(process.lengths, 1.0)
    fractions = [halton.random(_CANDIDATES)]
    for centre in np.nan_to_num(process.points[centres], nan=0.5):
        for width in _NEARBY:
            near = halton.random(_EACH)
            moved = width * widths * rng.standard_normal((_EACH, len(columns)))
            near[:, columns] = centre + moved
            fractions.append(near)
    inside = np.clip(np.concatenate(fractions), 0.0, _BELOW_1)
    return [_point(axes, row) for row in inside.tolist()]


def _point(axes: Sequence[Axis], fractions: Sequence[float]) -> Point:
    values = {
        axis.planned.name: axis.value(fraction)
        for axis, fraction in zip(axes, fractions, strict=True)
    }
    return existing([axis.planned for axis in axes], values)


def _chosen(
    made: NextRound,
    process: GaussianProcess,
    points: Sequence[Point],
    candidates: FloatArray,
    count: int,
) -> tuple[Point, ...]:
    chosen = NewPoints.of(made, count)
    spread = process.spread_out(candidates, _CAUTION)
    while not chosen.complete and (number := spread.next()) is not None:
        if chosen.take(points[number]):
            spread.take(number)
    return tuple(chosen.points)

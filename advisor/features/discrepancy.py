"""How uneven points in the unit cube are, against uniform points of the same number."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from advisor.model.curve import FloatArray

_SAMPLES = 400
_MOST_POINTS = 80


def chance_of_unevenness(points: FloatArray) -> float:
    """P-value of the points [n, D] being uniform, against crowding and gaps.

    The smaller of two one-sided ranks among simulated uniform points, doubled: of the
    centred discrepancy, and of the mean distance to the nearest point, where small is
    crowded. Points that are more even than uniform ones, as quasi-random ones are, get
    a large value. Of more than 80 points, 80 are looked at.
    """
    # A sequence must not be thinned by a stride: every second of Halton's fills half.
    order = np.random.default_rng(0).permutation(len(points))
    thinned = points[order[:_MOST_POINTS]]
    discrepancy, nearest = unevenness(thinned)
    discrepancies, distances = _of_uniform_points(*thinned.shape)
    ranks = (
        (1 + int((discrepancies >= discrepancy).sum())) / (1 + _SAMPLES),
        (1 + int((distances <= nearest).sum())) / (1 + _SAMPLES),
    )
    return min(1.0, 2 * min(ranks))


def unevenness(points: FloatArray) -> tuple[float, float]:
    """Centred L2 discrepancy, squared (Hickernell 1998), and mean nearest distance."""
    count, dimensions = points.shape
    single, pairs = np.ones(count), np.ones((count, count))
    distances = np.zeros((count, count))
    for column in (points - 0.5).T:
        size = np.abs(column)
        single *= 1 + size / 2 - column**2 / 2
        difference = np.abs(column[:, None] - column)
        pairs *= 1 + size[:, None] / 2 + size / 2 - difference / 2
        distances += difference**2
    np.fill_diagonal(distances, np.inf)
    discrepancy = (
        (13 / 12) ** dimensions
        - 2 / count * float(single.sum())
        + float(pairs.sum()) / count**2
    )
    return discrepancy, float(np.sqrt(distances.min(axis=1)).mean())


@lru_cache(maxsize=256)
def _of_uniform_points(count: int, dimensions: int) -> tuple[FloatArray, FloatArray]:
    """Both measures of simulated uniform points [samples]; the same in every run."""
    rng = np.random.default_rng((count, dimensions))
    measures = np.array(
        [unevenness(rng.random((count, dimensions))) for _ in range(_SAMPLES)]
    )
    return measures[:, 0], measures[:, 1]

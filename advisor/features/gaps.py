"""How wide the gaps between points are, in uniform points that leave gaps as wide."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from advisor.model.curve import FloatArray

_PROBES = 512
_DRAWS = 16


def worth_in_uniform_points(points: FloatArray) -> float:
    """How many uniform points cover the unit cube as well as `points` [n, D] do.

    Compared is the mean distance from anywhere in the cube to the nearest point. Points
    that crowd add little; those that are more even than uniform ones count as n.
    """
    count, dimensions = points.shape
    counts = np.unique(np.geomspace(1, count, 2 + int(np.log2(count))).round())
    gaps = [_gap_of_uniform_points(int(each), dimensions) for each in counts]
    gap = mean_gap(points)
    # Gaps fall as counts rise, and interpolation wants what rises.
    worth = np.interp(np.log(gap), np.log(gaps[::-1]), np.log(counts[::-1]))
    return float(np.exp(worth))


def mean_gap(points: FloatArray) -> float:
    """Mean distance from places all over the unit cube to the nearest point."""
    from scipy.spatial import cKDTree

    distances, _ = cKDTree(points).query(_places(points.shape[1]))
    return float(np.mean(distances))


@lru_cache(maxsize=1024)
def _gap_of_uniform_points(count: int, dimensions: int) -> float:
    rng = np.random.default_rng((count, dimensions))
    return float(
        np.mean([mean_gap(rng.random((count, dimensions))) for _ in range(_DRAWS)])
    )


@lru_cache(maxsize=32)
def _places(dimensions: int) -> FloatArray:
    """The same in every run, and even themselves."""
    from scipy.stats.qmc import Sobol

    return np.asarray(Sobol(dimensions, rng=dimensions).random(_PROBES))

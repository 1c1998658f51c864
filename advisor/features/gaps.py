"""How wide the gaps between points are, in uniform points that leave gaps as wide."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from advisor.model.curve import FloatArray

_PROBES = 512
_DRAWS = 12
_MOST_POINTS = 200


def worth_in_uniform_points(points: FloatArray) -> float:
    """How many uniform points cover the unit cube as well as `points` [n, D] do.

    Compared is the mean distance from anywhere in the cube to the nearest point. Points
    that crowd add little; those that are more even than uniform ones count as n. Of
    more than 200 points, 200 are looked at.
    """
    # A sequence must not be thinned by a stride: every second of Halton's fills half.
    order = np.random.default_rng(0).permutation(len(points))
    thinned = points[order[:_MOST_POINTS]]
    most, dimensions = thinned.shape
    gap = math.log(mean_gap(thinned))
    count, narrow = most, math.log(_gap_of_uniform_points(most, dimensions))
    while count > 1 and gap > narrow:
        fewer = max(count // 2, 1)
        wide = math.log(_gap_of_uniform_points(fewer, dimensions))
        if gap < wide:
            part = (gap - narrow) / (wide - narrow)
            return float(len(points) / most * count * (fewer / count) ** part)
        count, narrow = fewer, wide
    return float(len(points) / most * count)


def mean_gap(points: FloatArray) -> float:
    """Mean distance from places all over the unit cube to the nearest of `points`."""
    places = _places(points.shape[1])
    squares = np.zeros((len(places), len(points)))
    for column, place in zip(points.T, places.T, strict=True):
        squares += np.square(place[:, None] - column)
    return float(np.sqrt(squares.min(axis=1)).mean())


@lru_cache(maxsize=1024)
def _gap_of_uniform_points(count: int, dimensions: int) -> float:
    rng = np.random.default_rng((count, dimensions))
    return float(
        np.mean([mean_gap(rng.random((count, dimensions))) for _ in range(_DRAWS)])
    )


@lru_cache(maxsize=32)
def _places(dimensions: int) -> FloatArray:
    """The same in every run, one in each slice of every axis (a Latin hypercube)."""
    rng = np.random.default_rng(dimensions)
    slices = rng.permuted(np.tile(np.arange(_PROBES), (dimensions, 1)), axis=1).T
    return np.asarray((slices + rng.random(slices.shape)) / _PROBES)

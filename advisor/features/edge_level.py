"""Hyperparameters with only a few values: levels are compared, no curve is fitted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.additive_model import partial_f, without
from advisor.features.noise import upper_tail
from advisor.model.curve import FloatArray

_NOT_WORSE = 0.05


@dataclass(frozen=True, slots=True)
class Levels:
    """What a comparison of levels says of the optimum."""

    upper_odds: float  # that the highest level is better than the next, to worse
    lower_odds: float
    inside: float  # probability that neither edge is better than its neighbour
    interval: tuple[float, float, float]  # positions not worse than the best, and it
    p_value: float  # F test that all levels are alike


def compare_levels(
    positions: FloatArray, errors: FloatArray, others: FloatArray
) -> Levels:
    """The edge level against the next by Welch's t, other hyperparameters removed.

    With two levels the edge has no level between it and the other bound, so nothing is
    said of the location: odds of 1.
    """
    levels, index = np.unique(positions, return_inverse=True)
    rest = without(others, errors)
    groups = [rest[index == i] for i in range(len(levels))]
    indicators = np.equal.outer(index, np.arange(1, len(levels))).astype(np.float64)
    p_value = partial_f(others, indicators, errors)
    best = int(np.argmin([group.mean() for group in groups]))
    near = [
        float(levels[i])
        for i, group in enumerate(groups)
        if i == best or probability_lower(groups[best], group) < 1 - _NOT_WORSE
    ]
    interval = (min(near), float(levels[best]), max(near))
    if len(levels) < 3:
        return Levels(1.0, 1.0, 0.5, interval, p_value)
    upper = probability_lower(groups[-1], groups[-2])
    lower = probability_lower(groups[0], groups[1])
    inside = max(0.0, 1 - upper - lower)
    return Levels(_odds(upper), _odds(lower), inside, interval, p_value)


def probability_lower(first: FloatArray, second: FloatArray) -> float:
    """Probability that the mean of `first` lies below that of `second` (Welch)."""
    if min(len(first), len(second)) < 2:
        return 0.5
    shares = [float(group.var(ddof=1)) / len(group) for group in (first, second)]
    total = sum(shares)
    if total <= 0:
        return 0.5
    freedom = total**2 / sum(
        share**2 / (len(group) - 1)
        for share, group in zip(shares, (first, second), strict=True)
    )
    t = (float(second.mean()) - float(first.mean())) / math.sqrt(total)
    return 1 - upper_tail(t, freedom)


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-9)

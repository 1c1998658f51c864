"""The most that any test could detect of an optimum exactly at a bound.

A test that is told what no user knows: that the error is a sum of parabolas, how large
the noise is, that an optimum inside lies at 0.3 to 0.8 of the range and one that is not
lies exactly at a bound. It compares the likelihoods of both (Neyman and Pearson 1933)
and may raise a false alarm in 5% of studies. A rule without that knowledge detects
less; where this test misses a goal, the goal cannot be met.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import log_ndtr

from advisor.features.additive_model import basis, without
from advisor.model.curve import FloatArray
from advisor.model.study import Study

_INSIDE = np.arange(0.3, 0.801, 0.02)


def ceiling(
    healthy: Sequence[Study], planted: Sequence[Study], noise: float, alarms: float
) -> float:
    """Share of `planted` detected at `alarms` of `healthy`; noise in units of error."""
    highest = [max(_every(study, noise)) for study in healthy]
    threshold = np.quantile(highest, 1 - alarms)
    return float(np.mean([_of_axis(each, 0, noise) > threshold for each in planted]))


def _every(study: Study, noise: float) -> list[float]:
    width = len(study.design.axes)
    return [
        _of_axis(study, column, noise, lower=lower)
        for column in range(width)
        for lower in (False, True)
    ]


def _of_axis(study: Study, column: int, noise: float, *, lower: bool = False) -> float:
    """Log likelihood ratio of an optimum at the bound and one inside."""
    design = study.design
    x = design.positions[:, column]
    others = basis(np.delete(design.positions, column, axis=1), 2)
    rest = without(others, design.errors)
    inside = [_fit(x, place, others, rest, noise) for place in _INSIDE]
    bound = _fit(x, 0.0 if lower else 1.0, others, rest, noise)
    return bound - float(np.logaddexp.reduce(inside)) + float(np.log(len(inside)))


def _fit(
    x: FloatArray, place: float, others: FloatArray, rest: FloatArray, noise: float
) -> float:
    """Log likelihood of a parabola there, over all heights above zero."""
    column = without(others, (x - place) ** 2)
    size = np.sqrt(float(column @ column))
    t = float(column @ rest) / (size * noise)
    return float(t * t / 2 + log_ndtr(t) - np.log(size))

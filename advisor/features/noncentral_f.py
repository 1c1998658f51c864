"""How large an effect an F statistic leaves possible: limits of its noncentrality.

scipy has the distribution and takes longer to import than a whole check may take.
"""

from __future__ import annotations

import math

import numpy as np

from advisor.features.student import incomplete_beta
from advisor.model.curve import FloatArray

_LARGE = 2000.0  # sum of squares in units of the noise, where limits are normal
_NORMAL_95 = 1.6449


def upper_probability(f: float, effect: int, freedom: int) -> float:
    """P(F > f) with `effect` and `freedom` degrees of freedom."""
    if effect < 1 or freedom < 1 or f <= 0:
        return 1.0
    return incomplete_beta(freedom / (freedom + effect * f), freedom / 2, effect / 2)


def noncentrality_limits(f: float, effect: int, freedom: int) -> tuple[float, float]:
    """Lower and upper 95% limit of the noncentrality, each one-sided.

    The noncentrality is the sum of squares of the effect over the variance of the
    noise. A limit is the value at which a result as small, or as large, as the one
    observed has a chance of 5% (Steiger 2004). An F below 1 counts as 1 for the upper
    limit: less than chance explains is luck and bounds nothing.
    """
    if effect < 1 or freedom < 1:
        return 0.0, math.inf
    size = effect * max(f, 1.0)
    if size > _LARGE:
        root = math.sqrt(size)
        return (root - _NORMAL_95) ** 2 - effect, (root + _NORMAL_95) ** 2
    chances = _central(size, effect, freedom)
    lower = _solve(chances, 0.95) if f >= 1 else 0.0
    return lower, _solve(chances, 0.05)


def _central(size: float, effect: int, freedom: int) -> FloatArray:
    """P(F <= f) with effect + 2 k degrees of freedom in its place, k = 0, 1 ... [K]."""
    x = size / (size + freedom)
    a, b = effect / 2, freedom / 2
    count = int(2 * size + 20 * math.sqrt(size + 1) + 60)
    first = incomplete_beta(x, a, b)
    if x <= 0:
        return np.zeros(count)
    k = np.arange(count)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.log(a)
    logs += a * math.log(x) + b * math.log1p(-x)
    ratios = np.log(x * (a + b + k) / (a + k + 1))
    terms = np.exp(logs + np.concatenate(([0.0], np.cumsum(ratios)[:-1])))
    chances: FloatArray = np.maximum(
        first - np.concatenate(([0.0], np.cumsum(terms)[:-1])), 0.0
    )
    return chances


def _solve(chances: FloatArray, wanted: float) -> float:
    """The noncentrality at which the chance of so small an F is `wanted`."""
    if chances[0] <= wanted:
        return 0.0
    lower, upper = 0.0, 1.0
    while _mixed(chances, upper) > wanted:
        lower, upper = upper, 2 * upper
    for _ in range(40):
        middle = (lower + upper) / 2
        if _mixed(chances, middle) > wanted:
            lower = middle
        else:
            upper = middle
    return (lower + upper) / 2


def _mixed(chances: FloatArray, noncentrality: float) -> float:
    """Mixture of the central chances with Poisson weights."""
    mean = noncentrality / 2
    k = np.arange(1, len(chances))
    logs = np.concatenate(([0.0], np.cumsum(np.log(mean / k)))) - mean
    return float(np.exp(logs) @ chances)

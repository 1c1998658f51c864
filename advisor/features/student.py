"""Student's distribution, exact: for few degrees of freedom, where approximations fail.

scipy has the same and takes longer to import than a whole check may take.
"""

from __future__ import annotations

import math

_LARGEST = 1e12  # beyond it every tail is below any level in use
_TINY = 1e-300


def tail(t: float, freedom: float) -> float:
    """P(T > t)."""
    if math.isnan(t):
        return 1.0
    if abs(t) > _LARGEST:
        return 0.0 if t > 0 else 1.0
    upper = 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)
    return upper if t >= 0 else 1 - upper


def quantile(p: float, freedom: float) -> float:
    """The t with P(T > t) = p, for p up to one half."""
    lower, upper = 0.0, 1.0
    while tail(upper, freedom) > p:
        lower, upper = upper, 2 * upper
    for _ in range(60):
        middle = (lower + upper) / 2
        lower, upper = (middle, upper) if tail(middle, freedom) > p else (lower, middle)
    return (lower + upper) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (Numerical Recipes, section 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(x)
        + b * math.log1p(-x)
    )
    return front * _continued_fraction(x, a, b) / a


def _continued_fraction(x: float, a: float, b: float) -> float:
    """By the method of Lentz."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for term in (even, odd):
            d = 1 / _nonzero(1 + term * d)
            c = _nonzero(1 + term / c)
            change = c * d
            value *= change
        if abs(change - 1) < 1e-14:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

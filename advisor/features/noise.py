"""The noise of a curve: its scale, its memory, and what a mean over it is worth.

Shared by the features of training curves. A curve is first condensed to at most 64
points, so that every statistic costs the same for 50 points as for 100,000 and so that
noise with any short memory is nearly independent from point to point. What memory is
left is modelled as AR(1) and bounded from above, because underestimating it is what
makes false findings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from advisor.features.once import once_a_curve
from advisor.model.curve import Curve, FloatArray, IntArray

POINTS = 64
_LARGEST_MEMORY = 0.95
_LARGEST_VALUE = 1e100
_STANDARD_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Condensed:
    """A curve as at most 64 levels over blocks of equally many evaluations."""

    steps: IntArray  # [K] last step of each block
    values: FloatArray  # [K]
    size: int  # evaluations a block
    raw: FloatArray  # [K * size] the finite values themselves
    raw_steps: IntArray  # [K * size]


@dataclass(frozen=True, slots=True)
class Noise:
    """AR(1) noise about a smooth trend."""

    deviation: float  # standard deviation of one point, memory included
    memory: float  # upper confidence bound of the lag-one correlation
    freedom: int  # degrees of freedom of `deviation`

    def error_of_mean(self, count: int) -> float:
        """Standard error of the mean over `count` neighbouring points."""
        return self.deviation * math.sqrt(mean_variance(count, self.memory))


@once_a_curve
def condense(curve: Curve) -> Condensed:
    """The finite values as interquartile means over blocks, aligned to the end.

    Up to one block is left out at the start where the length does not divide.
    """
    finite = _bounded(curve.finite())
    size = -(-len(finite) // POINTS)
    if size <= 1:
        return Condensed(finite.steps, finite.values, 1, finite.values, finite.steps)
    count = len(finite) // size
    raw, steps = finite.values[-count * size :], finite.steps[-count * size :]
    ordered = np.sort(raw.reshape(count, size), axis=1)
    cut = size // 4
    levels = ordered[:, cut : size - cut].mean(axis=1)
    levels.flags.writeable = False
    return Condensed(
        steps[size - 1 :: size],
        levels,
        size,
        raw,
        steps,
    )


def _bounded(finite: Curve) -> Curve:
    """The same with values pulled in so far that squares of them stay finite."""
    if len(finite) == 0 or float(np.abs(finite.values).max()) < _LARGEST_VALUE:
        return finite
    values = np.clip(finite.values, -_LARGEST_VALUE, _LARGEST_VALUE)
    return Curve(finite.steps, values)


def noise_about_trend(values: FloatArray, *, caution: float = 2.0) -> Noise:
    """Noise of a series of 5 or more points about a polynomial trend.

    The trend is a straight line up to 11 points, a parabola up to 23 and a cubic
    beyond.
    """
    count = len(values)
    degree = 1 if count < 12 else 2 if count < 24 else 3
    return noise_about(values, even_polynomials(count, degree), caution=caution)


def noise_about(
    values: FloatArray, basis: FloatArray, *, caution: float = 2.0
) -> Noise:
    """Noise of `values` [n] about a combination of the columns of `basis` [n, terms].

    Residuals further out than three robust deviations are pulled in before the second
    fit. The lag-one correlation is corrected for the trend that was removed (Kendall
    1954) and raised by `caution` standard errors.
    """
    count, terms = basis.shape
    residuals = pulled_in(values - basis @ (basis.T @ values))
    residuals = residuals - basis @ (basis.T @ residuals)
    freedom = max(count - terms - 1, 1)
    floor = resolution(values) / math.sqrt(12)
    total = float(residuals @ residuals)
    if total <= 0:
        return Noise(floor, 0.0, freedom)
    raw = float(residuals[1:] @ residuals[:-1]) / total
    memory = _corrected(raw, count, terms)
    spread = caution * math.sqrt(max(1 - memory**2, 0.05) / count)
    memory = min(max(memory + spread, 0.0), _LARGEST_MEMORY)
    shocks = residuals[1:] - raw * residuals[:-1]
    about_trend = float(shocks @ shocks) / freedom / (1 - memory**2)
    deviation = math.sqrt(min(about_trend, _rough_variance(values, memory)))
    return Noise(max(deviation, floor), memory, freedom)


def _rough_variance(values: FloatArray, memory: float) -> float:
    """Variance of AR(1) noise from second differences, which no smooth trend enters.

    They have the variance 2 (1 - memory) (3 - memory) times that of the noise.
    """
    bends = pulled_in(np.diff(values, 2))
    return float(bends @ bends) / len(bends) / (2 * (1 - memory) * (3 - memory))


def pulled_in(residuals: FloatArray) -> FloatArray:
    """Residuals clipped at three robust standard deviations."""
    limit = 3 * 1.4826 * median(np.abs(residuals))
    if limit <= 0:
        return residuals
    clipped: FloatArray = np.minimum(np.maximum(residuals, -limit), limit)
    return clipped


def resolution(values: FloatArray) -> float:
    """The smallest step between values that repeat, such as 1/n of an accuracy.

    The rounding error of the values where fewer than a third of them repeat.
    """
    ordered = np.sort(values)
    steps = ordered[1:] - ordered[:-1]
    apart = steps[steps > 0]
    if 0 < len(apart) < 2 * len(values) / 3:
        return float(apart.min())
    return math.ulp(max(abs(float(ordered[0])), abs(float(ordered[-1]))))


def median(values: FloatArray) -> float:
    """The median of a short array; numpy's own spends its time on checks."""
    ordered = np.sort(values)
    count = len(ordered)
    # Halved first: the sum of two huge values may overflow.
    return float(ordered[(count - 1) // 2] / 2 + ordered[count // 2] / 2)


@lru_cache(maxsize=256)
def even_polynomials(count: int, degree: int) -> FloatArray:
    """Orthonormal polynomials on even points [count, degree + 1]."""
    columns = np.vander(np.linspace(-1, 1, count), degree + 1, increasing=True)
    basis, _ = np.linalg.qr(columns)
    basis.flags.writeable = False
    return basis


@lru_cache(maxsize=1024)
def bent_line(count: int, bend: int) -> FloatArray:
    """Orthonormal basis of a line, and a parabola from `bend` on [count, 4]."""
    times = np.linspace(-1, 1, count)
    after = np.maximum(times - times[bend], 0)
    columns = np.stack((np.ones(count), times, after, after**2), axis=1)
    basis, _ = np.linalg.qr(columns)
    basis.flags.writeable = False
    return basis


def mean_variance(count: int, memory: float) -> float:
    """Variance of the mean of `count` points of unit AR(1) noise."""
    if count <= 1 or memory == 0:
        return 1 / max(count, 1)
    tail = 2 * memory * (1 - memory**count) / (count * (1 - memory) ** 2)
    return ((1 + memory) / (1 - memory) - tail) / count


def upper_tail(t: float, freedom: float) -> float:
    """P(T > t) of Student's distribution, by the normal approximation of Wallace."""
    if math.isnan(t):
        return 1.0
    if math.isinf(t):
        return 0.0 if t > 0 else 1.0
    size = math.sqrt(freedom * math.log1p(t * t / freedom))
    z = math.copysign(size * (8 * freedom + 1) / (8 * freedom + 3), t)
    return 0.5 * math.erfc(z / math.sqrt(2))


def upper_quantile(p: float, freedom: float) -> float:
    """The t with P(T > t) = p; the inverse of `upper_tail` for p below one half."""
    z = -_STANDARD_NORMAL.inv_cdf(p) * (8 * freedom + 3) / (8 * freedom + 1)
    return math.sqrt(freedom * math.expm1(z * z / freedom))


def ratio(numerator: float, denominator: float) -> float:
    """The quotient; infinite, or zero for 0/0, where there is nothing to divide by."""
    if denominator > 0:
        return float(numerator) / float(denominator)
    return math.copysign(math.inf, numerator) if numerator else 0.0


def _corrected(raw: float, count: int, terms: int) -> float:
    """Undoes the downward bias that removing a trend of `terms` terms brings."""
    room = max(count - terms - 2, 2)
    return min(max((count * raw + terms) / room, -0.5), _LARGEST_MEMORY)

"""The noise of a curve: its scale, its memory, and what a mean over it is worth.

Shared by the features of training curves, which measure it on condensed curves. What
memory is left there is modelled as AR(1) and bounded from above, because
underestimating it is what makes false findings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from advisor.features.blocks import dots
from advisor.model.curve import FloatArray

_LARGEST_MEMORY = 0.95
_STANDARD_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Noise:
    """AR(1) noise about a smooth trend."""

    deviation: float  # standard deviation of one point, memory included
    memory: float  # upper confidence bound of the lag-one correlation
    freedom: int  # degrees of freedom of `deviation`

    def error_of_mean(self, count: int) -> float:
        """Standard error of the mean over `count` neighbouring points."""
        return self.deviation * math.sqrt(mean_variance(count, self.memory))


def noises_about_trend(values: FloatArray) -> list[Noise]:
    """Noise of each row [B, n] of 5 or more points about a polynomial trend.

    The trend is a straight line up to 11 points, a parabola up to 23 and a cubic
    beyond.
    """
    count = values.shape[1]
    degree = 1 if count < 12 else 2 if count < 24 else 3
    return noises_about(values, even_polynomials(count, degree))


def noises_about(
    values: FloatArray, basis: FloatArray, *, caution: float = 2.0
) -> list[Noise]:
    """Noise of each row [B, n] about a combination of the columns of `basis` [n, k].

    Residuals further out than three robust deviations are pulled in before the second
    fit. The lag-one correlation is corrected for the trend that was removed (Kendall
    1954) and raised by `caution` standard errors.
    """
    count, terms = basis.shape
    freedom = max(count - terms - 1, 1)
    rest = _less_fit(pulled_in(_less_fit(values, basis)), basis)
    totals = dots(rest, rest)
    raw = dots(rest[:, 1:], rest[:, :-1]) / np.where(totals > 0, totals, 1.0)
    memory = _corrected(raw, count, terms)
    spread = caution * np.sqrt(np.maximum(1 - _squared(memory), 0.05) / count)
    memory = np.clip(memory + spread, 0.0, _LARGEST_MEMORY)
    shocks = rest[:, 1:] - raw[:, None] * rest[:, :-1]
    about_trend = dots(shocks, shocks) / freedom / (1 - _squared(memory))
    variance = np.minimum(about_trend, _rough_variance(values, memory))
    floor = resolutions(values) / math.sqrt(12)
    deviation = np.maximum(np.sqrt(variance), floor)
    return [
        Noise(each, bound, freedom) if total > 0 else Noise(least, 0.0, freedom)
        for each, bound, least, total in zip(
            *(each.tolist() for each in (deviation, memory, floor, totals)),
            strict=True,
        )
    ]


def _squared(values: FloatArray) -> FloatArray:
    """As Python squares, whose last digit is that of the library's power."""
    return np.array([each**2 for each in values.tolist()])


def _rough_variance(values: FloatArray, memory: FloatArray) -> FloatArray:
    """Variance of AR(1) noise from second differences, which no smooth trend enters.

    They have the variance 2 (1 - memory) (3 - memory) times that of the noise.
    """
    bends = pulled_in(np.diff(values, 2))
    variance: FloatArray = dots(bends, bends) / bends.shape[1]
    variance /= 2 * (1 - memory) * (3 - memory)
    return variance


def _less_fit(values: FloatArray, basis: FloatArray) -> FloatArray:
    """Rows less their projections on the columns of `basis`."""
    fits: FloatArray = np.matmul(basis, np.matmul(basis.T, values[:, :, None]))
    return values - fits[:, :, 0]


def pulled_in(residuals: FloatArray) -> FloatArray:
    """Residuals [..., n] clipped at three robust standard deviations."""
    limit = 3 * 1.4826 * medians(np.abs(residuals))[..., None]
    limit = np.where(limit <= 0, np.inf, limit)
    clipped: FloatArray = np.minimum(np.maximum(residuals, -limit), limit)
    return clipped


def resolutions(values: FloatArray) -> FloatArray:
    """The smallest step between values of a row that repeat, as 1/n of an accuracy.

    The rounding error of the values where fewer than a third of them repeat.
    """
    ordered = np.sort(values, axis=1)
    steps = ordered[:, 1:] - ordered[:, :-1]
    apart = np.count_nonzero(steps > 0, axis=1)
    smallest = np.where(steps > 0, steps, np.inf).min(axis=1)
    rounding = np.spacing(np.maximum(np.abs(ordered[:, 0]), np.abs(ordered[:, -1])))
    repeat = (apart > 0) & (apart < 2 * values.shape[1] / 3)
    return np.where(repeat, smallest, rounding)


def resolution(values: FloatArray) -> float:
    """Of one row, see `resolutions`."""
    return float(resolutions(values[None])[0])


def median(values: FloatArray) -> float:
    """The median of a short array; numpy's own spends its time on checks."""
    return float(medians(values))


def medians(values: FloatArray) -> FloatArray:
    """The medians [...] of rows [..., n]."""
    ordered = np.sort(values, axis=-1)
    count = ordered.shape[-1]
    # Halved first: the sum of two huge values may overflow.
    middle: FloatArray = (
        ordered[..., (count - 1) // 2] / 2 + ordered[..., count // 2] / 2
    )
    return middle


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
    z = _beyond(p) * (8 * freedom + 3) / (8 * freedom + 1)
    return math.sqrt(freedom * math.expm1(z * z / freedom))


@lru_cache(maxsize=256)
def _beyond(p: float) -> float:
    """The z that a standard normal variable exceeds with probability `p`."""
    return -_STANDARD_NORMAL.inv_cdf(p)


def ratio(numerator: float, denominator: float) -> float:
    """The quotient; infinite, or zero for 0/0, where there is nothing to divide by."""
    if denominator > 0:
        return float(numerator) / float(denominator)
    return math.copysign(math.inf, numerator) if numerator else 0.0


def _corrected(raw: FloatArray, count: int, terms: int) -> FloatArray:
    """Undoes the downward bias that removing a trend of `terms` terms brings."""
    room = max(count - terms - 2, 2)
    return np.clip((count * raw + terms) / room, -0.5, _LARGEST_MEMORY)

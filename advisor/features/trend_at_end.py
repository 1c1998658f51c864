"""What a curve still gains at the end of training."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import (
    condense,
    median,
    noise_about_trend,
    ratio,
    upper_quantile,
    upper_tail,
)
from advisor.model.curve import Curve, FloatArray, IntArray

_FEWEST = 15
_START = 3


@dataclass(frozen=True, slots=True)
class EndTrend:
    """The improving trend over the last third, extrapolated."""

    evaluations: int = quantity("evaluations", "finite evaluations that were used")
    slope: float = quantity(
        "error per log step",
        "fall of the error per e-fold of the steps; above 0 improves",
    )
    p_value: float = quantity("probability", "chance of such a slope without a trend")
    gain: float = quantity("error", "expected further fall with so many more steps")
    gain_lower: float = quantity("error", "lower end of its 98% interval")
    gain_upper: float = quantity("error", "upper end of its 98% interval")
    noise: float = quantity("error", "standard deviation of one evaluation")
    final: float = quantity("error", "the fitted line at the last step")
    relative: float = quantity(
        "fraction", "gain relative to what the second half of training gained"
    )
    acceleration: float = quantity(
        "ratio",
        "slope of the last third over that of the third before; above 1 sped up",
    )
    levelling: float = quantity(
        "ratio", "slope at the very end over the slope of the last third"
    )
    levelling_lower: float = quantity("ratio", "lower end of its 90% interval")
    levelling_upper: float = quantity("ratio", "upper end of its 90% interval")


@feature()
def trend_at_end(validation_error: Curve, *, more_steps: float = 0.25) -> EndTrend:
    """The objective's trend over the last third of training.

    A straight line in the logarithm of the step, which curves of ordinary learning
    follow or fall short of, so that the gain of `more_steps` (a fraction) is not
    overstated as a line in the step would. The slope's standard error is inflated by
    (1 + r) / (1 - r) in the variance for noise of memory r. The slope at the very end
    is that of a parabola in the logarithm.
    """
    short = condense(validation_error)
    count = len(short.values)
    if count < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} evaluations; there are {count}")
    # From the last value, so that a constant is zero and not rounding with a trend.
    origin = float(short.values[-1])
    heights = short.values - origin
    third = count // 3
    values, times = heights[-third:], _log_steps(short.steps[-third:])
    slope, spread = _fall(times, values)
    noise = noise_about_trend(heights[-max(third, _FEWEST // 2) :])
    memory = noise.memory
    inflated = noise.deviation * math.sqrt((1 + memory) / (1 - memory))
    error = inflated / spread
    levelling, levelling_error = _levelling(times, values, slope, inflated)
    before, _ = _fall(
        _log_steps(short.steps[-2 * third : -third]), heights[-2 * third : -third]
    )
    stretch = math.log1p(more_steps)
    margin = upper_quantile(0.01, noise.freedom) * error
    levelling_margin = upper_quantile(0.05, noise.freedom) * levelling_error
    half = heights[count // 2 - 1 : count // 2 + 2]
    final = float(values.mean() - slope * (times[-1] - times.mean()))
    return EndTrend(
        evaluations=count * short.size,
        slope=slope,
        p_value=upper_tail(ratio(slope, error), noise.freedom),
        gain=slope * stretch,
        gain_lower=(slope - margin) * stretch,
        gain_upper=(slope + margin) * stretch,
        noise=noise.deviation * math.sqrt(short.size),
        final=origin + final,
        relative=ratio(slope * stretch, median(half) - final),
        acceleration=ratio(slope, max(before, 0.0)),
        levelling=levelling,
        levelling_lower=levelling - levelling_margin,
        levelling_upper=levelling + levelling_margin,
    )


def _log_steps(steps: IntArray) -> FloatArray:
    return np.log(np.maximum(steps, 1).astype(np.float64))


def _fall(times: FloatArray, values: FloatArray) -> tuple[float, float]:
    """Minus the least-squares slope, and the root of the sum of squares of times."""
    centred = times - times.mean()
    square = float(centred @ centred)
    return -float(centred @ values) / square, math.sqrt(square)


def _levelling(
    times: FloatArray, values: FloatArray, slope: float, deviation: float
) -> tuple[float, float]:
    """The end slope over the slope, with the standard error of that ratio."""
    if slope <= 0:
        return 0.0, math.inf  # of what does not fall nothing can level off
    centred = times - times.mean()
    square = float(centred @ centred)
    bend = centred * centred
    tilt = float(bend @ centred) / square
    bend = bend - square / len(times) - tilt * centred
    end = 2 * float(centred[-1]) - tilt  # the slope of `bend` at the last point
    curvature = end * bend / float(bend @ bend)
    levelling = 1 - float(curvature @ values) / slope
    weights = curvature + (1 - levelling) * centred / square
    return levelling, deviation * math.sqrt(float(weights @ weights)) / slope

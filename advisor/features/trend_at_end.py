"""What a curve still gains at the end of training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from advisor.features.blocks import dots, in_blocks, or_error, rows, the_only
from advisor.features.condensed import Condensed, condensed
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import (
    Noise,
    medians,
    noises_about_trend,
    ratio,
    upper_quantile,
    upper_tail,
)
from advisor.model.curve import Curve, FloatArray

_FEWEST = 15


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


def end_trends(
    validation_error: Sequence[Curve], *, more_steps: float
) -> list[EndTrend | NotEnoughDataError]:
    """`trend_at_end` of each curve."""
    measure = or_error(partial(_end_trends, more_steps=more_steps))
    return in_blocks(condensed(validation_error), len, measure)


@feature(block=end_trends)
def trend_at_end(validation_error: Curve, *, more_steps: float = 0.25) -> EndTrend:
    """The objective's trend over the last third of training.

    A straight line in the logarithm of the step, which curves of ordinary learning
    follow or fall short of, so that the gain of `more_steps` (a fraction) is not
    overstated as a line in the step would. The slope's standard error is inflated by
    (1 + r) / (1 - r) in the variance for noise of memory r. The slope at the very end
    is that of a parabola in the logarithm.
    """
    return the_only(end_trends([validation_error], more_steps=more_steps))


def _end_trends(block: list[Condensed], more_steps: float) -> list[EndTrend]:
    count = len(block[0])
    if count < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} evaluations; there are {count}")
    levels = rows(each.values for each in block)
    # From the last value, so that a constant is zero and not rounding with a trend.
    heights = levels - levels[:, -1:]
    third = count // 3
    values, before = heights[:, -third:], heights[:, -2 * third : -third]
    times = np.log(rows(np.maximum(each.steps, 1.0) for each in block))
    slopes, squares = _falls(times[:, -third:], values)
    measured = (
        levels[:, -1],
        slopes,
        squares,
        _falls(times[:, -2 * third : -third], before)[0],
        values.mean(axis=1) - slopes * (times[:, -1] - times[:, -third:].mean(axis=1)),
        medians(heights[:, count // 2 - 1 : count // 2 + 2]),
        *_levellings(times[:, -third:], values, slopes),
    )
    noises = noises_about_trend(heights[:, -max(third, _FEWEST // 2) :])
    numbers = zip(*(each.tolist() for each in measured), strict=True)
    return [
        _end_trend(short, noise, math.log1p(more_steps), *each)
        for short, noise, each in zip(block, noises, numbers, strict=True)
    ]


def _end_trend(
    short: Condensed,
    noise: Noise,
    stretch: float,
    origin: float,
    slope: float,
    square: float,
    before: float,
    final: float,
    half: float,
    levelling: float,
    levelling_spread: float,
) -> EndTrend:
    memory = noise.memory
    inflated = noise.deviation * math.sqrt((1 + memory) / (1 - memory))
    error = inflated / math.sqrt(square)
    margin = upper_quantile(0.01, noise.freedom) * error
    levelling_error = inflated * levelling_spread / slope if slope > 0 else math.inf
    levelling_margin = upper_quantile(0.05, noise.freedom) * levelling_error
    return EndTrend(
        evaluations=len(short) * short.size,
        slope=slope,
        p_value=upper_tail(ratio(slope, error), noise.freedom),
        gain=slope * stretch,
        gain_lower=(slope - margin) * stretch,
        gain_upper=(slope + margin) * stretch,
        noise=noise.deviation * math.sqrt(short.size),
        final=origin + final,
        relative=ratio(slope * stretch, half - final),
        acceleration=ratio(slope, max(before, 0.0)),
        levelling=levelling,
        levelling_lower=levelling - levelling_margin,
        levelling_upper=levelling + levelling_margin,
    )


def _falls(times: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of each row minus the least-squares slope, and the sum of squares of times."""
    centred = times - times.mean(axis=1, keepdims=True)
    squares = dots(centred, centred)
    return -dots(centred, values) / squares, squares


def _levellings(
    times: FloatArray, values: FloatArray, slopes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Of each row the end slope over the slope, and its error without noise and slope.

    0 where there is no fall that could level off.
    """
    slopes = np.where(slopes > 0, slopes, np.inf)
    centred = times - times.mean(axis=1, keepdims=True)
    squares = dots(centred, centred)
    bend = centred * centred
    tilt = dots(bend, centred) / squares
    bend = bend - (squares / times.shape[1])[:, None] - tilt[:, None] * centred
    end = 2 * centred[:, -1] - tilt  # the slope of `bend` at the last point
    curvature = end[:, None] * bend / dots(bend, bend)[:, None]
    levelling = 1 - dots(curvature, values) / slopes
    weights = curvature + (1 - levelling)[:, None] * centred / squares[:, None]
    falling = np.isfinite(slopes)
    return np.where(falling, levelling, 0.0), np.sqrt(dots(weights, weights))

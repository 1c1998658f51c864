"""How much a curve improved over the whole of training, with an upper bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.blocks import FEW, dots, in_blocks, rows
from advisor.features.condensed import Condensed, condensed
from advisor.features.feature import feature, quantity
from advisor.features.noise import (
    Noise,
    medians,
    noises_about_trend,
    ratio,
    upper_quantile,
    upper_tail,
)
from advisor.model.curve import Curve

_FEWEST = 5
_START = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """The end of a curve against its start."""

    evaluations: int = quantity("evaluations", "finite values that were used")
    distinct: int = quantity("values", "how many of them differ")
    first_step: int = quantity("step", "where the curve starts")
    last_step: int = quantity("step", "where the curve ends")
    unseen: float = quantity(
        "fraction", "share of the curve's training that passed before its first value"
    )
    start: float = quantity(
        "loss", "mean of the first eighth, without outliers where values are many"
    )
    final: float = quantity("loss", "mean of the last eighth, likewise")
    improvement: float = quantity("loss", "largest of three: see the feature")
    upper: float = quantity("loss", "99% upper bound of the improvement")
    relative: float = quantity("fraction", "improvement relative to |start|")
    relative_upper: float = quantity("fraction", "its 99% upper bound")
    relative_change: float = quantity(
        "fraction", "the larger of that bound and of how much worse the end is"
    )
    deviation: float = quantity("loss", "standard deviation of one value")
    upper_in_noise: float = quantity(
        "deviations", "upper bound of the improvement over that standard deviation"
    )
    p_value: float = quantity(
        "probability", "chance that noise alone improves a flat curve as much"
    )


def progress(curves: Sequence[Curve]) -> list[Progress]:
    """The measurement behind these features, of each curve."""
    finite = [each.finite() for each in curves]
    return in_blocks(
        zip(finite, condensed(curves), _distinct(finite), strict=True),
        lambda each: len(each[1]),
        _progress,
    )


@feature(block=progress)
def training_progress(training_loss: Curve) -> Progress:
    """How much the training loss improved.

    Three looks, of which the most significant counts (Bonferroni): the last eighth
    against the first, a straight line through all, and the highest of the first 3
    values against the median, for what is learned within a few steps. A large p-value
    with a small `relative_upper` says that nothing was learned, and that it would have
    been seen.
    """
    return progress([training_loss])[0]


@feature(block=progress)
def validation_progress(validation_error: Curve) -> Progress:
    """How much the objective's error improved.

    Read as `training_progress`.
    """
    return progress([validation_error])[0]


@feature(block=progress)
def reward_progress(rewards: Curve) -> Progress:
    """How much the rewards of single episodes improved.

    Read as `training_progress`; `upper_in_noise` is in deviations of one episode.
    """
    return progress([rewards])[0]


def _distinct(finite: list[Curve]) -> list[int]:
    """How many values of each curve differ."""

    def count(block: list[Curve]) -> list[int]:
        ordered = np.sort(rows(each.values for each in block), axis=1)
        changes = np.count_nonzero(ordered[:, 1:] != ordered[:, :-1], axis=1)
        return [1 + each for each in changes.tolist()]

    return in_blocks(finite, len, count, most=FEW)


def _progress(block: list[tuple[Curve, Condensed, int]]) -> list[Progress]:
    """Of curves with equally many condensed points."""
    count = len(block[0][1])
    if count < _FEWEST:
        return [_too_short(finite) for finite, _, _ in block]
    width = max(_START, count // 8)
    values = rows(short.values for _, short, _ in block)
    times = np.linspace(-1, 1, count)
    norm = float(times @ times)
    measured = (
        values[:, :width].mean(axis=1),
        values[:, -width:].mean(axis=1),
        -dots(values, times) / norm,
        medians(values),
    )
    numbers = zip(*(each.tolist() for each in measured), strict=True)
    return [
        _one(*each, four, noise, norm)
        for each, four, noise in zip(
            block, numbers, noises_about_trend(values), strict=True
        )
    ]


def _one(
    finite: Curve,
    short: Condensed,
    distinct: int,
    levels: tuple[float, ...],
    noise: Noise,
    norm: float,
) -> Progress:
    start, final, slope, middle = levels
    width = max(_START, len(short) // 8)
    memory = noise.memory
    inflation = math.sqrt((1 + memory) / (1 - memory))
    deviation = noise.deviation * math.sqrt(short.size)
    first = float(finite.values[:_START].max())
    gains = (start - final, 2 * slope, first - middle)
    errors = (
        math.sqrt(2) * noise.error_of_mean(width),
        2 * noise.deviation * inflation / math.sqrt(norm),
        deviation,
    )
    tails = [
        upper_tail(ratio(gain, error), noise.freedom)
        for gain, error in zip(gains, errors, strict=True)
    ]
    gain = max(gains)
    upper = max(gains[0], gains[1]) + upper_quantile(0.01, noise.freedom) * min(
        errors[0], errors[1]
    )
    return Progress(
        evaluations=len(finite),
        distinct=distinct,
        first_step=int(finite.steps[0]),
        last_step=int(finite.steps[-1]),
        unseen=_unseen(finite),
        start=start,
        final=final,
        improvement=gain,
        upper=upper,
        relative=ratio(gain, abs(start)),
        relative_upper=ratio(upper, abs(start)),
        relative_change=ratio(max(upper, final - start), abs(start)),
        deviation=deviation,
        upper_in_noise=ratio(upper, deviation),
        p_value=min(1.0, 3 * tails[0], 3 * tails[1], 3 * _START * tails[2]),
    )


def _too_short(finite: Curve) -> Progress:
    """Fewer values than can be judged: an unbounded improvement."""
    values = finite.values if len(finite) else np.array([math.nan])
    return Progress(
        evaluations=len(finite),
        distinct=len(np.unique(values)),
        first_step=int(finite.steps[0]) if len(finite) else 0,
        last_step=int(finite.steps[-1]) if len(finite) else 0,
        unseen=_unseen(finite) if len(finite) else 1.0,
        start=float(values[0]),
        final=float(values[-1]),
        improvement=float(values[0] - values[-1]),
        upper=math.inf,
        relative=math.inf,
        relative_upper=math.inf,
        relative_change=math.inf,
        deviation=math.nan,
        upper_in_noise=math.inf,
        p_value=1.0,
    )


def _unseen(finite: Curve) -> float:
    """An epoch or row is logged at its end, so that even the first hides a part."""
    if finite.axis in ("epoch", "row"):
        return 1 / len(finite)
    return ratio(float(max(finite.steps[0], 0)), float(finite.steps[-1]))

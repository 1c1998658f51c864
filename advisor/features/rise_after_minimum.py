"""How far a curve has risen above its minimum at the end of training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from advisor.features.blocks import in_blocks, or_error, rows, the_only
from advisor.features.condensed import Condensed, condensed
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import (
    Noise,
    bent_line,
    noises_about,
    noises_about_trend,
    ratio,
    upper_tail,
)
from advisor.model.curve import Curve, FloatArray

_FEWEST = 5
# A median of neighbours varies more than their mean: by 1.25 for long windows of white
# noise, by less for short ones and for noise with memory.
MEDIAN_AGAINST_MEAN = 1.2


@dataclass(frozen=True, slots=True)
class Rise:
    """A curve's end against its best window of the same length."""

    evaluations: int = quantity("evaluations", "finite evaluations that were used")
    window: int = quantity("evaluations", "length of the windows whose medians compare")
    block: int = quantity(
        "evaluations", "of which the interquartile mean counts as one, up to the end"
    )
    minimum: float = quantity("error", "lowest median over one window")
    minimum_step: int = quantity("step", "last step of that window")
    final: float = quantity("error", "median over the last window")
    final_step: int = quantity("step", "last step of the curve")
    rise: float = quantity("error", "final minus minimum")
    standard_error: float = quantity(
        "error", "of the rise, from the curve's own noise with its memory bounded"
    )
    p_value: float = quantity(
        "probability",
        "chance that noise alone lifts the end so far above the lowest of all windows",
    )
    undone: float = quantity(
        "fraction",
        "rise relative to what was gained from half-way before the minimum up to it",
    )
    relative: float = quantity("fraction", "rise relative to the size of the minimum")
    recovered: float = quantity(
        "fraction", "share of the highest rise that was lost again by the end"
    )


def rises(
    curves: Sequence[Curve], *, window_share: float
) -> list[Rise | NotEnoughDataError]:
    """The measurement behind both features, of each curve."""
    measure = or_error(partial(_rises, window_share=window_share))
    return in_blocks(condensed(curves), len, measure)


@feature(block=rises)
def validation_error_rise(
    validation_error: Curve, *, window_share: float = 0.125
) -> Rise:
    """How far the objective's error ends above its minimum.

    Windows of `window_share` of the curve slide over it; the lowest median is the
    minimum, the last one the end. Their difference over its standard error is read as
    Student's t, multiplied by the number of windows that fit side by side, because the
    minimum was selected among them (Bonferroni). A small p-value says that the end is
    worse than the best stretch; `undone` near or above 1 that all of the later half of
    the gain is gone.
    """
    return the_only(rises([validation_error], window_share=window_share))


@feature(block=rises)
def validation_loss_rise(
    validation_loss: Curve, *, window_share: float = 0.125
) -> Rise:
    """How far the validation loss ends above its minimum.

    Read as `validation_error_rise`.
    """
    return the_only(rises([validation_loss], window_share=window_share))


def _rises(block: list[Condensed], window_share: float) -> list[Rise]:
    count = len(block[0])
    if count < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} evaluations; there are {count * block[0].size}"
        )
    width = max(3, round(window_share * count))
    values = rows(each.values for each in block)
    medians = window_medians(values, width)
    best = np.argmin(medians, axis=1).tolist()

    def noises(alike: list[int]) -> list[Noise]:
        low = best[alike[0]]
        return _noises(values[alike, low // 2 :], low - low // 2 + width // 2)

    noise = in_blocks(range(len(block)), best.__getitem__, noises)
    return [
        _rise(*each, width)
        for each in zip(block, medians.tolist(), best, noise, strict=True)
    ]


def _rise(
    short: Condensed, medians: list[float], best: int, noise: Noise, width: int
) -> Rise:
    error = MEDIAN_AGAINST_MEAN * math.sqrt(2) * noise.error_of_mean(width)
    minimum, final = medians[best], medians[-1]
    rise = final - minimum
    peak = max(medians[best:])
    looks = max(len(short) / width - 1, 1)
    return Rise(
        evaluations=len(short) * short.size,
        window=width * short.size,
        block=short.size,
        minimum=minimum,
        minimum_step=int(short.steps[best + width - 1]),
        final=final,
        final_step=int(short.steps[-1]),
        rise=rise,
        standard_error=error,
        p_value=min(1.0, looks * upper_tail(ratio(rise, error), noise.freedom)),
        undone=ratio(rise, medians[best // 2] - minimum),
        relative=ratio(rise, abs(minimum)),
        recovered=ratio(peak - final, peak - minimum),
    )


def _noises(values: FloatArray, lowest: int) -> list[Noise]:
    """The quieter of the noise about a smooth trend and about one that bends."""
    smooth = noises_about_trend(values)
    if not 2 <= lowest <= values.shape[1] - 4:
        return smooth
    bent = noises_about(values, bent_line(values.shape[1], lowest))
    return [
        min(pair, key=lambda each: each.error_of_mean(3))
        for pair in zip(smooth, bent, strict=True)
    ]


def window_medians(values: FloatArray, width: int) -> FloatArray:
    """Medians over sliding windows of each row [B, K - width + 1]."""
    last = values.shape[1] - width + 1
    places = [values[:, i : last + i] for i in range(width)]
    # All windows at once are sorted by comparing neighbouring places in turns (odd-even
    # transposition): several times faster than sorting many short rows.
    for turn in range(width):
        for i in range(turn % 2, width - 1, 2):
            low, high = places[i], places[i + 1]
            places[i], places[i + 1] = np.minimum(low, high), np.maximum(low, high)
    medians: FloatArray = (places[(width - 1) // 2] + places[width // 2]) / 2
    return medians

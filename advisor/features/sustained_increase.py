"""The longest climb of a training loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from advisor.features.blocks import in_blocks, or_error, rows, the_only
from advisor.features.condensed import Condensed, condensed
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import Noise, noises_about_trend, ratio, upper_tail
from advisor.features.rise_after_minimum import MEDIAN_AGAINST_MEAN, window_medians
from advisor.model.curve import Curve

_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Increase:
    """The largest rise from a low to a later high, between window medians."""

    evaluations: int = quantity("evaluations", "finite values that were used")
    window: int = quantity("evaluations", "length of the windows whose medians compare")
    low: float = quantity("loss", "median of the window from which it rises")
    low_step: int = quantity("step", "last step of that window")
    high: float = quantity("loss", "median of the window up to which it rises")
    high_step: int = quantity("step", "last step of that window")
    rise: float = quantity("loss", "high minus low")
    p_value: float = quantity(
        "probability", "chance that noise alone gives such a rise between any windows"
    )
    duration: float = quantity("fraction", "share of training from the low to the high")
    undone: float = quantity("fraction", "rise relative to all gained before the low")
    relative: float = quantity("fraction", "rise relative to the size of the low")
    steepest: float = quantity(
        "fraction",
        "largest share of the rise that falls into one window length; near 1 is a jump",
    )
    final_share: float = quantity(
        "fraction", "share of the rise that is left at the end of training"
    )


def increases(
    training_loss: Sequence[Curve], *, window_share: float
) -> list[Increase | NotEnoughDataError]:
    """`sustained_increase` of each curve."""
    measure = or_error(partial(_increases, window_share=window_share))
    return in_blocks(condensed(training_loss), len, measure)


@feature(block=increases)
def sustained_increase(training_loss: Curve, *, window_share: float = 0.08) -> Increase:
    """The largest rise of the training loss from a low to a later high.

    Both are medians over windows of `window_share` of the curve. The p-value is that of
    Student's t for their difference, multiplied by the number of pairs of windows that
    fit side by side (Bonferroni). A sustained rise has a long `duration` and no
    `steepest` part that holds most of it.
    """
    return the_only(increases([training_loss], window_share=window_share))


def _increases(block: list[Condensed], window_share: float) -> list[Increase]:
    count = len(block[0])
    if count < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} finite values; there are {count}")
    width = max(3, round(window_share * count))
    values = rows(each.values for each in block)
    medians = window_medians(values, width)
    lows = np.minimum.accumulate(medians, axis=1)
    tops = np.argmax(medians - lows, axis=1)
    lowest = lows[np.arange(len(block)), tops]
    low = np.argmax(medians == lowest[:, None], axis=1).tolist()

    def noises(alike: list[int]) -> list[Noise]:
        return noises_about_trend(values[alike, low[alike[0]] // 2 :])

    noise = in_blocks(range(len(block)), lambda row: low[row] // 2, noises)
    return [
        _increase(*each, width)
        for each in zip(block, medians.tolist(), low, tops.tolist(), noise, strict=True)
    ]


def _increase(
    short: Condensed, medians: list[float], low: int, top: int, noise: Noise, width: int
) -> Increase:
    rise = medians[top] - medians[low]
    error = MEDIAN_AGAINST_MEAN * math.sqrt(2) * noise.error_of_mean(width)
    climb = medians[low : top + 1]
    jumps = [
        after - before for before, after in zip(climb, climb[width:], strict=False)
    ]
    pairs = max((len(short) / width) ** 2 / 2, 1)
    return Increase(
        evaluations=len(short) * short.size,
        window=width * short.size,
        low=medians[low],
        low_step=int(short.steps[low + width - 1]),
        high=medians[top],
        high_step=int(short.steps[top + width - 1]),
        rise=rise,
        p_value=min(1.0, pairs * upper_tail(ratio(rise, error), noise.freedom)),
        duration=(top - low) / len(short),
        undone=ratio(rise, max(medians[: low + 1]) - medians[low]),
        relative=ratio(rise, abs(medians[low])),
        steepest=ratio(max(jumps, default=rise), rise),
        final_share=ratio(medians[-1] - medians[low], rise),
    )

"""The longest climb of a training loss."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import condense, noise_about_trend, ratio, upper_tail
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


@feature()
def sustained_increase(training_loss: Curve, *, window_share: float = 0.08) -> Increase:
    """The largest rise of the training loss from a low to a later high.

    Both are medians over windows of `window_share` of the curve. The p-value is that of
    Student's t for their difference, multiplied by the number of pairs of windows that
    fit side by side (Bonferroni). A sustained rise has a long `duration` and no
    `steepest` part that holds most of it.
    """
    short = condense(training_loss)
    count = len(short.values)
    if count < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} finite values; there are {count}")
    width = max(3, round(window_share * count))
    medians = window_medians(short.values, width)
    lows = np.minimum.accumulate(medians)
    top = int(np.argmax(medians - lows))
    low = int(np.argmin(medians[: top + 1]))
    rise = float(medians[top] - medians[low])
    noise = noise_about_trend(short.values[low // 2 :])
    error = MEDIAN_AGAINST_MEAN * math.sqrt(2) * noise.error_of_mean(width)
    climb = medians[low : top + 1]
    jump = (
        climb[width:] - climb[:-width] if len(climb) > width else climb[-1:] - climb[0]
    )
    pairs = max((count / width) ** 2 / 2, 1)
    return Increase(
        evaluations=count * short.size,
        window=width * short.size,
        low=float(medians[low]),
        low_step=int(short.steps[low + width - 1]),
        high=float(medians[top]),
        high_step=int(short.steps[top + width - 1]),
        rise=rise,
        p_value=min(1.0, pairs * upper_tail(ratio(rise, error), noise.freedom)),
        duration=(top - low) / count,
        undone=ratio(rise, float(medians[: low + 1].max() - medians[low])),
        relative=ratio(rise, abs(float(medians[low]))),
        steepest=ratio(float(jump.max()), rise),
        final_share=ratio(float(medians[-1] - medians[low]), rise),
    )

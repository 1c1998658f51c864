"""How far a curve has risen above its minimum at the end of training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import (
    Noise,
    bent_line,
    condense,
    noise_about,
    noise_about_trend,
    ratio,
    upper_tail,
)
from advisor.model.curve import Curve, FloatArray, IntArray

_FEWEST = 5
# A median of neighbours varies more than their mean: by 1.25 for long windows of white
# noise, by less for short ones and for noise with memory.
MEDIAN_AGAINST_MEAN = 1.2


@dataclass(frozen=True, slots=True)
class Rise:
    """A curve's end against its best window of the same length."""

    evaluations: int = quantity("evaluations", "finite evaluations that were used")
    window: int = quantity("evaluations", "length of the windows whose medians compare")
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


@feature()
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
    return rise_after_minimum(validation_error, window_share)


@feature()
def validation_loss_rise(
    validation_loss: Curve, *, window_share: float = 0.125
) -> Rise:
    """How far the validation loss ends above its minimum.

    Read as `validation_error_rise`.
    """
    return rise_after_minimum(validation_loss, window_share)


def rise_after_minimum(curve: Curve, window_share: float) -> Rise:
    """The measurement behind both features."""
    short = condense(curve)
    count = len(short.values)
    if count < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} evaluations; there are {count * short.size}"
        )
    width = max(3, round(window_share * count))
    medians = window_medians(short.values, width)
    best = int(np.argmin(medians))
    end = best + width  # points up to and with the window of the minimum
    noise = _noise(short.values[best // 2 :], best - best // 2 + width // 2)
    error = MEDIAN_AGAINST_MEAN * math.sqrt(2) * noise.error_of_mean(width)
    rise = float(medians[-1] - medians[best])
    minimum, final = float(medians[best]), float(medians[-1])
    peak = float(medians[best:].max())
    looks = max(count / width - 1, 1)
    return Rise(
        evaluations=count * short.size,
        window=width * short.size,
        minimum=minimum,
        minimum_step=int(short.steps[end - 1]),
        final=final,
        final_step=int(short.steps[-1]),
        rise=rise,
        standard_error=error,
        p_value=min(1.0, looks * upper_tail(ratio(rise, error), noise.freedom)),
        undone=ratio(rise, float(medians[best // 2]) - minimum),
        relative=ratio(rise, abs(minimum)),
        recovered=ratio(peak - final, peak - minimum),
    )


def _noise(values: FloatArray, lowest: int) -> Noise:
    """The quieter of the noise about a smooth trend and about one that bends."""
    smooth = noise_about_trend(values)
    if not 2 <= lowest <= len(values) - 4:
        return smooth
    bent = noise_about(values, bent_line(len(values), lowest))
    return min(smooth, bent, key=lambda each: each.error_of_mean(3))


def window_medians(values: FloatArray, width: int) -> FloatArray:
    """Medians over sliding windows [K - width + 1]."""
    ordered = np.sort(values[_windows(len(values), width)], axis=1)
    medians: FloatArray = (ordered[:, (width - 1) // 2] + ordered[:, width // 2]) / 2
    return medians


@lru_cache(maxsize=1024)
def _windows(count: int, width: int) -> IntArray:
    """Indices of every window [count - width + 1, width]."""
    starts = np.arange(count - width + 1)
    return starts[:, None] + np.arange(width)

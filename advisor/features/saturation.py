"""Since when a curve has been within noise of its best."""

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
)
from advisor.features.rise_after_minimum import MEDIAN_AGAINST_MEAN, window_medians
from advisor.model.curve import Curve

_FEWEST = 16


@dataclass(frozen=True, slots=True)
class Saturation:
    """The step after which a curve stays as good as its best."""

    evaluations: int = quantity("evaluations", "finite values that were used")
    step: int = quantity("step", "from here on every window is within the margin")
    fraction: float = quantity("fraction", "that step relative to the last")
    best: float = quantity("error", "lowest median over one window")
    margin: float = quantity(
        "error", "99% noise of two windows' difference, plus the tolerance"
    )
    margin_share: float = quantity(
        "fraction", "margin relative to the whole fall; near 1 hides any improvement"
    )
    fall: float = quantity("error", "median of the first 3 values minus the best")


@feature()
def training_saturation(training_loss: Curve, *, tolerance: float = 0.01) -> Saturation:
    """Since when the training loss has been within noise of its best.

    Medians over windows of an eighth of the curve; the margin is the 99% quantile of a
    difference of two of them under the noise of the second half, plus `tolerance` of
    the whole fall.
    """
    return saturation(training_loss, tolerance)


@feature()
def validation_saturation(
    validation_error: Curve, *, tolerance: float = 0.01
) -> Saturation:
    """Since when the objective's error has been within noise of its best.

    Read as `training_saturation`.
    """
    return saturation(validation_error, tolerance)


def saturation(curve: Curve, tolerance: float) -> Saturation:
    """The measurement behind both features."""
    short = condense(curve)
    count = len(short.values)
    if count < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} finite values; there are {count}")
    width = max(3, count // 8)
    medians = window_medians(short.values, width)
    noise = noise_about_trend(short.values[count // 2 :])
    best = float(medians.min())
    fall = max(median(short.raw[:3]) - best, 0.0)
    error = MEDIAN_AGAINST_MEAN * math.sqrt(2) * noise.error_of_mean(width)
    margin = upper_quantile(0.01, noise.freedom) * error + tolerance * fall
    outside = np.flatnonzero(medians > best + margin)
    first = int(outside[-1]) + 1 if len(outside) else 0
    step = int(short.steps[min(first + width - 1, count - 1)])
    return Saturation(
        evaluations=count * short.size,
        step=step,
        fraction=ratio(step, float(short.steps[-1])),
        best=best,
        margin=margin,
        margin_share=ratio(margin, fall),
        fall=fall,
    )

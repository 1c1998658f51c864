"""Since when a curve has been within noise of its best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from advisor.features.blocks import in_blocks, or_error, rows, the_only
from advisor.features.condensed import Condensed, condensed
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import medians as medians_of
from advisor.features.noise import noises_about_trend, ratio, upper_quantile
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


def saturations(
    curves: Sequence[Curve], *, tolerance: float
) -> list[Saturation | NotEnoughDataError]:
    """The measurement behind both features, of each curve."""
    measure = or_error(partial(_saturations, tolerance=tolerance))
    return in_blocks(condensed(curves), len, measure)


@feature(block=saturations)
def training_saturation(training_loss: Curve, *, tolerance: float = 0.01) -> Saturation:
    """Since when the training loss has been within noise of its best.

    Medians over windows of an eighth of the curve; the margin is the 99% quantile of a
    difference of two of them under the noise of the second half, plus `tolerance` of
    the whole fall.
    """
    return the_only(saturations([training_loss], tolerance=tolerance))


@feature(block=saturations)
def validation_saturation(
    validation_error: Curve, *, tolerance: float = 0.01
) -> Saturation:
    """Since when the objective's error has been within noise of its best.

    Read as `training_saturation`.
    """
    return the_only(saturations([validation_error], tolerance=tolerance))


def _saturations(block: list[Condensed], tolerance: float) -> list[Saturation]:
    count = len(block[0])
    if count < _FEWEST:
        raise NotEnoughDataError(f"at least {_FEWEST} finite values; there are {count}")
    width = max(3, count // 8)
    values = rows(each.values for each in block)
    medians = window_medians(values, width)
    noises = noises_about_trend(values[:, count // 2 :])
    starts = medians_of(rows(each.raw[:3] for each in block))
    # The first of equals: 0.0 equals -0.0, and the report would show which it was.
    best = medians[np.arange(len(block)), np.argmin(medians, axis=1)]
    falls = np.where(starts > best, starts - best, 0.0)
    errors = [
        MEDIAN_AGAINST_MEAN * math.sqrt(2) * x.error_of_mean(width) for x in noises
    ]
    quantiles = [upper_quantile(0.01, each.freedom) for each in noises]
    margins = np.array(quantiles) * errors + tolerance * falls
    outside = medians > (best + margins)[:, None]
    # The first window after the last one outside; the first of all where none is.
    first = (medians.shape[1] - np.argmax(outside[:, ::-1], axis=1)) * outside.any(
        axis=1
    )
    places = np.minimum(first + width - 1, count - 1)
    numbers = (places, best, margins, falls)
    return [
        _saturation(*each)
        for each in zip(block, *(each.tolist() for each in numbers), strict=True)
    ]


def _saturation(
    short: Condensed, place: int, best: float, margin: float, fall: float
) -> Saturation:
    step = int(short.steps[place])
    return Saturation(
        evaluations=len(short) * short.size,
        step=step,
        fraction=ratio(step, float(short.steps[-1])),
        best=best,
        margin=margin,
        margin_share=ratio(margin, fall),
        fall=fall,
    )

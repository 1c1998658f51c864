"""Whether a loss became non-finite, or ends far above where it started."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from advisor.features.blocks import in_blocks, rows
from advisor.features.condensed import Condensed, condensed
from advisor.features.feature import feature, quantity
from advisor.features.noise import (
    Noise,
    medians,
    noises_about_trend,
    ratio,
    upper_tail,
)
from advisor.model.curve import Curve

_FEWEST = 5
_LATE = 8  # points, or the last quarter, that give the noise
# So many neighbours may share a block at most where the end is looked at.
_END_SHARE = 8


@dataclass(frozen=True, slots=True)
class Divergence:
    """Non-finite values, and the end of a loss against its start."""

    evaluations: int = quantity(
        "evaluations", "values logged, non-finite ones included"
    )
    nonfinite: int = quantity("evaluations", "values that are NaN or infinite")
    first_nonfinite_step: int | None = quantity(
        "step", "where the first of them stands"
    )
    ends_nonfinite: bool = quantity("", "whether the last value is NaN or infinite")
    last_finite: float | None = quantity(
        "loss", "value just before the first non-finite one, or the last value"
    )
    last_finite_step: int | None = quantity("step", "step of that value")
    start: float | None = quantity("loss", "first finite value")
    final: float | None = quantity("loss", "median of the last eighth")
    excess: float = quantity(
        "fraction",
        "final minus start, relative to the larger of |start| and what was gained "
        "from the start to the lowest stretch; 1 doubles a loss that never improved",
    )
    p_value: float = quantity(
        "probability", "chance that noise alone puts the end so far above the start"
    )
    peak: float | None = quantity("loss", "highest finite value")
    onset_step: int | None = quantity(
        "step", "where it became non-finite, or rose over half of the way for good"
    )
    last_step: int = quantity("step", "last step of the curve")


def loss_divergences(curves: Sequence[Curve]) -> list[Divergence]:
    """The measurement behind both features, of each curve."""
    finite = [each.finite() for each in curves]
    ends = in_blocks(
        zip(finite, condensed(curves), strict=True),
        lambda each: (len(each[0]), len(each[1])),
        _ends,
    )
    return [_divergence(*each) for each in zip(curves, finite, ends, strict=True)]


@feature(block=loss_divergences)
def divergence(training_loss: Curve) -> Divergence:
    """Non-finite values of the training loss, and its end against its start.

    Far above 1, `excess` says that training destroyed what it started from. The
    p-value reads the difference over its standard error as Student's t, with the noise
    of the last quarter.
    """
    return loss_divergences([training_loss])[0]


@feature(block=loss_divergences)
def validation_divergence(validation_loss: Curve) -> Divergence:
    """Non-finite values of the validation loss, and its end against its start.

    Read as `divergence`; for trials whose training loss was not logged.
    """
    return loss_divergences([validation_loss])[0]


_Ends: TypeAlias = tuple[float | None, float | None, float, float]
"""Start, final, excess and its p-value."""


def _divergence(curve: Curve, finite: Curve, ends: _Ends) -> Divergence:
    start, final, excess, p_value = ends
    missing = len(curve) - len(finite)
    broken = int(np.argmin(np.isfinite(curve.values))) if missing else None
    before = _last_finite(len(curve), broken)
    ends_nonfinite = bool(missing and not np.isfinite(curve.values[-1]))
    return Divergence(
        evaluations=len(curve),
        nonfinite=missing,
        first_nonfinite_step=None if broken is None else int(curve.steps[broken]),
        ends_nonfinite=ends_nonfinite,
        last_finite=None if before is None else float(curve.values[before]),
        last_finite_step=None if before is None else int(curve.steps[before]),
        start=start,
        final=final,
        excess=excess,
        p_value=p_value,
        peak=float(finite.values.max()) if len(finite) else None,
        onset_step=int(curve.steps[broken])
        if broken is not None and ends_nonfinite
        else _onset(finite, start, final),
        last_step=int(curve.steps[-1]) if len(curve) else 0,
    )


def _last_finite(length: int, broken: int | None) -> int | None:
    last = (length if broken is None else broken) - 1
    return last if last >= 0 else None


def _ends(block: list[tuple[Curve, Condensed]]) -> list[_Ends]:
    """Of curves with equally many finite values."""
    if len(block[0][0]) < _FEWEST:
        return [(None, None, 0.0, 1.0)] * len(block)
    short = block[0][1]
    count, size = len(short), short.size
    width = max(3, count // _END_SHARE)
    last = rows(finite.values[-width * size :] for finite, _ in block)
    values = rows(short.values for _, short in block)
    noises = noises_about_trend(values[:, -max(count // 4, min(_LATE, count)) :])
    numbers = zip(
        medians(last).tolist(), values.min(axis=1).tolist(), noises, strict=True
    )
    return [
        _end(float(finite.values[0]), *each, width, size)
        for (finite, _), each in zip(block, numbers, strict=True)
    ]


def _end(
    start: float, final: float, lowest: float, noise: Noise, width: int, size: int
) -> _Ends:
    # The start is one point of the same noise, at worst as wide as a raw value.
    widest = noise.deviation * math.sqrt(size)
    error = math.hypot(widest, noise.error_of_mean(width))
    gained = max(start - lowest, 0.0)
    return (
        start,
        final,
        ratio(final - start, max(abs(start), gained)),
        upper_tail(ratio(final - start, error), noise.freedom),
    )


def _onset(finite: Curve, start: float | None, final: float | None) -> int | None:
    if start is None or final is None or final <= start:
        return None
    above = finite.values > start + (final - start) / 2
    below = np.flatnonzero(~above)
    first = int(below[-1]) + 1 if len(below) else 0
    return int(finite.steps[min(first, len(finite) - 1)])

"""Whether a loss became non-finite, or ends far above where it started."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import feature, quantity
from advisor.features.noise import (
    condense,
    median,
    noise_about_trend,
    ratio,
    upper_tail,
)
from advisor.model.curve import BoolArray, Curve, FloatArray

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


@feature()
def divergence(training_loss: Curve) -> Divergence:
    """Non-finite values of the training loss, and its end against its start.

    Far above 1, `excess` says that training destroyed what it started from. The
    p-value reads the difference over its standard error as Student's t, with the noise
    of the last quarter.
    """
    return loss_divergence(training_loss)


@feature()
def validation_divergence(validation_loss: Curve) -> Divergence:
    """Non-finite values of the validation loss, and its end against its start.

    Read as `divergence`; for trials whose training loss was not logged.
    """
    return loss_divergence(validation_loss)


def loss_divergence(curve: Curve) -> Divergence:
    """The measurement behind both features."""
    finite = np.isfinite(curve.values)
    values, steps = curve.values[finite], curve.steps[finite]
    start, final, excess, p_value = _ends(curve, values)
    broken = None if finite.all() else int(np.argmin(finite))
    before = _last_finite(finite, broken)
    return Divergence(
        evaluations=len(curve),
        nonfinite=len(curve) - len(values),
        first_nonfinite_step=None if broken is None else int(curve.steps[broken]),
        ends_nonfinite=bool(len(curve) and not finite[-1]),
        last_finite=None if before is None else float(curve.values[before]),
        last_finite_step=None if before is None else int(curve.steps[before]),
        start=start,
        final=final,
        excess=excess,
        p_value=p_value,
        peak=float(values.max()) if len(values) else None,
        onset_step=int(curve.steps[broken])
        if broken is not None and not finite[-1]
        else _onset(values, steps, start, final),
        last_step=int(curve.steps[-1]) if len(curve) else 0,
    )


def _last_finite(finite: BoolArray, broken: int | None) -> int | None:
    if broken is None:
        return len(finite) - 1 if len(finite) else None
    return broken - 1 if broken > 0 else None


def _ends(
    curve: Curve, values: FloatArray
) -> tuple[float | None, float | None, float, float]:
    """Start, final, excess and its p-value."""
    if len(values) < _FEWEST:
        return None, None, 0.0, 1.0
    short = condense(curve)
    count = len(short.values)
    width = max(3, count // _END_SHARE)
    start = float(values[0])
    final = median(values[-width * short.size :])
    noise = noise_about_trend(short.values[-max(count // 4, min(_LATE, count)) :])
    # The start is one point of the same noise, at worst as wide as a raw value.
    widest = noise.deviation * math.sqrt(short.size)
    error = math.hypot(widest, noise.error_of_mean(width))
    gained = max(start - float(short.values.min()), 0.0)
    return (
        start,
        final,
        ratio(final - start, max(abs(start), gained)),
        upper_tail(ratio(final - start, error), noise.freedom),
    )


def _onset(
    values: FloatArray,
    steps: np.ndarray[tuple[int], np.dtype[np.int64]],
    start: float | None,
    final: float | None,
) -> int | None:
    if start is None or final is None or final <= start:
        return None
    above = values > start + (final - start) / 2
    below = np.flatnonzero(~above)
    first = int(below[-1]) + 1 if len(below) else 0
    return int(steps[min(first, len(steps) - 1)])

"""Sudden rises of a loss against its own local scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.blocks import FEW, in_blocks, or_error, the_only
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import median, ratio, upper_quantile, upper_tail
from advisor.features.sudden_rises import BEFORE, SuddenRises, sudden_rises
from advisor.model.curve import Curve, FloatArray, IntArray

_RECOVERY = 0.05  # of training, and at least 5 values, to come back in


@dataclass(frozen=True, slots=True)
class Spikes:
    """Rises that the tails of the curve's noise do not explain."""

    evaluations: int = quantity("evaluations", "finite values that were used")
    count: int = quantity("spikes", "separate rises beyond the noise's own tails")
    recovered: int = quantity(
        "spikes", "those that lose half of their height within 5% of training"
    )
    p_value: float = quantity(
        "probability",
        "chance that noise with tails as heavy as this curve's gives the largest rise "
        "anywhere",
    )
    height: float = quantity("loss", "the largest rise above the median of 5 before it")
    level: float = quantity("loss", "that median")
    step: int = quantity("step", "step of the largest rise")
    scale: float = quantity("loss", "robust standard deviation of rises around there")
    threshold: float = quantity("deviations", "a rise counts from so many of them on")
    share_of_fall: float = quantity(
        "fraction", "largest rise relative to all that training gained"
    )
    steps: tuple[int, ...] = quantity("step", "steps of the first few spikes")
    tail: float = quantity(
        "degrees of freedom", "of the Student tails assumed; small is heavy"
    )


def all_spikes(
    training_loss: Sequence[Curve], *, spike_alpha: float
) -> list[Spikes | NotEnoughDataError]:
    """`spikes` of each curve."""

    def measure(block: list[Curve]) -> list[Spikes]:
        return [_spikes(each, spike_alpha) for each in sudden_rises(block)]

    finite = [each.finite() for each in training_loss]
    return in_blocks(finite, len, or_error(measure), most=FEW)


@feature(block=all_spikes)
def spikes(training_loss: Curve, *, spike_alpha: float = 0.001) -> Spikes:
    """Sudden rises of the training loss.

    Each value less the median of the 5 before it, over the robust scale of such rises
    nearby. How heavy the noise's tails are is taken from the curve too: the 95th over
    the 50th percentile of |z|, raised by two standard errors, gives the degrees of
    freedom of a Student distribution, and a rise counts where that distribution would
    exceed it with probability `spike_alpha` anywhere in the curve (Bonferroni).
    """
    return the_only(all_spikes([training_loss], spike_alpha=spike_alpha))


def _spikes(found: SuddenRises, alpha: float) -> Spikes:
    z, levels = found.z, found.levels
    threshold = upper_quantile(alpha / len(z), found.tail)
    peaks = _peaks(z, threshold)
    highest = peaks[int(np.argmax(found.rises[peaks]))] if len(peaks) else found.largest
    fall = float(levels[0]) - found.lowest
    return Spikes(
        evaluations=len(found.values),
        count=len(peaks),
        recovered=sum(_recovers(found.values, levels, int(each)) for each in peaks),
        p_value=min(1.0, len(z) * upper_tail(float(z[found.largest]), found.tail)),
        height=float(found.rises[highest]),
        level=float(levels[highest]),
        step=int(found.steps[highest + BEFORE]),
        scale=found.scale(int(highest)),
        threshold=threshold,
        share_of_fall=ratio(float(found.rises[highest]), fall),
        steps=tuple(int(each) for each in found.steps[peaks[:5] + BEFORE]),
        tail=found.tail,
    )


@dataclass(frozen=True, slots=True)
class GradientAtSpikes:
    """Whether loss spikes coincide with outliers of the gradient norm."""

    spikes: int = quantity("spikes", "loss spikes with gradient norms logged around")
    with_outlier: int = quantity(
        "spikes", "of them with an outlying gradient norm just before or at the spike"
    )
    percentile_90: float = quantity("norm", "90th percentile of the gradient norm")


@feature()
def gradient_at_spikes(
    training_loss: Curve, gradient_norm: Curve, *, spike_alpha: float = 0.001
) -> GradientAtSpikes:
    """Loss spikes that come with an outlying gradient norm.

    An outlier is found as a loss spike is; it belongs to a spike if it lies at most 5
    logged values before it.
    """
    at_loss = _spike_steps(training_loss, spike_alpha)
    at_gradient = _spike_steps(gradient_norm, spike_alpha)
    norms = gradient_norm.finite()
    reach = BEFORE * float(np.median(np.diff(training_loss.steps)))
    distance = at_loss[:, None] - at_gradient[None, :]
    near = ((distance >= 0) & (distance <= reach)).any(axis=1)
    return GradientAtSpikes(
        spikes=len(at_loss),
        with_outlier=int(near.sum()),
        percentile_90=float(np.percentile(norms.values, 90)),
    )


def _spike_steps(curve: Curve, alpha: float) -> IntArray:
    (found,) = sudden_rises([curve.finite()])
    threshold = upper_quantile(alpha / len(found.z), found.tail)
    return found.steps[_peaks(found.z, threshold) + BEFORE]


def _peaks(z: FloatArray, threshold: float) -> IntArray:
    """The first point of every group of points above the threshold.

    Points belong to one group up to 5 apart: after that the level before has caught up.
    """
    above = np.flatnonzero(z > threshold)
    if not len(above):
        return above
    return above[np.concatenate(([True], np.diff(above) > BEFORE))]


def _recovers(values: FloatArray, levels: FloatArray, peak: int) -> bool:
    reach = max(BEFORE, round(_RECOVERY * len(values)))
    after = values[peak + BEFORE + 1 : peak + BEFORE + 1 + reach]
    top = values[peak + BEFORE : peak + 2 * BEFORE].max()
    if len(after) == 0:
        return False
    return bool(median(after[-BEFORE:]) < (levels[peak] + top) / 2)

"""Sudden rises of a loss against its own local scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import median, ratio, upper_quantile, upper_tail
from advisor.features.once import once_in_a_row
from advisor.model.curve import Curve, FloatArray, IntArray

_BEFORE = 5  # the level before a point: the median of so many values
_FEWEST = 30
_LARGEST_VALUE = 1e100
_BLOCK = 50  # fewest values that give a local scale, which 25 would leave too noisy
_WAKE = 25  # values after a suspect that are still under its influence
_RECOVERY = 0.05  # of training, and at least 5 values, to come back in
_SUSPECT = 8.0  # robust deviations
_MANY = 50
_ENOUGH = 0.6  # share of the values that must be left
_LIGHTEST = 12.0  # a finite sample never proves that tails are normal far out
_NORMAL_TAIL = 2.906  # 95th over 50th percentile of |z| for normal noise


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


@feature()
def spikes(training_loss: Curve, *, spike_alpha: float = 0.001) -> Spikes:
    """Sudden rises of the training loss.

    Each value less the median of the 5 before it, over the robust scale of such rises
    nearby. How heavy the noise's tails are is taken from the curve too: the 95th over
    the 50th percentile of |z|, raised by two standard errors, gives the degrees of
    freedom of a Student distribution, and a rise counts where that distribution would
    exceed it with probability `spike_alpha` anywhere in the curve (Bonferroni).
    """
    found = _find_rises(training_loss)
    z, rises, levels, tail = found.z, found.rises, found.levels, found.tail
    steps, values = found.steps, found.values
    threshold = upper_quantile(spike_alpha / len(z), tail)
    peaks = _peaks(z, threshold)
    largest = int(np.argmax(z * (rises > 0)))
    highest = peaks[int(np.argmax(rises[peaks]))] if len(peaks) else largest
    fall = float(levels[0] - levels.min())
    return Spikes(
        evaluations=len(values),
        count=len(peaks),
        recovered=sum(_recovers(values, levels, int(each)) for each in peaks),
        p_value=min(1.0, len(z) * upper_tail(float(z[largest]), tail)),
        height=float(rises[highest]),
        level=float(levels[highest]),
        step=int(steps[highest + _BEFORE]),
        scale=float(found.scales[highest]),
        threshold=threshold,
        share_of_fall=ratio(float(rises[highest]), fall),
        steps=tuple(int(each) for each in steps[peaks[:5] + _BEFORE]),
        tail=tail,
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
    reach = _BEFORE * float(np.median(np.diff(training_loss.steps)))
    distance = at_loss[:, None] - at_gradient[None, :]
    near = ((distance >= 0) & (distance <= reach)).any(axis=1)
    return GradientAtSpikes(
        spikes=len(at_loss),
        with_outlier=int(near.sum()),
        percentile_90=float(np.percentile(norms.values, 90)),
    )


def standardised(rises: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rises less their local median over their local robust scale, and that scale.

    Local is a block of 50 values or more; its scale is the middle one of its own and
    its neighbours', so that a spike does not hide itself.
    """
    count = max(min(len(rises) // _BLOCK, 16), 1)
    size = len(rises) // count
    blocks = rises[: count * size].reshape(count, size)
    centres = _medians(blocks)
    scales = 1.4826 * _medians(np.abs(blocks - centres[:, None]))
    padded = np.concatenate((scales[:1], scales, scales[-1:]))
    scales = _medians(np.stack((padded[:-2], padded[1:-1], padded[2:]), axis=1))
    floor = 0.1 * float(scales.mean()) or float(np.abs(rises).mean()) or 1.0
    lengths = [size] * (count - 1) + [len(rises) - (count - 1) * size]
    spread = np.repeat(np.maximum(scales, floor), lengths)
    return (rises - np.repeat(centres, lengths)) / spread, spread


def tail_freedom(z: FloatArray) -> float:
    """Degrees of freedom of the Student tails that `z` is compatible with.

    The ratio of the percentiles is 2.906 (1 + 0.8 / v + 1.5 / v^2) within 2% from v = 2
    on; it is raised by two of its standard errors first. The surroundings of suspects
    are left out: the percentiles of heavy noise hardly change by that, those of a
    quiet curve with a few spikes do.
    """
    suspects = np.flatnonzero(z > _SUSPECT)
    quiet = np.ones(len(z), dtype=np.bool_)
    for each in suspects[:_MANY]:
        quiet[max(each - 1, 0) : each + _WAKE] = False
    sizes = np.sort(np.abs(z[quiet] if quiet.mean() > _ENOUGH else z))
    middle, outer = sizes[len(sizes) // 2], sizes[int(0.95 * len(sizes))]
    if middle <= 0:
        return 2.0
    raised = float(outer / middle) * (1 + 2.5 / math.sqrt(len(z)))
    surplus = max(raised / _NORMAL_TAIL - 1, 1e-3)
    freedom = 3 / (math.sqrt(0.64 + 6 * surplus) - 0.8)
    return min(max(freedom, 2.0), _LIGHTEST)


@dataclass(frozen=True, slots=True)
class _Rises:
    """Every value of a curve [n] against those before it [n - 5]."""

    steps: IntArray
    values: FloatArray
    levels: FloatArray
    rises: FloatArray
    z: FloatArray
    scales: FloatArray
    tail: float


@once_in_a_row
def _find_rises(curve: Curve) -> _Rises:
    curve = curve.finite()
    if len(curve) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} finite values; there are {len(curve)}"
        )
    values = np.clip(curve.values, -_LARGEST_VALUE, _LARGEST_VALUE)
    levels = _medians_of_five(values)[:-1]
    rises = values[_BEFORE:] - levels
    z, scales = standardised(rises)
    return _Rises(curve.steps, values, levels, rises, z, scales, tail_freedom(z))


def _spike_steps(curve: Curve, alpha: float) -> IntArray:
    found = _find_rises(curve)
    threshold = upper_quantile(alpha / len(found.z), found.tail)
    return found.steps[_peaks(found.z, threshold) + _BEFORE]


def _peaks(z: FloatArray, threshold: float) -> IntArray:
    """The first point of every group of points above the threshold.

    Points belong to one group up to 5 apart: after that the level before has caught up.
    """
    above = np.flatnonzero(z > threshold)
    if not len(above):
        return above
    return above[np.concatenate(([True], np.diff(above) > _BEFORE))]


def _recovers(values: FloatArray, levels: FloatArray, peak: int) -> bool:
    reach = max(_BEFORE, round(_RECOVERY * len(values)))
    after = values[peak + _BEFORE + 1 : peak + _BEFORE + 1 + reach]
    top = values[peak + _BEFORE : peak + 2 * _BEFORE].max()
    if len(after) == 0:
        return False
    return bool(median(after[-_BEFORE:]) < (levels[peak] + top) / 2)


def _medians_of_five(values: FloatArray) -> FloatArray:
    """Medians of every 5 neighbours [n - 4], by comparisons over whole arrays."""
    a, b, c, d, e = (values[i : len(values) - 4 + i] for i in range(5))
    low, high = np.minimum(a, b), np.maximum(a, b)
    low2, high2 = np.minimum(c, d), np.maximum(c, d)
    # The larger of the lows and the smaller of the highs bracket the median with e.
    first, second = np.maximum(low, low2), np.minimum(high, high2)
    inner, outer = np.minimum(first, second), np.maximum(first, second)
    return np.maximum(inner, np.minimum(outer, e))


def _medians(rows: FloatArray) -> FloatArray:
    """Lower medians of the rows [m, n]."""
    middle = (rows.shape[1] - 1) // 2
    medians: FloatArray = np.partition(rows, middle, axis=1)[:, middle]
    return medians

"""Every value of a curve against those before it, and how heavy the noise is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.blocks import rows
from advisor.features.feature import NotEnoughDataError
from advisor.model.curve import Curve, FloatArray, IntArray

BEFORE = 5  # the level before a point: the median of so many values
_FEWEST = 30
_LARGEST_VALUE = 1e100
_BLOCK = 50  # fewest values that give a local scale, which 25 would leave too noisy
_WAKE = 25  # values after a suspect that are still under its influence
_SUSPECT = 8.0  # robust deviations
_MANY = 50
_ENOUGH = 0.6  # share of the values that must be left
_LIGHTEST = 12.0  # a finite sample never proves that tails are normal far out
_NORMAL_TAIL = 2.906  # 95th over 50th percentile of |z| for normal noise


@dataclass(frozen=True, slots=True)
class SuddenRises:
    """Every value of a curve [n] against those before it [n - 5]."""

    steps: IntArray
    values: FloatArray
    levels: FloatArray
    rises: FloatArray
    z: FloatArray
    scales: FloatArray  # [m] of blocks, the last one longer
    tail: float
    largest: int  # place of the largest rise in `z`
    lowest: float  # level

    def scale(self, place: int) -> float:
        """The robust standard deviation around a rise."""
        size = len(self.z) // len(self.scales)
        return float(self.scales[min(place // size, len(self.scales) - 1)])


def sudden_rises(block: list[Curve]) -> list[SuddenRises]:
    """Of finite curves that are equally long."""
    if len(block[0]) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} finite values; there are {len(block[0])}"
        )
    values = rows(each.values for each in block)
    if max(float(values.max()), -float(values.min())) > _LARGEST_VALUE:
        values = np.clip(values, -_LARGEST_VALUE, _LARGEST_VALUE)
    levels = _medians_of_five(values)[:, :-1]
    rises = values[:, BEFORE:] - levels
    z, scales = standardised(rises)
    largest = np.argmax(z * (rises > 0), axis=1).tolist()
    lowest = levels.min(axis=1).tolist()
    steps = (curve.steps for curve in block)
    tails = tail_freedoms(z)
    return [
        SuddenRises(*each)
        for each in zip(
            steps, values, levels, rises, z, scales, tails, largest, lowest, strict=True
        )
    ]


def standardised(rises: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rises [B, n] less their local median over their local robust scale, and that.

    Local is a block of 50 values or more, the last with what is over; its scale [B, m]
    is the middle one of its own and its neighbours', so that a spike does not hide
    itself.
    """
    length = rises.shape[1]
    count = max(min(length // _BLOCK, 16), 1)
    size = length // count
    blocks = rises[:, : count * size].reshape(-1, count, size)
    centres = _medians(blocks)
    scales = 1.4826 * _medians(np.abs(blocks - centres[:, :, None]))
    padded = np.concatenate((scales[:, :1], scales, scales[:, -1:]), axis=1)
    near = np.stack((padded[:, :-2], padded[:, 1:-1], padded[:, 2:]), axis=2)
    scales = _medians(near)
    floor = 0.1 * scales.mean(axis=1, keepdims=True)
    floor = np.where(floor > 0, floor, np.abs(rises).mean(axis=1, keepdims=True))
    floor = np.where(floor > 0, floor, 1.0)
    scales = np.maximum(scales, floor)
    z = np.empty_like(rises)
    whole = (blocks - centres[:, :, None]) / scales[:, :, None]
    z[:, : count * size] = whole.reshape(len(z), -1)
    z[:, count * size :] = (rises[:, count * size :] - centres[:, -1:]) / scales[:, -1:]
    return z, scales


def tail_freedoms(z: FloatArray) -> list[float]:
    """Degrees of freedom of the Student tails that each row of `z` is compatible with.

    The ratio of the percentiles is 2.906 (1 + 0.8 / v + 1.5 / v^2) within 2% from v = 2
    on; it is raised by two of its standard errors first. The surroundings of suspects
    are left out: the percentiles of heavy noise hardly change by that, those of a
    quiet curve with a few spikes do.
    """
    sizes = np.sort(np.abs(z), axis=1)
    suspicious = np.max(z, axis=1) > _SUSPECT
    return [
        _freedom(_quiet(row) if suspect else ordered, len(row))
        for row, ordered, suspect in zip(z, sizes, suspicious, strict=True)
    ]


def _quiet(z: FloatArray) -> FloatArray:
    """Sizes in order, without what surrounds suspects if enough is left then."""
    quiet = np.ones(len(z), dtype=np.bool_)
    for each in np.flatnonzero(z > _SUSPECT)[:_MANY]:
        quiet[max(each - 1, 0) : each + _WAKE] = False
    return np.sort(np.abs(z[quiet] if quiet.mean() > _ENOUGH else z))


def _freedom(sizes: FloatArray, count: int) -> float:
    middle, outer = sizes[len(sizes) // 2], sizes[int(0.95 * len(sizes))]
    if middle <= 0:
        return 2.0
    raised = float(outer / middle) * (1 + 2.5 / math.sqrt(count))
    surplus = max(raised / _NORMAL_TAIL - 1, 1e-3)
    freedom = 3 / (math.sqrt(0.64 + 6 * surplus) - 0.8)
    return min(max(freedom, 2.0), _LIGHTEST)


def _medians_of_five(values: FloatArray) -> FloatArray:
    """Medians of every 5 neighbours [B, n - 4], by comparisons over whole arrays."""
    last = values.shape[1] - 4
    a, b, c, d, e = (values[:, i : last + i] for i in range(5))
    low, high = np.minimum(a, b), np.maximum(a, b)
    low2, high2 = np.minimum(c, d), np.maximum(c, d)
    # The larger of the lows and the smaller of the highs bracket the median with e.
    first, second = np.maximum(low, low2), np.minimum(high, high2)
    inner, outer = np.minimum(first, second), np.maximum(first, second)
    return np.maximum(inner, np.minimum(outer, e))


def _medians(values: FloatArray) -> FloatArray:
    """Lower medians [...] of rows [..., n]."""
    middle = (values.shape[-1] - 1) // 2
    medians: FloatArray = np.partition(values, middle, axis=-1)[..., middle]
    return medians

"""A curve as at most 64 points, whatever its length.

Every statistic then costs the same for 50 points as for 100,000, and noise with any
short memory is nearly independent from point to point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.blocks import FEW, in_blocks, rows
from advisor.features.once import once_a_curve
from advisor.model.curve import Curve, FloatArray, IntArray

POINTS = 64
_LARGEST_VALUE = 1e100


@dataclass(frozen=True, slots=True)
class Condensed:
    """A curve as at most 64 levels over blocks of equally many evaluations."""

    steps: IntArray  # [K] last step of each block
    values: FloatArray  # [K]
    size: int  # evaluations a block
    raw: FloatArray  # [K * size] the finite values themselves
    raw_steps: IntArray  # [K * size]

    def __len__(self) -> int:
        return len(self.values)


def condense(curve: Curve) -> Condensed:
    """The finite values as interquartile means over blocks, aligned to the end.

    Up to one block is left out at the start where the length does not divide.
    """
    (short,) = condensed([curve])
    return short


@once_a_curve
def condensed(curves: Sequence[Curve]) -> Sequence[Condensed]:
    """`condense` of each curve."""
    return in_blocks([each.finite() for each in curves], len, _condensed, most=FEW)


def _condensed(finite: list[Curve]) -> list[Condensed]:
    """Of curves that are equally long and finite."""
    finite = _bounded(finite)
    length = len(finite[0])
    size = -(-length // POINTS)
    if size <= 1:
        return [Condensed(x.steps, x.values, 1, x.values, x.steps) for x in finite]
    count = length // size
    cut, start = size // 4, length - count * size
    blocks = rows(each.values[start:] for each in finite).reshape(-1, count, size)
    levels = np.sort(blocks, axis=2)[:, :, cut : size - cut].mean(axis=2)
    levels.flags.writeable = False
    return [
        Condensed(
            each.steps[start + size - 1 :: size],
            level,
            size,
            each.values[start:],
            each.steps[start:],
        )
        for each, level in zip(finite, levels, strict=True)
    ]


def _bounded(finite: list[Curve]) -> list[Curve]:
    """The same with values pulled in so far that squares of them stay finite."""
    values = rows(each.values for each in finite)
    if not values.size or max(values.max(), -values.min()) < _LARGEST_VALUE:
        return finite
    return [
        Curve(each.steps, np.clip(each.values, -_LARGEST_VALUE, _LARGEST_VALUE))
        for each in finite
    ]

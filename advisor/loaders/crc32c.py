"""Masked CRC-32C, as records of event files carry it, for many records at once.

CRC-32C: Castagnoli, Braeuer, Herrmann 1993; by eight tables ("slicing by 8"): Kounavis
and Berry 2005. Mask: rotate right by 15 and add a constant, so that the sum of data
that holds sums stays good.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

ByteArray: TypeAlias = NDArray[np.uint8]
SumArray: TypeAlias = NDArray[np.uint32]

_POLYNOMIAL = np.uint32(0x82F63B78)
_MASK_DELTA = np.uint32(0xA282EAD8)
_ALL_ONES = np.uint32(0xFFFFFFFF)
_SHORT = 4096  # lengths below this are looked up


def masked_crc(rows: ByteArray) -> SumArray:
    """The masked sum of every row of `rows` [N, L]."""
    tables = _tables()
    sums = np.full(len(rows), _ALL_ONES, dtype=np.uint32)
    whole = rows.shape[1] // 8 * 8
    for first in range(0, whole, 8):
        state = sums.view(np.uint8).reshape(-1, 4)
        sums = tables[7][rows[:, first] ^ state[:, 0]]
        for byte in range(1, 8):
            column = rows[:, first + byte]
            sums ^= tables[7 - byte][column ^ state[:, byte] if byte < 4 else column]
    for column in rows[:, whole:].T:
        sums = tables[0][(sums & 0xFF).astype(np.uint8) ^ column] ^ (sums >> 8)
    return _mask(sums ^ _ALL_ONES)


def masked_crc_of_lengths(lengths: NDArray[np.uint64]) -> SumArray:
    """The masked sums of lengths [N] as they stand in headers: 8 bytes, low first."""
    sums = _short_lengths()[(lengths & np.uint64(_SHORT - 1)).astype(np.intp)]
    long = np.flatnonzero(lengths >= _SHORT)
    if len(long):
        sums[long] = _of_lengths(lengths[long])
    return sums


def _of_lengths(lengths: NDArray[np.uint64]) -> SumArray:
    return masked_crc(
        np.ascontiguousarray(lengths, "<u8").view(np.uint8).reshape(-1, 8)
    )


@cache
def _short_lengths() -> SumArray:
    return _of_lengths(np.arange(_SHORT, dtype=np.uint64))


def _mask(sums: SumArray) -> SumArray:
    rotated: SumArray = (sums >> np.uint32(15)) | (sums << np.uint32(17))
    return rotated + _MASK_DELTA


@cache
def _tables() -> tuple[SumArray, ...]:
    first = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        first = np.where(first & 1, (first >> 1) ^ _POLYNOMIAL, first >> 1)
    tables = [first]
    for _ in range(7):
        previous = tables[-1]
        tables.append((previous >> 8) ^ first[previous & 0xFF])
    return tuple(tables)

"""Bodies of events that are equal in every byte but those of their values.

What follows the step in an event is, for one tag, always the same but for the value. So
one body of each kind is decoded by hand, and all others that are equal to it in every
other byte are read in the same way. Equal means: of equal 64-bit hash.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.loaders.crc32c import ByteArray
from advisor.loaders.event_framing import gather
from advisor.loaders.event_protobuf import BYTES, WireError, fields
from advisor.loaders.event_summary import SUMMARY, Scalar, items, width
from advisor.model.curve import FloatArray, IntArray

LONGEST = 1024  # bytes of a body that is compared

_NONE: IntArray = np.empty(0, dtype=np.int64)
_MOST_FAILURES = 8  # bodies that hold no plain scalars, before the rest is left alone


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the values are in bodies of one kind."""

    scalars: tuple[Scalar, ...]
    mask: NDArray[np.uint64]  # [W] ones where bodies of this kind are equal
    hash: np.uint64


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """Bodies of one kind."""

    layout: Layout
    places: IntArray | slice  # [N] among the bodies that were sorted
    rows: NDArray[np.uint64]  # [all bodies, W]

    def values(self, scalar: Scalar) -> FloatArray:
        """What `scalar` of the layout is in each of them, [N]."""
        step = self.rows.strides[0]
        shape = (len(self.rows),)
        column = np.ndarray(shape, scalar.dtype, self.rows, scalar.offset, (step,))
        return column[self.places].astype(np.float64)


class Layouts:
    """The kinds of bodies met so far in one file."""

    def __init__(self) -> None:
        self.by_size: dict[int, list[Layout]] = {}

    def sort(
        self, data: ByteArray, starts: IntArray, size: int
    ) -> tuple[list[Bodies], IntArray]:
        """Bodies of `size` bytes by kind, and those to be decoded one by one."""
        known = self.by_size.setdefault(size, [])
        words = -(-size // 8)
        rows = gather(data, starts, 8 * words).view("<u8").reshape(-1, words)
        hashes = _Hashes(rows)
        found = []
        left = len(rows)
        for layout in known:
            same = hashes.under(layout.mask) == layout.hash
            count = int(np.count_nonzero(same))
            if count == len(rows):
                return [Bodies(layout, slice(None), rows)], _NONE
            if count:
                found.append(Bodies(layout, np.flatnonzero(same), rows))
                left -= count
            if not left:
                return found, _NONE
        rest = np.ones(len(rows), dtype=np.bool_)
        for bodies in found:
            rest[bodies.places] = False
        by_hand: list[int] = []
        while len(by_hand) < _MOST_FAILURES and rest.any():
            first = int(rest.argmax())
            learnt = _learn(rows[first].tobytes(), size)
            if learnt is None:
                by_hand.append(first)
                rest[first] = False
                continue
            known.append(learnt)
            same = rest & (hashes.under(learnt.mask) == learnt.hash)
            places = slice(None) if same.all() else np.flatnonzero(same)
            found.append(Bodies(learnt, places, rows))
            rest ^= same
        rest[by_hand] = True
        return found, np.flatnonzero(rest)


class _Hashes:
    """Hashes of rows under masks, each computed once."""

    def __init__(self, rows: NDArray[np.uint64]) -> None:
        self.rows = rows
        self.computed: dict[bytes, NDArray[np.uint64]] = {}

    def under(self, mask: NDArray[np.uint64]) -> NDArray[np.uint64]:
        key = mask.tobytes()
        if key not in self.computed:
            self.computed[key] = _hash(self.rows, mask)
        return self.computed[key]


def _hash(rows: NDArray[np.uint64], mask: NDArray[np.uint64]) -> NDArray[np.uint64]:
    result: NDArray[np.uint64]
    result = np.einsum("ij,j->i", rows & mask, _MULTIPLIERS[: len(mask)])
    return result


def _learn(body: bytes, size: int) -> Layout | None:
    """The layout of a body; None if it holds anything but plain scalars."""
    data = memoryview(body)
    try:
        scalars = [
            item
            for number, wire, first, last in fields(data, 0, size)
            if number == SUMMARY and wire == BYTES
            for item in items(data, first, last)
        ]
    except WireError:
        return None
    plain = [
        item
        for item in scalars
        if isinstance(item, Scalar) and item.dtype != "bfloat16"
    ]
    if not plain or len(plain) < len(scalars):
        return None
    mask = np.zeros(len(body), dtype=np.uint8)
    mask[:size] = 0xFF
    for scalar in plain:
        mask[scalar.offset : scalar.offset + width(scalar.dtype)] = 0
    masked = mask.view("<u8")
    row = np.frombuffer(body, dtype="<u8").reshape(1, -1)
    return Layout(tuple(plain), masked, _hash(row, masked)[0])


def _multipliers() -> NDArray[np.uint64]:
    """Odd and without pattern: the output of splitmix64 (Steele et al. 2014)."""
    numbers, state, ones = [], 0, (1 << 64) - 1
    for _ in range(LONGEST // 8 + 1):
        state = (state + 0x9E3779B97F4A7C15) & ones
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & ones
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & ones
        numbers.append((mixed ^ (mixed >> 31)) | 1)
    return np.array(numbers, dtype=np.uint64)


_MULTIPLIERS = _multipliers()

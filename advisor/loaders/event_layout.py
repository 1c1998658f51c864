"""Bodies of events that are equal in every byte but those of their values.

What follows the step in an event is, for one tag, always the same but for the value. So
one body of each kind is decoded by hand, and all others that are equal to it in every
other byte are read in the same way. Equal means: of equal 64-bit hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.loaders.crc32c import ByteArray
from advisor.loaders.event_framing import gather
from advisor.loaders.event_protobuf import BYTES, WireError, fields
from advisor.loaders.event_summary import SUMMARY, Scalar, items, width
from advisor.model.curve import BoolArray, FloatArray, IntArray

WordArray: TypeAlias = NDArray[np.uint64]

LONGEST = 1024  # bytes of a body that is compared

_NONE: IntArray = np.empty(0, dtype=np.int64)
_MOST_FAILURES = 8  # bodies that hold no plain scalars, before the rest is left alone
_MOST_SHARED = 32  # kinds of one size that are tried on the files read later
_SHARED: dict[int, list[Layout]] = {}  # trials of a study log the same tags


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the values are in bodies of one kind."""

    scalars: tuple[Scalar, ...]
    mask: WordArray  # [W] ones where bodies of this kind are equal
    fixed: bytes  # what stands there
    hash: np.uint64


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """Bodies of one kind."""

    layout: Layout
    places: IntArray | slice  # [N] among the bodies that were sorted
    rows: WordArray  # [all bodies, W]

    def values(self, scalar: Scalar) -> FloatArray:
        """What `scalar` of the layout is in each of them, [N]."""
        step = self.rows.strides[0]
        shape = (len(self.rows),)
        column = np.ndarray(shape, scalar.dtype, self.rows, scalar.offset, (step,))
        return column[self.places].astype(np.float64)


class Layouts:
    """The kinds of bodies met so far in one file, and at first those of other files."""

    def __init__(self) -> None:
        self.by_size: dict[int, list[Layout]] = {}

    def sort(
        self, data: ByteArray, starts: IntArray, size: int
    ) -> tuple[list[Bodies], IntArray]:
        """Bodies of `size` bytes by kind, and those to be decoded one by one."""
        words = -(-size // 8)
        rows = gather(data, starts, 8 * words).view("<u8").reshape(-1, words)
        hashes = Hashes(rows)
        if size not in self.by_size:
            self.by_size[size] = list(_SHARED.get(size, ()))
        found: list[Bodies] = []
        left = len(rows)
        for layout in self.by_size[size]:
            bodies, count = hashes.of_kind(layout)
            if bodies is not None:
                found.append(bodies)
                left -= count
            if not left:
                return found, _NONE
        rest = np.ones(len(rows), dtype=np.bool_)
        for bodies in found:
            rest[bodies.places] = False
        return found, self._learn(hashes, size, rest, found)

    def _learn(
        self, hashes: Hashes, size: int, rest: BoolArray, found: list[Bodies]
    ) -> IntArray:
        """Adds to `found` the bodies of new kinds among `rest`; returns the others."""
        by_hand: list[int] = []
        while len(by_hand) < _MOST_FAILURES and rest.any():
            first = int(rest.argmax())
            layout = hashes.learn(first, size)
            if layout is None:
                by_hand.append(first)
                rest[first] = False
                continue
            self.by_size[size].append(layout)
            shared = _SHARED.setdefault(size, [])
            if len(shared) < _MOST_SHARED:
                shared.append(layout)
            bodies, _ = hashes.of_kind(layout, rest)
            if bodies is not None:
                found.append(bodies)
                rest[bodies.places] = False
        rest[by_hand] = True
        return np.flatnonzero(rest)


class Hashes:
    """Rows and their hashes under masks, each computed once."""

    def __init__(self, rows: WordArray) -> None:
        self.rows = rows
        self.computed: dict[bytes, WordArray] = {}

    def under(self, mask: WordArray) -> WordArray:
        """The hash of what each row holds where `mask` has ones, [N]."""
        key = mask.tobytes()
        if key not in self.computed:
            self.computed[key] = _hash(self.rows, mask)
        return self.computed[key]

    def of_kind(
        self, layout: Layout, among: BoolArray | None = None
    ) -> tuple[Bodies | None, int]:
        """The rows that have this layout, and their number."""
        same = self.under(layout.mask) == layout.hash
        if among is not None:
            same &= among
        first = int(same.argmax())
        fixed = (self.rows[first] & layout.mask).tobytes()
        if not same[first] or fixed != layout.fixed:
            return None, 0
        count = int(np.count_nonzero(same))
        places = slice(None) if count == len(same) else np.flatnonzero(same)
        return Bodies(layout, places, self.rows), count

    def learn(self, place: int, size: int) -> Layout | None:
        """The layout of one row; None if it holds anything but plain scalars."""
        body = self.rows[place].tobytes()
        scalars = _plain_scalars(memoryview(body), size)
        if not scalars:
            return None
        ones = np.zeros(len(body), dtype=np.uint8)
        ones[:size] = 0xFF
        for scalar in scalars:
            ones[scalar.offset : scalar.offset + width(scalar.dtype)] = 0
        mask = ones.view(np.uint64)
        fixed = (self.rows[place] & mask).tobytes()
        return Layout(scalars, mask, fixed, self.under(mask)[place])


def _hash(rows: WordArray, mask: WordArray) -> WordArray:
    result: WordArray
    result = np.einsum("ij,j->i", rows & mask, _MULTIPLIERS[: len(mask)])
    return result


def _plain_scalars(body: memoryview, size: int) -> tuple[Scalar, ...]:
    """All that the body holds, if that is numbers of fixed width only."""
    try:
        found = [
            item
            for number, wire, first, last in fields(body, 0, size)
            if number == SUMMARY and wire == BYTES
            for item in items(body, first, last)
        ]
    except WireError:
        return ()
    plain = tuple(
        item for item in found if isinstance(item, Scalar) and item.dtype != "bfloat16"
    )
    return plain if len(plain) == len(found) else ()


def _multipliers() -> WordArray:
    """Odd and without pattern: the output of splitmix64 (Steele et al. 2014)."""
    numbers, state, ones = [], 0, (1 << 64) - 1
    for _ in range(LONGEST // 8 + 1):
        state = (state + 0x9E3779B97F4A7C15) & ones
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & ones
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & ones
        numbers.append((mixed ^ (mixed >> 31)) | 1)
    return np.array(numbers, dtype=np.uint64)


_MULTIPLIERS = _multipliers()

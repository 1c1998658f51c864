"""Where records start.

The start of a record is known only from the one before. But nearly every event begins
with its wall time, and every header carries a checksum: so all places that look like a
header are checked at once, and what is left is a chain in which each record ends where
the next one starts. Only where the chain breaks are headers followed one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.loaders.crc32c import ByteArray, masked_crc_of_lengths
from advisor.model.curve import IntArray

HEADER = 12  # bytes before the data of a record: its length and that length's sum
FRAME = 16  # bytes of a record beside its data
WALL_TIME_KEY = 0x09
PAD = 64  # bytes behind the last record that may be looked at, of no meaning

HEAD = np.dtype(
    {  # a header, and the front of an event as all known writers order it
        "names": ["length", "sum", "time_key", "wall_time", "step_key", "step"],
        "formats": ["<u8", "<u4", "u1", "<f8", "u1", "<u8"],
        "offsets": [0, 8, HEADER, HEADER + 1, HEADER + 9, HEADER + 10],
        "itemsize": 32,
    }
)
Heads: TypeAlias = NDArray[np.void]


def gather(data: ByteArray, places: IntArray, size: int) -> NDArray[np.void]:
    """The `size` bytes of `data` that start at each of `places`."""
    shape = (len(data) - size + 1,)
    cells: NDArray[np.void] = np.ndarray(shape, f"V{size}", data, 0, (1,))[places]
    return cells


def good_heads(data: ByteArray, places: IntArray, end: int) -> tuple[IntArray, Heads]:
    """Those of `places` where a header with a right sum is, and what stands there.

    A record that would end behind `end` does not count.
    """
    heads = gather(data, places, HEAD.itemsize).view(HEAD)
    lengths = heads["length"].copy()
    room = end - FRAME - places
    good = heads["sum"] == masked_crc_of_lengths(lengths)
    good &= (lengths <= room.view(np.uint64)) & (room >= 0)
    return (places, heads) if good.all() else (places[good], heads[good])


def head_at(data: ByteArray, place: int) -> tuple[int, bool]:
    """The length in the header at `place`, and whether its sum is right."""
    head = gather(data, np.array([place]), HEAD.itemsize).view(HEAD)
    length = head["length"].copy()
    return int(length[0]), bool(head["sum"][0] == masked_crc_of_lengths(length)[0])


def frame(data: ByteArray, end: int) -> tuple[IntArray, Heads, int]:
    """Starts and heads of the whole records in `data[:end]`, and where they stop.

    They stop before a record that is not whole, or whose length is damaged.
    """
    # The highest byte of a length is zero: a second cheap look at every place.
    likely = data[HEADER:end] == WALL_TIME_KEY
    likely &= data[7 : max(end, HEADER) - HEADER + 7] == 0
    starts, heads = good_heads(data, np.flatnonzero(likely), end)
    following = starts + heads["length"].astype(np.int64) + FRAME
    breaks = np.flatnonzero(following[:-1] != starts[1:]).tolist()
    if not breaks and len(starts) and starts[0] == 0:
        return starts, heads, int(following[-1])
    return _follow(data, end, starts, following, breaks)


def _follow(
    data: ByteArray, end: int, starts: IntArray, following: IntArray, breaks: list[int]
) -> tuple[IntArray, Heads, int]:
    """As `frame`, from the chains that end at `breaks` and what lies between them."""
    ends = [*breaks, len(starts) - 1]  # last record of each chain
    pieces: list[IntArray] = []
    position = 0
    while position + FRAME <= end:
        first = int(starts.searchsorted(position))
        if first < len(starts) and starts[first] == position:
            last = ends[bisect_left(ends, first)] + 1
            pieces.append(starts[first:last])
            position = int(following[last - 1])
            continue
        length, good = head_at(data, position)
        if not good or position + length + FRAME > end:
            break
        pieces.append(np.array([position], dtype=np.int64))
        position += length + FRAME
    found = np.concatenate([*pieces, np.empty(0, dtype=np.int64)])
    return found, gather(data, found, HEAD.itemsize).view(HEAD), position

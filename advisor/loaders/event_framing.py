"""Where records start, found by prediction where their lengths repeat.

The start of a record is known only from the one before, but training loops write the
same few lengths over and over. Once a period is seen, the next thousands of headers are
predicted and all checked at once.
"""

from __future__ import annotations

from itertools import pairwise
from struct import Struct

import numpy as np

from advisor.loaders.crc32c import ByteArray, masked_crc_of_lengths
from advisor.model.curve import IntArray

HEADER = 12  # bytes before the data of a record: its length and that length's sum
FRAME = 16  # bytes of a record beside its data

_READ_LENGTH = Struct("<Q").unpack_from
_FIRST_LOOK = 48  # records walked one by one before a period is looked for
_LONGEST_PERIOD = 256
_WORTH = 256  # records that a prediction must save to be tried again soon


def frame(data: ByteArray, end: int) -> tuple[IntArray, IntArray, int]:
    """Starts and lengths of the whole records in `data[:end]`, and where they stop.

    They stop before a record that is not whole, or whose length is damaged.
    """
    starts, stop = _starts(data, end)
    lengths = np.diff(starts, append=stop) - FRAME
    sums = np.ndarray((len(data) - 3,), "<u4", data, 0, (1,))[starts + 8]
    bad = np.flatnonzero(sums != masked_crc_of_lengths(lengths.view(np.uint64)))
    if len(bad):
        first = int(bad[0])
        return starts[:first], lengths[:first], int(starts[first])
    return starts, lengths, stop


def _starts(data: ByteArray, end: int) -> tuple[IntArray, int]:
    """By lengths alone, right or not: a wrong one shows in its sum."""
    buffer = data.data
    pieces: list[IntArray] = []
    walked: list[int] = []
    position, look, patience = 0, _FIRST_LOOK, _FIRST_LOOK
    while position + FRAME <= end:
        following = position + _READ_LENGTH(buffer, position)[0] + FRAME
        if following > end:
            break
        walked.append(position)
        position = following
        if len(walked) >= look:
            predicted, position = _predict(data, walked, position, end)
            patience = patience * 2 if len(predicted) < _WORTH else _FIRST_LOOK
            if len(predicted):
                pieces += [np.array(walked, dtype=np.int64), predicted]
                walked, look = [], min(patience, 4096)
            else:
                look = len(walked) + min(patience, 4096)
    pieces.append(np.array(walked, dtype=np.int64))
    return np.concatenate(pieces), position


def _predict(
    data: ByteArray, walked: list[int], position: int, end: int
) -> tuple[IntArray, int]:
    """Starts that follow from a period in those `walked`, and where they stop."""
    recent = [*walked[-3 * _LONGEST_PERIOD :], position]
    sizes = [after - before for before, after in pairwise(recent)]
    candidates = range(1, min(len(sizes) // 3, _LONGEST_PERIOD) + 1)
    period = next((p for p in candidates if _is_period(sizes, p)), None)
    nothing = np.empty(0, dtype=np.int64)
    if period is None:
        return nothing, position
    template = np.array(sizes[-period:], dtype=np.int64)
    return _repeat(data, template, position, end)


def _is_period(sizes: list[int], period: int) -> bool:
    """Three times at the end, and throughout the last few records."""
    window = sizes[-max(3 * period, _FIRST_LOOK) :]
    return window[period:] == window[:-period]


def _repeat(
    data: ByteArray, sizes: IntArray, position: int, end: int
) -> tuple[IntArray, int]:
    """As many whole periods of `sizes` as the lengths in `data` bear out."""
    words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
    offsets, whole = np.cumsum(sizes) - sizes, int(sizes.sum())
    expected = (sizes - FRAME).astype(np.uint64)
    pieces: list[IntArray] = []
    rows = 4
    while rows:
        rows = min(rows * 8, (end - position) // whole, 1 + 65536 // len(sizes))
        places = position + np.arange(rows)[:, None] * whole + offsets
        wrong = words[places] != expected
        good = rows
        if wrong.any():
            good = int(wrong.any(axis=1).argmax())
        pieces.append(places[:good].ravel())
        position += good * whole
        if good < rows:
            break
    return np.concatenate([*pieces, np.empty(0, dtype=np.int64)]), position

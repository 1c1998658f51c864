"""Framing of event files: which bytes belong to which record.

A record is its length (8 bytes, low first), the masked CRC of the length, the data, and
the masked CRC of the data. Where lengths are damaged, the next good one is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, FileIO
from pathlib import Path

import numpy as np

from advisor.errors import Problem
from advisor.loaders.crc32c import ByteArray, masked_crc
from advisor.loaders.event_framing import (
    FRAME,
    HEADER,
    PAD,
    Heads,
    frame,
    gather,
    good_heads,
    head_at,
)
from advisor.model.curve import IntArray

WINDOW = 1 << 20  # bytes in memory at once: larger ones leave the cache of the CPU

_IMPOSSIBLE = 1 << 40  # bytes in one record
_SEARCH = 1 << 16  # bytes looked through at once for the next good record
_MOST_GAPS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Whole records; valid until the next ones are asked for."""

    data: ByteArray  # [window + PAD]
    starts: IntArray  # [N] of the headers in `data`
    heads: Heads  # [N] the headers and the front of the events
    offset: int  # of `data` in the file


@dataclass(slots=True)
class _Gap:
    """Bytes that hold no good record."""

    offset: int
    length: int
    zeros: bool  # nothing else


class RecordReader:
    """Reads the first `size` bytes of a file; afterwards knows what was wrong."""

    def __init__(
        self,
        file: FileIO | BytesIO,
        path: Path,
        size: int,
        *,
        window: int = WINDOW,
        check_data: bool = False,
    ) -> None:
        self.file, self.path, self.size = file, path, size
        self.check_data = check_data
        self.window = min(max(window, 2 * FRAME), size)
        self.data = np.empty(self.window + PAD, dtype=np.uint8)
        self.data[-PAD:] = 0
        self.view = self.data.data
        self.offset = self.filled = 0  # place of `data` in the file, bytes in it
        self.gaps: list[_Gap] = []
        self.cut_off_at: int | None = None
        self.bad_data: list[int] = []

    def __iter__(self) -> Iterator[Records]:
        going_on = True
        while going_on and self._fill():
            starts, heads, stop = frame(self.data, self.filled)
            if self.check_data:
                good = self._good_data(starts, heads["length"].astype(np.int64))
                starts, heads = starts[good], heads[good]
            if len(starts):
                yield Records(self.data, starts, heads, self.offset)
            going_on = self._pass(stop)

    def _fill(self) -> bool:
        wanted = min(self.window, self.size - self.offset)
        while self.filled < wanted:
            got = self.file.readinto(self.view[self.filled : wanted])
            if not got:  # it was shortened while being read
                self.size = self.offset + self.filled
                break
            self.filled += got
        return self.filled > 0

    def _advance(self, by: int) -> None:
        """Drops the first `by` bytes, which may reach beyond what is in memory."""
        if by > self.filled:
            self.file.seek(self.offset + by)
        rest = bytes(self.view[by : self.filled])
        self.view[: len(rest)] = rest
        self.offset, self.filled = self.offset + by, len(rest)

    def _pass(self, stop: int) -> bool:
        """Moves to `stop`, or past what stands there; False at the end."""
        left = self.size - self.offset - stop
        if self.filled - stop < HEADER:
            self._advance(stop)
            if 0 < left < HEADER:
                self._end(left)
            return left >= HEADER
        length, good = head_at(self.data, stop)
        if not good or length > _IMPOSSIBLE:
            return self._search(stop)
        if length + FRAME > left:
            self.cut_off_at = self.offset + stop
            return False
        self._advance(stop + length + FRAME if length + FRAME > self.window else stop)
        return True

    def _end(self, left: int) -> None:
        last = self.gaps[-1] if self.gaps else None
        if last is not None and last.offset + last.length == self.offset:
            last.zeros = last.zeros and not self.data[:left].any()
            last.length += left
        else:
            self.cut_off_at = self.offset

    def _search(self, stop: int) -> bool:
        """Moves to the next good header after the bad one at `stop`."""
        found = self.filled - HEADER + 1
        for first in range(stop + 1, found, _SEARCH):
            last = min(first + _SEARCH, found)
            places = np.arange(first, last, dtype=np.int64)
            good, _ = good_heads(self.data, places, self.size - self.offset)
            if len(good):
                found = int(good[0])
                break
        offset, length = self.offset + stop, found - stop
        zeros = not self.data[stop:found].any()
        if self.gaps and self.gaps[-1].offset + self.gaps[-1].length == offset:
            self.gaps[-1].length += length
            self.gaps[-1].zeros = self.gaps[-1].zeros and zeros
        else:
            self.gaps.append(_Gap(offset, length, zeros))
        self._advance(found)
        return len(self.gaps) < _MOST_GAPS

    def _good_data(self, starts: IntArray, lengths: IntArray) -> IntArray:
        """Which records have data of the right sum; the others are remembered."""
        bad: list[int] = []
        for length in np.unique(lengths).tolist():
            index = np.flatnonzero(lengths == length)
            places = starts[index] + HEADER
            rows = gather(self.data, places, length + 4).view(np.uint8)
            rows = rows.reshape(-1, length + 4)
            sums = np.ascontiguousarray(rows[:, length:]).view("<u4")[:, 0]
            bad.extend(index[masked_crc(rows[:, :length]) != sums].tolist())
        self.bad_data.extend((starts[bad] + self.offset).tolist())
        return np.delete(np.arange(len(starts)), bad)

    def problems(self) -> list[Problem]:
        """What a user should know of the bytes that were not read."""
        found = []
        if self.gaps:
            lost = sum(gap.length for gap in self.gaps)
            what = "zeros" if self.gaps[-1].zeros else "bytes that are no record"
            where = f" in {len(self.gaps)} places" if len(self.gaps) > 1 else ""
            found.append(
                Problem(
                    self.path,
                    "a record with a valid length",
                    f"{lost} {what}{where}",
                    "the records around were read; a crash or a full disk leaves this",
                    offset=self.gaps[0].offset,
                )
            )
        if self.bad_data:
            found.append(
                Problem(
                    self.path,
                    "records as they were written",
                    f"{len(self.bad_data)} with a wrong checksum",
                    "they were left out; copy the file again",
                    offset=self.bad_data[0],
                )
            )
        if self.cut_off_at is not None:
            found.append(
                Problem(
                    self.path,
                    "a whole record at the end",
                    f"the first {self.size - self.cut_off_at} bytes of one",
                    "normal while the trial is being written; all before it was read",
                    offset=self.cut_off_at,
                )
            )
        return found

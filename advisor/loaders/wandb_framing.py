"""Records of a `.wandb` file: the log format of LevelDB, blocks of 32 KiB.

A record is one chunk, or several where it crosses blocks. Every chunk has a checksum,
so damage costs the rest of its block at most; see the format in LevelDB's
`doc/log_format.md`, of which W&B changed the checksum to a plain CRC-32.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from advisor.errors import LogError, Problem

BLOCK = 32_768  # bytes
MAX_RECORD = 64 << 20  # bytes; larger ones are tables or media, never a row of metrics

_MAGIC = b":W&B\xe1\xbe\x00"
_HEADER = Struct("<IHB")  # checksum of all that follows, length of the data, kind
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_READ = 32 * BLOCK


class RecordReader:
    """Yields the records of one file; says afterwards what was damaged.

    Raises:
        LogError: the file does not start as W&B's files do.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.path = path
        self.damaged: list[int] = []  # offsets
        self.cut_off_at: int | None = None
        self._stream = stream
        self._parts: list[bytes] = []  # of a record that is not complete yet
        self._size = 0
        self._start = 0
        self._end = 0

    def __iter__(self) -> Iterator[bytes]:
        base = 0
        while chunk := self._stream.read(_READ):
            if base == 0 and not chunk.startswith(_MAGIC):
                raise LogError(_no_wandb_file(self.path, chunk))
            for start in range(0, len(chunk), BLOCK):
                yield from self._block(chunk[start : start + BLOCK], base + start)
            base += len(chunk)
        if base == 0:
            raise LogError(_no_wandb_file(self.path, b""))
        if self._parts and self.cut_off_at is None:
            self.cut_off_at = self._start
        self._end = base

    def _block(self, block: bytes, base: int) -> Iterator[bytes]:
        at = len(_MAGIC) if base == 0 else 0
        while at + _HEADER.size <= len(block):
            checksum, length, kind = _HEADER.unpack_from(block, at)
            stop = at + _HEADER.size + length
            if len(block) < stop <= BLOCK and _FULL <= kind <= _LAST:
                self._cut_off(base + at)
                return
            if stop > len(block) or zlib.crc32(block[at + 6 : stop]) != checksum:
                self._damage(base + at)
                if not _is_chunk(block, stop):
                    return  # lengths are not to be trusted; the next block is
                at = stop
                continue
            record = self._chunk(kind, block[at + _HEADER.size : stop], base + at)
            if record is not None:
                yield record
            at = stop
        if at < len(block) < BLOCK:
            self._cut_off(base + at)

    def _chunk(self, kind: int, data: bytes, offset: int) -> bytes | None:
        """The record that this chunk completes, if it does."""
        if kind in (_FULL, _FIRST):
            if self._parts:
                self._damage(self._start)
            if kind == _FULL:
                return data
            self._parts, self._size, self._start = [data], len(data), offset
            return None
        if kind not in (_MIDDLE, _LAST):
            self._damage(offset)
        elif self._parts:
            self._parts.append(data)
            self._size += len(data)
            if self._size > MAX_RECORD:
                self._damage(self._start)
            elif kind == _LAST:
                record, self._parts = b"".join(self._parts), []
                return record
        elif not self.damaged:
            self._damage(offset)  # otherwise its beginning was counted
        return None

    def _damage(self, offset: int) -> None:
        self.damaged.append(offset)
        self._parts = []

    def _cut_off(self, offset: int) -> None:
        self.cut_off_at = self._start if self._parts else offset

    def problems(self) -> list[Problem]:
        """What could not be read."""
        found = []
        if self.damaged:
            many = len(self.damaged)
            found.append(
                Problem(
                    self.path,
                    "records with a valid checksum",
                    "1 without" if many == 1 else f"{many} without",
                    "the records around were read; a crash or a full disk leaves this",
                    offset=self.damaged[0],
                )
            )
        if self.cut_off_at is not None:
            found.append(
                Problem(
                    self.path,
                    "a whole record at the end",
                    f"the first {self._end - self.cut_off_at} bytes of one",
                    "normal while the trial is being written; all before it was read",
                    offset=self.cut_off_at,
                )
            )
        return found


def _is_chunk(block: bytes, at: int) -> bool:
    """Whether a valid chunk starts there."""
    if at + _HEADER.size > len(block):
        return False
    checksum, length, kind = _HEADER.unpack_from(block, at)
    stop = at + _HEADER.size + length
    whole = stop <= len(block) and _FULL <= kind <= _LAST
    return bool(whole and zlib.crc32(block[at + 6 : stop]) == checksum)


def _no_wandb_file(path: Path, start: bytes) -> Problem:
    return Problem(
        path,
        "a W&B run file, which starts with `:W&B`",
        f"`{start[:8].decode('latin-1')}`" if start else "an empty file",
        "copy the file again, or delete it",
    )

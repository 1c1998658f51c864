"""The text of a delimited file: caps, encodings, line ends."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import BinaryIO

from advisor.errors import LogError, Problem

MAX_BYTES = 512 << 20
MAX_HEADER = 1 << 20  # a header line of a million columns takes pandas 14 s
HEAD = 16 << 10

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> tuple[str, tuple[str, ...]]:
    """The whole text, lines ended by a line feed alone, and notes on its reading.

    Raises:
        LogError: unreadable, too large, or a first line over `MAX_HEADER`.
    """
    try:
        with path.open("rb") as file:
            content = _first_line(path, file) + file.read(MAX_BYTES)
            if file.read(1):
                raise _too_large(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    return _decode(content)


def read_head(path: Path) -> str:
    """The first line and some more whole lines."""
    try:
        with path.open("rb") as file:
            content = _first_line(path, file) + file.read(HEAD)
            at_end = not file.read(1)
    except OSError as error:
        raise _unreadable(path, error) from error
    text, _ = _decode(content)
    if at_end:
        return text
    return text[: text.rfind("\n") + 1] or text


def _first_line(path: Path, file: BinaryIO) -> bytes:
    """At least the first line (or `MAX_HEADER` bytes up to an old Mac's line end)."""
    line = file.readline(MAX_HEADER)
    if len(line) == MAX_HEADER and not line.endswith(b"\n") and b"\r" not in line:
        raise LogError(
            Problem(
                path,
                f"a first line of at most {MAX_HEADER} bytes with the column names",
                "a longer one",
                "pass training curves, not data; one row a step, one column a metric",
            )
        )
    return line


def _decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    try:
        if content.startswith(_UTF16):
            text = content.decode("utf-16", errors="replace")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) - error.start < 4 and "end of data" in error.reason:
            text = content[: error.start].decode("utf-8-sig")  # cut within a character
        else:
            text = content.decode("latin-1")
            notes = ("not UTF-8: read as Latin-1, so names may look odd",)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, notes


def _too_large(path: Path) -> LogError:
    return LogError(
        Problem(
            path, f"at most {MAX_BYTES} bytes", "more", "split it into one file a trial"
        )
    )


def _unreadable(path: Path, error: OSError) -> LogError:
    found = error.strerror or "an error of the system"
    return LogError(Problem(path, "a readable file", found, "check that it exists"))

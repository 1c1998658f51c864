"""Decoding of the few protocol buffer messages of event files that matter here.

By hand, because the protobuf package costs more to import than most logs to read. Only
spans are handed out; what is not asked for is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import TypeAlias

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Field: TypeAlias = tuple[int, int, int, int]
"""Number, wire type, and the span of the content (of a varint: its bytes)."""

_DOUBLE = Struct("<d").unpack_from
_SIGN = 1 << 63


class WireError(ValueError):
    """Bytes that are no message."""


def fields(data: memoryview, start: int, stop: int) -> Iterator[Field]:
    """The fields of the message in `data[start:stop]`.

    Raises:
        WireError: a field that reaches beyond `stop`, or of an unknown wire type.
    """
    while start < stop:
        key, start = varint(data, start, stop)
        wire = key & 7
        if wire == BYTES:
            length, start = varint(data, start, stop)
            following = start + length
        elif wire == VARINT:
            _, following = varint(data, start, stop)
        elif wire == FIXED32:
            following = start + 4
        elif wire == FIXED64:
            following = start + 8
        else:
            raise WireError(f"wire type {wire}")
        if following > stop:
            raise WireError("a field that reaches beyond its message")
        yield key >> 3, wire, start, following
        start = following


def varint(data: memoryview, start: int, stop: int) -> tuple[int, int]:
    """The unsigned number at `start`, and where it ends."""
    value = shift = 0
    while start < stop and shift < 70:
        byte = data[start]
        start += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, start
        shift += 7
    raise WireError("a number without an end")


def signed(data: memoryview, start: int, stop: int) -> int:
    """The int64 in a varint field."""
    value = varint(data, start, stop)[0] & (2 * _SIGN - 1)
    return value - 2 * _SIGN if value >= _SIGN else value


def double(data: memoryview, start: int) -> float:
    """The double in a FIXED64 field."""
    number: float = _DOUBLE(data, start)[0]
    return number


def text(data: memoryview, start: int, stop: int) -> str:
    """A text; bytes that are not UTF-8 are replaced."""
    return bytes(data[start:stop]).decode("utf-8", "replace")

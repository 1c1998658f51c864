"""Event files written and read the slow and obvious way, to compare with."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START = 1.7e9


def masked_crc(data: bytes) -> int:
    """Bit by bit, from the definition of CRC-32C."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def number(value: int) -> bytes:
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def message(field: int, content: bytes) -> bytes:
    return number(field << 3 | 2) + number(len(content)) + content


def simple(tag: str, value: float) -> bytes:
    return message(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def tensor(tag: str, dtype: int, field: bytes, *, shape: bytes = b"") -> bytes:
    content = b"\x08" + number(dtype) + message(2, shape) + field
    plugin = message(9, message(1, message(1, b"scalars")))
    return message(1, tag.encode()) + message(8, content) + plugin


def text(tag: str, content: str) -> bytes:
    words = b"\x08\x07" + message(2, b"\x12\x02\x08\x01") + message(8, content.encode())
    plugin = message(9, message(1, message(1, b"text")))
    return message(1, tag.encode()) + message(8, words) + plugin


def event(step: int, *values: bytes, time: float = START) -> bytes:
    counted = b"\x10" + number(step % (1 << 64)) if step else b""
    summary = b"".join(message(1, value) for value in values)
    return struct.pack("<Bd", 9, time) + counted + message(5, summary)


def scalar(step: int, tag: str, value: float) -> bytes:
    return event(step, simple(tag, value), time=START + step)


VERSION = struct.pack("<Bd", 9, START) + message(3, b"brain.Event:2")


def record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return (
        length
        + struct.pack("<I", masked_crc(length))
        + data
        + struct.pack("<I", masked_crc(data))
    )


def write(path: Path, *events: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(record, (VERSION, *events))))
    return path


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(data):
        key = varint()
        wire = key & 7
        if wire == 0:
            yield key >> 3, varint()
            continue
        size = varint() if wire == 2 else {1: 8, 5: 4}[wire]
        yield key >> 3, data[position : position + size]
        position += size


def slow_points(path: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Step, value and wall time of float scalars by tag, record by record."""
    data, found, position = path.read_bytes(), {}, 0
    while position + 12 <= len(data):
        (size,) = struct.unpack_from("<Q", data, position)
        if position + size + 16 > len(data):
            break
        whole = dict(fields(data[position + 12 : position + 12 + size]))
        position += size + 16
        (time,) = struct.unpack("<d", whole[1])
        step = whole.get(2, 0)
        step -= (step >> 63) << 64
        for key, each in fields(whole.get(5, b"")):
            value = _float(dict(fields(each))) if key == 1 else None
            if value is not None:
                tag = dict(fields(each))[1].decode()
                found.setdefault(tag, []).append((step, value, time))
    return found


def _float(value: dict[int, Any]) -> float | None:
    if 2 in value:
        return float(struct.unpack("<f", value[2])[0])
    inner = dict(fields(value.get(8, b"")))
    if inner.get(1) != 1 or dict(fields(inner.get(2, b""))):
        return None
    return float(struct.unpack("<f", inner.get(4, inner.get(5)))[0])

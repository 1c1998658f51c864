"""Bytes of `.wandb` files for tests: a writer, and a slow second reader."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

BLOCK = 32_768
MAGIC = b":W&B\xe1\xbe\x00"


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def message(number: int, content: bytes | str) -> bytes:
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def item(key: str | list[str], value: Any, *, raw: bytes | None = None) -> bytes:
    """An item; `raw`: its value's field, instead of JSON."""
    keys = [key] if isinstance(key, str) else key
    place = 1 if isinstance(key, str) else 2
    named = b"".join(message(place, each) for each in keys)
    return message(1, named + (raw or message(16, json.dumps(value))))


def history(step: int | None = None, **values: Any) -> bytes:
    items = [item([key], value) for key, value in values.items()]
    if step is not None:
        items += [item(["_step"], step), item(["_timestamp"], 1e9 + step)]
    return message(2, b"".join(items))


def summary(**values: Any) -> bytes:
    return message(3, b"".join(item([key], value) for key, value in values.items()))


def configuration(**values: Any) -> bytes:
    return message(5, b"".join(item(key, value) for key, value in values.items()))


def run(run_id: str = "abc", **texts: str) -> bytes:
    fields = {"project": 3, "display_name": 8, "sweep_id": 12}
    more = b"".join(message(fields[name], text) for name, text in texts.items())
    return message(17, message(1, run_id) + more)


def metric(name: str = "", *, glob: str = "", step_metric: str = "") -> bytes:
    parts = {1: name, 2: glob, 4: step_metric}
    return message(12, b"".join(message(n, text) for n, text in parts.items() if text))


def ended(code: int = 0) -> bytes:
    return message(18, number(1, code) if code else b"")


def framed(*records: bytes) -> bytes:
    """Records in blocks of 32 KiB, as LevelDB's log writer lays them out."""
    out = bytearray(MAGIC)
    for record in records:
        first = True
        while True:
            left = BLOCK - len(out) % BLOCK
            if left < 7:
                out += b"\0" * left
                continue
            part, record = record[: left - 7], record[left - 7 :]
            kind = (1 if not record else 2) if first else (4 if not record else 3)
            body = bytes([kind]) + part
            out += struct.pack("<IH", zlib.crc32(body), len(part)) + body
            first = False
            if not record:
                break
    return bytes(out)


def write(path: Path, *records: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(framed(*records))
    return path


# The second reader: everything into lists of fields, with no care for speed or damage.


def slow_records(path: Path) -> list[bytes]:
    data = path.read_bytes()
    at, records, open_record = len(MAGIC), [], b""
    while at + 7 <= len(data):
        if BLOCK - at % BLOCK < 7:
            at += BLOCK - at % BLOCK
            continue
        crc, length, kind = struct.unpack_from("<IHB", data, at)
        if zlib.crc32(data[at + 6 : at + 7 + length]) != crc:
            break
        open_record += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            records.append(open_record)
            open_record = b""
    return records


def slow_fields(data: bytes) -> list[tuple[int, Any]]:
    found, at = [], 0

    def take() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = take()
        size = {1: 8, 5: 4}.get(key & 7) if key & 7 else None
        content: Any = take() if size is None else None
        if key & 7 == 2 or size:
            length = size or content
            content = data[at : at + length]
            at += length
        found.append((key >> 3, content))
    return found


def slow_rows(path: Path) -> list[dict[str, Any]]:
    """The history: one mapping a row, values as JSON holds them."""
    rows = []
    for record in slow_records(path):
        for kind, row in slow_fields(record):
            if kind == 2:
                entries = {}
                for part, each in slow_fields(row):
                    if part == 1:
                        parts = slow_fields(each)
                        names = [text.decode() for n, text in parts if n in (1, 2)]
                        value = next(text for n, text in parts if n == 16)
                        entries[".".join(names)] = json.loads(value)
                rows.append(entries)
    return rows

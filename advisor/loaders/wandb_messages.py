"""The protocol buffer messages of a `.wandb` file that say something of the trial.

Field numbers as in W&B's `wandb_internal.proto`, which only ever adds to them. Tables,
media, system statistics and console output are passed over unread.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.loaders.event_protobuf import (
    BYTES,
    FIXED64,
    VARINT,
    WireError,
    double,
    fields,
    signed,
    text,
    varint,
)

MAX_VALUE = 1 << 20  # bytes of JSON; longer ones are data

MAX_DEPTH = 50

Item = tuple[tuple[str, ...], Any]
"""Path of a key, and its value."""

_ITEM_BOOLEAN, _ITEM_INTEGER, _ITEM_NUMBER = 4, 5, 6
_ITEM_TEXT, _ITEM_JSON, _ITEM_VALUE_JSON = 7, 8, 16
_TAG_VALUE_JSON, _TAGS_KEY = b"\x82\x01", b"\x0a\x12"
_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

NOTHING = object()
"""An item without a value that can be read."""


@dataclass(slots=True)
class Run:
    """Who the run is, as its last run record says."""

    run_id: str = ""
    project: str = ""
    display_name: str = ""
    sweep_id: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """What `define_metric` said of a name, or of all names that start alike."""

    name: str = ""
    glob: str = ""
    step_metric: str = ""


class Settings:
    """Entries of a configuration or a summary: set, updated, removed.

    W&B writes the summary again with every row, so only the last item of each key is
    kept, and parsed when it is asked for.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Any] = {}
        self._latest: dict[bytes, bytes] = {}  # item by its bytes up to the value

    def read(self, record: bytes, start: int, stop: int) -> None:
        """A message of updates (field 1) and removals (field 2)."""
        latest, at = self._latest, start
        while at < stop:
            # Short items, as almost all are, have lengths of one byte.
            end = at + 2 + record[at + 1] if at + 1 < stop else stop + 1
            if end <= stop and record[at] == 0x0A and record[at + 1] < 0x80:
                value = at + 2
                while value + 1 < end and record[value] in _TAGS_KEY:
                    value += 2 + record[value + 1]
                if value < end and record[value : value + 2] == _TAG_VALUE_JSON:
                    latest[record[at + 2 : value]] = record[at + 2 : end]
                    at = end
                    continue
            at = self._read_slowly(record, at, stop)

    def _read_slowly(self, record: bytes, start: int, stop: int) -> int:
        """The field at `start`; returns where it ends."""
        number, wire, first, last = next(fields(memoryview(record), start, stop))
        if wire == BYTES and number == 1:
            self._update(record[first:last])
        elif wire == BYTES and number == 2:
            self._remove(record[first:last])
        return last

    def _update(self, raw: bytes) -> None:
        self._flush()
        path, value = item(memoryview(raw), 0, len(raw))
        if path and value is not NOTHING:
            _set(self._entries, path, value)

    def _remove(self, raw: bytes) -> None:
        self._flush()
        path, _ = item(memoryview(raw), 0, len(raw))
        if len(path) == 1:
            self._entries.pop(path[0], None)

    def _flush(self) -> None:
        latest, self._latest = self._latest, {}
        for raw in latest.values():
            try:
                path, value = item(memoryview(raw), 0, len(raw))
            except WireError:
                continue
            if path and value is not NOTHING:
                _set(self._entries, path, value)

    @property
    def entries(self) -> dict[str, Any]:
        """Values by key, without W&B's own; items that are none are left out."""
        self._flush()
        return {k: v for k, v in self._entries.items() if k != "_wandb"}


def _set(entries: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        inner = entries.get(key)
        if not isinstance(inner, dict):
            inner = entries[key] = {}
        entries = inner
    entries[path[-1]] = value


def item(data: memoryview, start: int, stop: int) -> Item:
    """Key and value of an item of a history row, a summary or a configuration."""
    key = ""
    nested: list[str] = []
    value: Any = NOTHING
    for number, wire, first, last in fields(data, start, stop):
        if wire == BYTES and number == 1:
            key = text(data, first, last)
        elif wire == BYTES and number == 2:
            nested.append(text(data, first, last))
        elif wire == BYTES and number in (_ITEM_JSON, _ITEM_VALUE_JSON):
            value = _of_json(data, first, last)
        elif wire == BYTES and number == _ITEM_TEXT:
            value = text(data, first, min(last, first + MAX_VALUE))
        elif wire == VARINT and number == _ITEM_BOOLEAN:
            value = varint(data, first, last)[0] != 0
        elif wire == VARINT and number == _ITEM_INTEGER:
            coded = varint(data, first, last)[0]
            value = (coded >> 1) ^ -(coded & 1)
        elif wire == FIXED64 and number == _ITEM_NUMBER:
            value = double(data, first)
    return (tuple(nested) or ((key,) if key else ())), value


def _of_json(data: memoryview, start: int, stop: int) -> Any:
    if stop - start > MAX_VALUE:
        return NOTHING
    try:
        value = json.loads(bytes(data[start:stop]))
    except (ValueError, RecursionError):
        return NOTHING
    return _NON_FINITE.get(value, value) if isinstance(value, str) else value


def numbers(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, float]]:
    """The numbers in a value under dotted keys; media and the like have none."""
    if isinstance(value, Mapping):
        if "_type" not in value and len(path) < MAX_DEPTH:
            for key, inner in value.items():
                yield from numbers((*path, str(key)), inner)
    elif isinstance(value, str):
        if value in _NON_FINITE:
            yield ".".join(path), _NON_FINITE[value]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            yield ".".join(path), float(value)
        except OverflowError:
            yield ".".join(path), math.inf if value > 0 else -math.inf


def read_run(run: Run, data: memoryview, start: int, stop: int) -> tuple[int, int]:
    """Names of the run; returns the span of the configuration it was started with."""
    configuration = start, start
    for number, wire, first, last in fields(data, start, stop):
        if wire != BYTES or first == last:
            continue
        if number == 1:
            run.run_id = text(data, first, last)
        elif number == 3:
            run.project = text(data, first, last)
        elif number == 4:
            configuration = first, last
        elif number == 8:
            run.display_name = text(data, first, last)
        elif number == 12:
            run.sweep_id = text(data, first, last)
    return configuration


def read_metric(data: memoryview, start: int, stop: int) -> Metric:
    """What one call of `define_metric` said."""
    texts = {
        number: text(data, first, last)
        for number, wire, first, last in fields(data, start, stop)
        if wire == BYTES and number in (1, 2, 4)
    }
    return Metric(texts.get(1, ""), texts.get(2, ""), texts.get(4, ""))


def read_exit(data: memoryview, start: int, stop: int) -> int | None:
    """The exit code; None where the record says that the run will be continued."""
    code = 0
    for number, wire, first, last in fields(data, start, stop):
        if wire == VARINT and number == 1:
            code = signed(data, first, last)
        elif wire == VARINT and number == 3 and varint(data, first, last)[0]:
            return None
    return code


def read_time(data: memoryview, start: int, stop: int) -> int:
    """Seconds since 1970 in the timestamp (field 2) of a record of statistics."""
    for number, wire, first, last in fields(data, start, stop):
        if number == 2 and wire == BYTES:
            for inner, kind, at, end in fields(data, first, last):
                if inner == 1 and kind == VARINT:
                    return signed(data, at, end)
    return 0


__all__ = [
    "NOTHING",
    "Metric",
    "Run",
    "Settings",
    "WireError",
    "item",
    "numbers",
    "read_exit",
    "read_metric",
    "read_run",
    "read_time",
]

"""All scalars of an event file, most of them many at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from advisor.loaders.event_framing import HEADER, WALL_TIME_KEY
from advisor.loaders.event_layout import LONGEST, Bodies, Layouts
from advisor.loaders.event_protobuf import (
    BYTES,
    FIXED64,
    VARINT,
    WireError,
    double,
    fields,
    signed,
)
from advisor.loaders.event_records import Records
from advisor.loaders.event_summary import (
    SUMMARY,
    Item,
    Number,
    PluginData,
    Text,
    items,
    read_scalar,
)
from advisor.model.curve import Curve, FloatArray, IntArray

_STEP_KEY = 0x10
_CONTINUED = np.uint64(0x8080808080808080)  # these bits: another byte of the number
_FEW = 6  # bodies below which decoding one by one is faster


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Points of one tag, and the place of their records in the file."""

    records: IntArray
    steps: IntArray
    wall_times: FloatArray
    values: FloatArray


class Scalars:
    """What the records of one file hold; fed with them in order."""

    def __init__(self) -> None:
        self.layouts = Layouts()
        self.pieces: dict[str, list[_Points]] = {}
        self.single: dict[str, list[tuple[int, int, float, float]]] = {}
        self.others: list[Text | PluginData] = []
        self.damaged: list[int] = []  # offsets of records that are no events
        self.count = 0  # records so far

    def feed(self, records: Records) -> None:
        """Takes in all scalars, texts and hyperparameters of `records`."""
        events = _events(records)
        # In the order of their sizes; stable and by radix, so in that of the file.
        order = np.argsort(events.sizes, kind="stable")
        counts = np.bincount(events.sizes)
        events = events.take(order)
        view = records.data.data
        last = 0
        for size in np.flatnonzero(counts).tolist():
            first, last = last, last + int(counts[size])
            rest = order[first:last]
            if size and last - first >= _FEW:
                found, left = self.layouts.sort(
                    records.data, events.bodies[first:last], size
                )
                rest = rest[left]
                for bodies in found:
                    self._take(bodies, order[first:last], events, slice(first, last))
            for place in rest.tolist():
                self._decode(view, records, place)
        self.count += len(records.starts)

    def _take(
        self, bodies: Bodies, order: IntArray, events: _Events, group: slice
    ) -> None:
        places = bodies.places
        records = order[places] + self.count
        steps = events.steps[group][places]
        wall_times = events.wall_times[group][places]
        for scalar in bodies.layout.scalars:
            points = _Points(records, steps, wall_times, bodies.values(scalar))
            self.pieces.setdefault(scalar.tag, []).append(points)

    def _decode(self, view: memoryview, records: Records, place: int) -> None:
        start = int(records.starts[place]) + HEADER
        stop = start + int(records.heads["length"][place])
        try:
            wall_time, step, found = _event(view, start, stop)
        except WireError:
            self.damaged.append(start - HEADER + records.offset)
            return
        for item in found:
            if isinstance(item, Text | PluginData):
                self.others.append(item)
                continue
            value = item.value if isinstance(item, Number) else read_scalar(view, item)
            point = (self.count + place, step, wall_time, value)
            self.single.setdefault(item.tag, []).append(point)

    def curves(self) -> dict[str, Curve]:
        """All points by tag, in the order in which they were written."""
        for tag, points in self.single.items():
            points.sort(key=itemgetter(0))  # they were decoded by size
            records, steps, wall_times, values = zip(*points, strict=True)
            piece = _Points(
                np.array(records, dtype=np.int64),
                np.array(steps, dtype=np.int64),
                np.array(wall_times, dtype=np.float64),
                np.array(values, dtype=np.float64),
            )
            self.pieces.setdefault(tag, []).append(piece)
        self.single.clear()
        first = {
            tag: min(int(each.records[0]) for each in pieces)
            for tag, pieces in self.pieces.items()
        }
        tags = sorted(first, key=first.__getitem__)
        return {tag: _curve(self.pieces[tag]) for tag in tags}


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """Wall times, steps, and where the rest of each event is, [N]."""

    wall_times: FloatArray
    steps: IntArray
    bodies: IntArray
    sizes: NDArray[np.uint16]  # of the bodies; 0: to be decoded one by one

    def take(self, order: IntArray) -> _Events:
        """The same events in another order."""
        return _Events(
            self.wall_times[order],
            self.steps[order],
            self.bodies[order],
            self.sizes[order],
        )


def _events(records: Records) -> _Events:
    heads = records.heads
    word = heads["step"].copy()
    ends = ~word & _CONTINUED
    end = ends & (~ends + np.uint64(1))  # the highest bit of the number's last byte
    longest = (int(end.max()).bit_length() + 7) // 8
    word &= end - np.uint64(1)
    steps = word & np.uint64(0x7F)
    extra = (end > 0).astype(np.int64)  # bytes of the number
    for byte in range(1, longest):
        steps |= (word >> np.uint64(byte)) & np.uint64(0x7F << 7 * byte)
        extra += end >= np.uint64(0x80 << 8 * byte)
    counted = heads["step_key"] == _STEP_KEY
    usual = (heads["time_key"] == WALL_TIME_KEY) & (~counted | (end > 0))
    if not counted.all():  # step 0 is left out
        steps[~counted] = 0
        extra[~counted] = -1
    sizes = heads["length"].astype(np.int64) - 10 - extra
    usual &= (sizes > 0) & (sizes <= LONGEST)
    return _Events(
        heads["wall_time"],
        steps.view(np.int64),
        records.starts + (HEADER + 10) + extra,
        np.where(usual, sizes, 0).astype(np.uint16),
    )


def _event(data: memoryview, start: int, stop: int) -> tuple[float, int, list[Item]]:
    """Wall time, step and what the summary of one event holds."""
    wall_time, step = 0.0, 0
    found: list[Item] = []
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == FIXED64:
            wall_time = double(data, first)
        elif number == 2 and wire == VARINT:
            step = signed(data, first, last)
        elif number == SUMMARY and wire == BYTES:
            found.extend(items(data, first, last))
    return wall_time, step, found


def _curve(pieces: list[_Points]) -> Curve:
    steps, values, wall_times = (
        np.concatenate(each)
        for each in zip(
            *((each.steps, each.values, each.wall_times) for each in pieces),
            strict=True,
        )
    )
    if any(int(b.records[0]) < int(a.records[-1]) for a, b in pairwise(pieces)):
        records = np.concatenate([each.records for each in pieces])
        order = np.argsort(records, kind="stable")
        steps, values, wall_times = steps[order], values[order], wall_times[order]
    return Curve(steps, values, wall_times)

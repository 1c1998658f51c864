"""All scalars of an event file, most of them many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.loaders.event_framing import HEADER
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

# The front of an event as all known writers order it.
_FRONT = np.dtype(
    {
        "names": ["time_key", "wall_time", "step_key", "step"],
        "formats": ["u1", "<f8", "u1", "<u8"],
        "offsets": [HEADER, HEADER + 1, HEADER + 9, HEADER + 10],
        "itemsize": 32,
    }
)
_TIME_KEY, _STEP_KEY, _SUMMARY_KEY = 0x09, 0x10, 0x2A
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
        fronts = _fronts(records)
        order = np.argsort(fronts.sizes, kind="stable")  # by radix: fast for uint16
        last = 0
        view = records.data.data
        for size, count in enumerate(np.bincount(fronts.sizes).tolist()):
            if not count:
                continue
            group, last = order[last : last + count], last + count
            by_hand = group
            if size and count >= _FEW:
                starts = fronts.bodies[group]
                found, rest = self.layouts.sort(records.data, starts, size)
                by_hand = group[rest]
                for bodies in found:
                    self._take(bodies, group, fronts)
            for place in by_hand.tolist():
                self._decode(view, records, place)
        self.count += len(records.starts)

    def _take(self, bodies: Bodies, group: IntArray, fronts: _Fronts) -> None:
        index = group[bodies.places]
        records, steps = index + self.count, fronts.steps[index]
        wall_times = fronts.wall_times[index]
        for scalar in bodies.layout.scalars:
            points = _Points(records, steps, wall_times, bodies.values(scalar))
            self.pieces.setdefault(scalar.tag, []).append(points)

    def _decode(self, view: memoryview, records: Records, place: int) -> None:
        start = int(records.starts[place]) + HEADER
        stop = start + int(records.lengths[place])
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
class _Fronts:
    """Wall times, steps, and where the rest of each event is, [N]."""

    wall_times: FloatArray
    steps: IntArray
    bodies: IntArray
    sizes: NDArray[np.uint16]  # of the bodies; 0: to be decoded one by one


def _fronts(records: Records) -> _Fronts:
    data, starts = records.data, records.starts
    size = _FRONT.itemsize
    cells = np.ndarray((len(data) - size + 1,), f"V{size}", data, 0, (1,))[starts]
    front = cells.view(_FRONT)
    word = front["step"].copy()
    ends = ~word & _CONTINUED
    end = ends & (~ends + np.uint64(1))  # the highest bit of the number's last byte
    longest = (int(end.max()).bit_length() + 7) // 8
    word &= end - np.uint64(1)
    steps = np.zeros(len(word), dtype=np.uint64)
    extra = np.zeros(len(word), dtype=np.int64)  # bytes of the number
    for byte in range(longest):
        steps |= (word >> np.uint64(byte)) & np.uint64(0x7F << 7 * byte)
        extra += end >= np.uint64(0x80 << 8 * byte)
    counted = (front["step_key"] == _STEP_KEY) & (end > 0)
    if not counted.all():  # step 0 is left out
        steps[~counted] = 0
        extra[~counted] = -1
    bodies = starts + (HEADER + 10) + extra
    sizes = records.lengths - 10 - extra
    usual = (front["time_key"] == _TIME_KEY) & (data[bodies] == _SUMMARY_KEY)
    usual &= (sizes > 0) & (sizes <= LONGEST)
    return _Fronts(
        front["wall_time"],
        steps.astype(np.int64),
        bodies,
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
    if len(pieces) == 1:
        only = pieces[0]
        return Curve(only.steps, only.values, only.wall_times)
    records = np.concatenate([each.records for each in pieces])
    steps = np.concatenate([each.steps for each in pieces])
    values = np.concatenate([each.values for each in pieces])
    wall_times = np.concatenate([each.wall_times for each in pieces])
    if (np.diff(records) < 0).any():
        order = np.argsort(records, kind="stable")
        steps, values, wall_times = steps[order], values[order], wall_times[order]
    return Curve(steps, values, wall_times)

"""The history of a W&B run: rows of metrics, turned into curves.

Each row is one step of `wandb.log`. Where `define_metric` names a step metric (as the
callbacks of Lightning and Hugging Face do), that one counts the steps instead.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np

from advisor.loaders import csv_names
from advisor.loaders.event_protobuf import BYTES, VARINT, WireError, fields, signed
from advisor.loaders.wandb_messages import Metric, item, numbers
from advisor.model.curve import Axis, Curve, FloatArray, IntArray

_STEP, _TIMES = b"_step", (b"_timestamp", b"_runtime")
_LARGEST = float(1 << 62)


class History:
    """Collects rows; a column holds the rows it was logged in and its values."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[bytes, tuple[array[int], array[float]]] = {}
        self._steps = array("q")  # of rows that state it beside their items
        self._stated = array("q")

    def read(self, data: bytes, start: int, stop: int) -> None:
        """One row: items (field 1) and the step (field 2).

        Raises:
            WireError: bytes that are no row; what came before in it is kept.
        """
        columns, row = self.columns, self.rows
        self.rows += 1
        at = start
        while at < stop:
            try:
                # An item of a short key and a short number, as almost all are: lengths
                # below 128 take one byte. Everything else takes the slower way.
                end = at + 2 + data[at + 1]
                key = at + 4 + data[at + 3]
                plain = (
                    data[at] == 0x0A
                    and data[at + 1] < 0x80
                    and (data[at + 2] == 0x12 or data[at + 2] == 0x0A)
                    and data[key] == 0x82
                    and data[key + 1] == 0x01
                    and key + 3 + data[key + 2] == end <= stop
                )
                value = float(data[key + 3 : end]) if plain else 0.0
            except (IndexError, ValueError):
                plain = False
            if not plain:
                at = self._read_slowly(memoryview(data), at, stop, row)
                continue
            name = data[at + 4 : key]
            if name not in columns:
                columns[name] = array("q"), array("d")
            rows, values = columns[name]
            rows.append(row)
            values.append(value)
            at = end

    def _read_slowly(self, data: memoryview, start: int, stop: int, row: int) -> int:
        """The field at `start`; returns where it ends."""
        number, wire, first, last = next(fields(data, start, stop))
        if number == 1 and wire == BYTES:
            for name, value in numbers(*item(data, first, last)):
                rows, values = self.columns.setdefault(
                    name.encode("utf-8", "replace"), (array("q"), array("d"))
                )
                rows.append(row)
                values.append(value)
        elif number == 2 and wire == BYTES:
            for inner, kind, at, end in fields(data, first, last):
                if inner == 1 and kind == VARINT:
                    self._stated.append(row)
                    self._steps.append(
                        max(-(1 << 62), min(1 << 62, signed(data, at, end)))
                    )
        return last

    def holds(self, key: str) -> bool:
        """Whether the key was logged, be it as a step metric."""
        return key.encode("utf-8", "replace") in self.columns

    def last_time(self) -> float:
        """The last time stamp in seconds since 1970; 0 where there is none."""
        _, values = self.columns.get(_TIMES[0], ((), ()))
        return values[-1] if values else 0.0

    def curves(self, metrics: Sequence[Metric]) -> dict[str, Curve]:
        """By key; those that start with an underscore are W&B's own."""
        steps, times = self._row_steps(), self._row_times()
        names = {
            raw.decode("utf-8", "replace"): raw
            for raw in self.columns
            if not raw.startswith(b"_")
        }
        chosen = {name: _step_metric(name, metrics) for name in names}
        axes = {each for each in chosen.values() if each in names}
        curves = {}
        for name, raw in names.items():
            if name in axes:
                continue
            rows = _integers(self.columns[raw][0])
            counted = steps[rows], _axis("_step")
            if (metric := chosen[name]) in names:
                own = self._steps_by(names[metric], rows)
                counted = (own, _axis(metric)) if own is not None else counted
            wall_times = None if times is None else times[rows]
            values = np.array(self.columns[raw][1], dtype=np.float64)
            curves[name] = Curve(counted[0], values, wall_times, counted[1])
        return curves

    def _row_steps(self) -> IntArray:
        """[rows] the step of each row: in its items, beside them, or its number."""
        steps = np.arange(self.rows, dtype=np.int64)
        steps[_integers(self._stated)] = _integers(self._steps)
        rows, values = self.columns.get(_STEP, (array("q"), array("d")))
        whole = np.array(values, dtype=np.float64)
        valid = np.abs(whole) < _LARGEST
        steps[_integers(rows)[valid]] = whole[valid].astype(np.int64)
        return steps

    def _row_times(self) -> FloatArray | None:
        for name in _TIMES:
            rows, values = self.columns.get(name, (array("q"), array("d")))
            if len(set(rows)) == self.rows:
                times = np.zeros(self.rows)
                times[_integers(rows)] = values
                if np.isfinite(times).all():
                    return times
        return None

    def _steps_by(self, raw: bytes, rows: IntArray) -> IntArray | None:
        """[len(rows)] the step metric as last logged; None: it cannot count."""
        logged, values = self.columns[raw]
        position = np.searchsorted(_integers(logged), rows, side="right") - 1
        if (position < 0).any():
            return None
        counted = np.array(values, dtype=np.float64)[position]
        with np.errstate(invalid="ignore"):
            whole = np.abs(counted) < _LARGEST
            whole &= counted == np.floor(counted)
        return counted.astype(np.int64) if whole.all() else None


def _step_metric(name: str, metrics: Sequence[Metric]) -> str:
    """The step metric of `name`: exact definitions before globs, the last of each."""
    for each in reversed(metrics):
        if each.name == name and each.step_metric != name:
            return each.step_metric
    for each in reversed(metrics):
        prefix = each.glob.removesuffix("*")
        if each.glob.endswith("*") and name.startswith(prefix):
            return each.step_metric if each.step_metric != name else ""
    return ""


def _axis(name: str) -> Axis:
    return "epoch" if csv_names.normal(name) in csv_names.EPOCH_NAMES else "step"


def _integers(values: array[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def results_of(summary: Mapping[str, object], history: History) -> dict[str, float]:
    """Numbers of the summary that were never logged: W&B copies last values there."""
    return {
        name: number
        for key, value in summary.items()
        if not key.startswith("_") and not history.holds(key)
        for name, number in numbers((key,), value)
        if not history.holds(name)
    }


__all__ = ["History", "WireError", "results_of"]

"""Curves and configuration from the columns of a table with one row a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.errors import Problem
from advisor.loaders import csv_names
from advisor.loaders.csv_column import Column
from advisor.loaders.csv_kind import step_column
from advisor.loaders.csv_table import Table
from advisor.model.curve import Axis, BoolArray, Curve, FloatArray, IntArray
from advisor.model.log import Value
from advisor.safe_yaml import scalar

_MILLISECONDS = 1e11  # as seconds, this is the year 5138


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What the rows of a table are counted by."""

    steps: IntArray  # [N]
    known: BoolArray  # [N]
    axis: Axis
    used: tuple[Column, ...]  # the columns that are no curves
    times: FloatArray | None = None  # [N] seconds
    notes: tuple[str, ...] = ()


def count_rows(table: Table) -> Rows:
    """Steps of the finest column that counts them, or the rows themselves."""
    index = tuple(each for each in table.columns if _is_index(each))
    times, time = _wall_times(table)
    used = (*index, *((time,) if time else ()))
    column = step_column(table)
    if column is None:
        steps = np.arange(len(table), dtype=np.int64)
        return Rows(steps, np.ones(len(table), np.bool_), "row", used, times)
    known = column.measured
    steps = np.where(known, column.values, 0).astype(np.int64)
    name = csv_names.normal(column.name)
    axis: Axis = "epoch" if name in csv_names.EPOCH_NAMES else "step"
    notes: tuple[str, ...] = ()
    if axis == "step" and (total := _over_epochs(table, steps, known)) is not None:
        steps = total
        notes = (f"`{column.name}` restarts in each epoch and was added up",)
    if not known.all():
        missing = int(np.count_nonzero(~known))
        notes = (*notes, f"{missing} rows without `{column.name}` were left out")
    return Rows(steps, known, axis, (*used, column), times, notes)


def curves_of(
    table: Table, rows: Rows, *, only: BoolArray | None = None
) -> dict[str, Curve]:
    """A curve for every column of numbers; `only` [N]: of these rows."""
    chosen = rows.known if only is None else rows.known & only
    curves = {}
    for tag, column in _tags(table, rows).items():
        mask = column.measured & chosen
        if not column.numeric or not mask.any():
            continue
        times = None if rows.times is None else rows.times[mask]
        if times is not None and np.isnan(times).any():
            times = None
        curves[tag] = Curve(rows.steps[mask], column.values[mask], times, rows.axis)
    return curves


def configuration_of(table: Table, rows: Rows) -> dict[str, Value]:
    """Columns that hold one setting throughout: text, or numbers named like one."""
    found: dict[str, Value] = {}
    for column in table.columns:
        if column in rows.used or csv_names.normal(column.name) in _NEITHER:
            continue
        text = _setting(column)
        if text is not None:
            name = csv_names.CONFIGURATION_PREFIX.sub("", column.name, count=1)
            found[name or column.name] = _shortest(scalar(text))
    return found


def damaged_cells(table: Table) -> tuple[Problem, ...]:
    """Text among the numbers of a column."""
    problems = []
    for column in table.columns:
        if column.numeric and column.text.any():
            rows = np.flatnonzero(column.text).tolist()
            more = f", and {len(rows) - 1} more such cells" if len(rows) > 1 else ""
            problems.append(
                Problem(
                    table.path,
                    f"numbers in `{column.name}`",
                    f"`{column.cells[rows[0]][:40]}`{more}",
                    "left out; leave the cell empty where nothing was measured",
                    int(table.lines[rows[0]]),
                )
            )
    return tuple(problems[:5])


def _shortest(value: Value) -> Value:
    """0.001 for 0.0010000000474974513, which is how frameworks print a 32-bit 0.001."""
    if not isinstance(value, float) or not 1e-30 < abs(value) < 1:
        return value
    if float(np.float32(value)) == value:
        return float(str(np.float32(value)))
    return value


_NEITHER = csv_names.MACHINERY | csv_names.TRIAL_NAMES


def _setting(column: Column) -> str | None:
    """The one value of a column that configures the trial."""
    if not column.present.any():
        return None
    numeric = column.numeric
    if numeric and not csv_names.is_setting(column.name):
        return None
    if numeric and not _is_plain(column.name):
        return None
    return column.constant()


def _is_plain(name: str) -> bool:
    """Not `lr-Adam/pg1`: what a schedule made of the learning rate is no setting."""
    if not csv_names.is_learning_rate(name) or csv_names.CONFIGURATION_PREFIX.match(
        name
    ):
        return True
    return csv_names.normal(name) in ("lr", "learning_rate")


def _tags(table: Table, rows: Rows) -> Mapping[str, Column]:
    """Curve columns under unique names."""
    tags: dict[str, Column] = {}
    for position, column in enumerate(table.columns, 1):
        if any(column is each for each in rows.used):
            continue
        if _setting(column) is not None and not csv_names.is_learning_rate(column.name):
            continue
        tag = column.name or f"column {position}"
        tags[tag if tag not in tags else f"{tag} (column {position})"] = column
    return tags


def _is_index(column: Column) -> bool:
    """Whether pandas wrote it: an unnamed column of row numbers."""
    if column.name and not column.name.startswith("Unnamed:"):
        return False
    return bool(np.array_equal(column.values, np.arange(len(column.values))))


def _wall_times(table: Table) -> tuple[FloatArray | None, Column | None]:
    by_name = {csv_names.normal(each.name): each for each in reversed(table.columns)}
    for name in csv_names.TIME_NAMES:
        column = by_name.get(name)
        if column is None or not column.numeric or column.text.any():
            continue
        values = column.values[column.measured]
        if np.isfinite(values).all() and (np.diff(values) >= 0).all():
            unit = 1000.0 if values[0] > _MILLISECONDS else 1.0
            return column.values / unit, column
    return None, None


def _over_epochs(table: Table, steps: IntArray, known: BoolArray) -> IntArray | None:
    """Steps since the start of training, where `steps` counts within an epoch."""
    by_name = {csv_names.normal(each.name): each for each in table.columns}
    epochs = next((by_name[n] for n in csv_names.EPOCH_NAMES if n in by_name), None)
    if epochs is None or not known.all() or not epochs.measured.all() or not len(steps):
        return None
    back = np.flatnonzero(np.diff(steps) < 0)
    turn = np.flatnonzero(epochs.values[1:] > epochs.values[:-1])
    if not len(turn) or not np.array_equal(back, turn):
        return None
    gaps = np.diff(steps)[np.diff(steps) > 0]
    gap = int(np.median(gaps)) if len(gaps) else 1
    offsets = np.zeros(len(steps), dtype=np.int64)
    offsets[back + 1] = steps[back] - steps[back + 1] + gap
    return steps + np.cumsum(offsets)

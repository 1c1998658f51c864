"""Charts exported from the W&B web page: a column `<run> - <metric>` for each run.

Charts of one folder that name the same run are parts of one trial. The page draws, and
so exports, at most a few hundred points a run: averages over buckets, whose extremes
stand in `…__MIN` and `…__MAX`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from advisor.loaders import csv_names
from advisor.loaders.csv_column import Column
from advisor.loaders.csv_curves import damaged_cells
from advisor.loaders.csv_kind import is_kind
from advisor.loaders.csv_table import Table, read_table
from advisor.model.curve import Axis, Curve, FloatArray, IntArray
from advisor.model.log import TrialLog

NAME = "wandb-chart-csv"
READS = "Chart exported from W&B as CSV (`<run> - <metric>`, `__MIN`, `__MAX`)"

_BOUNDS = ("__MIN", "__MAX")
_MILLISECONDS = 1e11


def claims(path: Path, head: bytes) -> bool:
    """Whether the header is an x axis and columns `<run> - <metric>`."""
    return is_kind("wandb-chart", path, head)


def load(path: Path) -> Iterator[TrialLog]:
    """A part of a trial for each run of the chart."""
    table = read_table(path)
    series = [each for each in table.columns[1:] if not each.name.endswith(_BOUNDS)]
    steps, times, axis, notes = _x_axis(table.columns[0])
    problems = (*table.problems, *damaged_cells(table))
    trials: dict[str, dict[str, tuple[Column, Curve]]] = {}
    for column in series:
        trial, metric = split_name(column.name)
        mask = column.measured & table.columns[0].measured
        at = None if times is None else times[mask]
        curve = Curve(steps[mask], column.values[mask], at, axis)
        _add(trials, trial, metric, (column, curve))
    for key, parts in trials.items():
        buckets = any(_is_bucketed(table, column) for column, _ in parts.values())
        yield TrialLog(
            location=path.parent,
            format=NAME,
            sources=(path,),
            key=key,
            display_name=key,
            curves={metric: curve for metric, (_, curve) in parts.items()},
            notes=(*_notes(key, buckets), *notes, *table.notes),
            problems=problems,
        )
        problems = ()


def split_name(name: str) -> tuple[str, str]:
    """Run and metric of a column, cut at the last ` - `: run names may hold others.

    A metric that holds ` - ` cannot be told from such a run name; what is shared by the
    columns does not help, because whatever they share, their last part is shared too.
    """
    run, _, metric = name.rpartition(" - ")
    return run, metric


def _add(
    trials: dict[str, dict[str, tuple[Column, Curve]]],
    trial: str,
    metric: str,
    part: tuple[Column, Curve],
) -> None:
    """W&B lets runs share a name: the second is told apart by a number."""
    number, key = 1, trial
    while metric in trials.setdefault(key, {}):
        number += 1
        key = f"{trial} ({number})"
    trials[key][metric] = part


def _x_axis(
    column: Column,
) -> tuple[IntArray, FloatArray | None, Axis, tuple[str, ...]]:
    name = csv_names.normal(column.name)
    values = np.where(np.isfinite(column.values), column.values, 0.0)
    if "time" in name:
        seconds = values / (1000.0 if values.max(initial=0.0) > _MILLISECONDS else 1.0)
        return np.floor(seconds).astype(np.int64), seconds, "time", ()
    if (values != np.floor(values)).any() or (np.abs(values) > 1 << 62).any():
        note = f"`{column.name}` holds fractions, so the rows are counted instead"
        return np.arange(len(values), dtype=np.int64), None, "row", (note,)
    axis: Axis = "epoch" if name in csv_names.EPOCH_NAMES else "step"
    return values.astype(np.int64), None, axis, ()


def _is_bucketed(table: Table, column: Column) -> bool:
    for each in _BOUNDS:
        bound = table.find(column.name + each)
        if bound is None:
            continue
        both = bound.measured & column.measured
        if not np.array_equal(bound.values[both], column.values[both], equal_nan=True):
            return True
    return False


def _notes(key: str, buckets: bool) -> Iterator[str]:
    if buckets:
        yield "points are averages over buckets of the chart (__MIN differs from __MAX)"
    else:
        yield "points of an exported chart may be a sample of those that were logged"
    if key.startswith("Group: "):
        yield "the mean of a group of trials, not one trial"

"""Which of the table layouts a delimited file has: decided once, by its content.

In order, the first that fits: Stable-Baselines monitor, W&B chart, W&B runs table, long
form (a trial column with repeating values), one row per trial, one row per step.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from advisor.errors import LogError
from advisor.loaders import csv_names
from advisor.loaders.csv_column import Column
from advisor.loaders.csv_table import Table, peek_table
from advisor.model.curve import FloatArray

Kind: TypeAlias = Literal[
    "sb3-monitor",
    "wandb-chart",
    "wandb-runs",
    "long-table",
    "trial-table",
    "training",
    "none",
]

SUFFIXES = (".csv", ".tsv")
LOG_NAMES = frozenset(
    {"progress", "metrics", "log", "logs", "results", "measurements", "history"}
    | {"eval_measurements", "training", "training_log", "train_log", "monitor"}
)
_WANDB_FRONT = frozenset(
    {"Runtime", "Created", "User", "Tags", "Notes", "Sweep", "Group", "ID", "Hostname"}
    | {"CreatedTimestamp", "JobType", "Job Type", "End Time", "Updated"}
)
_NAMES = csv_names.TRIAL_NAMES | {"name", "model", "method", "variant", "config", "id"}
_RAY = frozenset({"training_iteration", "time_this_iter_s", "trial_id"})


def is_kind(kind: Kind, path: Path, head: bytes) -> bool:
    """Whether the file at `path`, which begins with `head`, has that layout."""
    return path.suffix.lower() in SUFFIXES and _kind_of_file(path, head) == kind


@lru_cache(maxsize=64)
def _kind_of_file(path: Path, head: bytes) -> Kind:
    """`head` is part of the key, so that a rewritten file is looked at again."""
    try:
        return kind_of(peek_table(path))
    except LogError:
        return "training"  # whose `load` reports what is wrong


def kind_of(table: Table) -> Kind:
    """The layout of a table of which the first rows are known."""
    names = table.names
    if table.preamble.startswith("#{") and {"r", "l", "t"} <= set(names):
        return "sb3-monitor"
    if is_wandb_chart(names):
        return "wandb-chart"
    if {"Name", "State"} <= set(names) and _WANDB_FRONT & set(names):
        return "wandb-runs"
    if table.too_long and not len(table):
        return "none"  # header and rows belong to different tables
    steps = step_column(table)
    if trial_columns(table, steps):
        return "long-table"
    if _is_trial_table(table, steps):
        return "trial-table"
    if steps is not None and _has_curve(table, steps):
        return "training"
    plausible = any(csv_names.is_metric(name) for name in names)
    if plausible and not csv_names.holds_data(names) and not _labelled(table):
        return "training"
    return "training" if table.path.stem.lower() in LOG_NAMES else "none"


def is_wandb_chart(names: tuple[str, ...]) -> bool:
    """An x axis, then `<run> - <metric>`, `…__MIN` and `…__MAX` for every run."""
    series = [name for name in names[1:] if not name.endswith(("__MIN", "__MAX"))]
    if not series or not all(" - " in name for name in series):
        return False
    bounded = any(f"{name}__MIN" in names for name in series)
    axis = csv_names.normal(names[0])
    return bounded or axis in csv_names.STEP_NAMES or "time" in axis


def step_column(table: Table) -> Column | None:
    """The finest column that counts steps: named so, whole numbers, mostly rising."""
    by_name = {csv_names.normal(each.name): each for each in reversed(table.columns)}
    candidates = [
        by_name[name]
        for name in csv_names.STEP_NAMES
        if name in by_name and _counts(by_name[name])
    ]
    if candidates and csv_names.normal(candidates[0].name) == "batch":
        # `batch` counts within an epoch, unless nothing else counts.
        return candidates[-1]
    return candidates[0] if candidates else None


def trial_columns(table: Table, steps: Column | None) -> tuple[Column, ...]:
    """The columns that tell the trials of a long table apart."""
    if set(table.names) >= _RAY and steps is not None:
        trial = table.find("trial_id")
        if trial is None or trial.constant() is not None:
            return ()
    strong = _named(table, csv_names.TRIAL_NAMES)[:1]
    weak = _varied_weak(table)
    if steps is None:
        settings = [*weak, *(each for each in table.columns if _is_varied(each))]
        if not strong or strong[0].constant() is not None or not _repeats(strong[0]):
            return ()
        mixed = any(_varies_within(strong[0], each) for each in settings)
        return () if mixed else strong
    if strong and not (_repeats(strong[0]) or len(table) < 3):
        return ()
    for columns in (strong, (*strong, *weak), weak):
        if columns and _restarts_with(steps, columns):
            return columns
    return strong


def _varied_weak(table: Table) -> tuple[Column, ...]:
    return tuple(
        each
        for each in _named(table, csv_names.WEAK_TRIAL_NAMES)
        if each.constant() is None and _repeats(each)
    )


def _varies_within(trial: Column, column: Column) -> bool:
    return len(set(zip(trial.cells, column.cells, strict=True))) > len(set(trial.cells))


def _named(table: Table, names: frozenset[str]) -> tuple[Column, ...]:
    return tuple(
        each
        for each in table.columns
        if csv_names.normal(each.name) in names and each.present.any()
    )


def _counts(column: Column) -> bool:
    values = column.values[column.measured]
    if not column.numeric or not np.isfinite(values).all():
        return False
    if (values != np.floor(values)).any() or (np.abs(values) >= 1 << 62).any():
        return False
    if len(values) < 2:
        return True
    rises = np.diff(values)
    if csv_names.normal(column.name) in csv_names.BUDGET_NAMES:
        return bool((rises > 0).all())
    falling = np.count_nonzero(rises < 0)
    return bool((rises > 0).any() and falling <= (len(rises) - falling) / 2)


def _repeats(column: Column) -> bool:
    cells = [cell for cell in column.cells if cell]
    return len(set(cells)) < len(cells)


def _restarts_with(steps: Column, columns: tuple[Column, ...]) -> bool:
    """Steps repeat over the rows, but rise within one combination of `columns`."""
    last: dict[tuple[str, ...], float] = {}
    rows = zip(*(each.cells for each in columns), strict=True)
    for key, step in zip(rows, steps.values.tolist(), strict=True):
        if not step > last.get(key, -np.inf):
            return False
        last[key] = step
    return len(set(steps.values.tolist())) < len(steps.values)


def _is_trial_table(table: Table, steps: Column | None) -> bool:
    names = table.names
    if {"number", "value", "state"} <= set(names) or "mean_test_score" in names:
        return True
    named = csv_names.TRIAL_NAMES if steps else _NAMES
    unique = [each for each in _named(table, named) if not _repeats(each)]
    if csv_names.holds_data(names) or not any(map(csv_names.is_metric, names)):
        return bool(unique) and any(
            csv_names.CONFIGURATION_PREFIX.match(name) for name in names
        )
    if unique and (steps is None or len(table) > 1):
        return True
    varied = [each for each in table.columns if _is_varied_setting(each)]
    others = [each for each in varied if _is_varied(each)]
    if len(table) == 1 and steps is None:
        settings = filter(csv_names.is_setting, names)
        return any(not csv_names.is_learning_rate(name) for name in settings)
    if others:
        # A schedule may move momentum or weight decay too, but smoothly.
        return any(_jumps(each) for each in varied)
    ends = any(csv_names.normal(name) in csv_names.STATE_NAMES for name in names)
    return steps is None and (ends or any(_leaps(each.values) for each in varied))


def _is_varied_setting(column: Column) -> bool:
    if csv_names.normal(column.name) in csv_names.STEP_NAMES:
        return False
    return csv_names.is_setting(column.name) and column.constant() is None


def _is_dated(name: str) -> bool:
    return bool(csv_names.words(name) & {"date", "time", "timestamp", "datetime"})


def _is_varied(column: Column) -> bool:
    """The same, but for a learning rate: a schedule may vary that."""
    return _is_varied_setting(column) and not csv_names.is_learning_rate(column.name)


def _jumps(column: Column) -> bool:
    """Whether values go up and down from row to row, or are several words."""
    if not column.numeric:
        return bool(column.present.any())
    values = column.values[column.measured]
    if len(values) < 2:
        return False
    # Compared, not subtracted: two infinite neighbours have no difference.
    up, down = values[1:] > values[:-1], values[1:] < values[:-1]
    turns = np.count_nonzero(up[1:] & down[:-1] | down[1:] & up[:-1])
    return bool(len(values) < 6 or turns >= len(values) / 6)


def _leaps(values: FloatArray) -> bool:
    """Whether neighbours differ by a factor, as in a sweep and not in a schedule."""
    positive = values[np.isfinite(values) & (values > 0)]
    if len(positive) < 2:
        return False
    return bool(np.median(np.abs(np.diff(np.log(positive)))) > np.log(1.5))


def _has_curve(table: Table, steps: Column) -> bool:
    others = [each for each in table.columns if each is not steps]
    return any(each.numeric for each in others) or not len(table)


def _labelled(table: Table) -> bool:
    """Whether rows are labelled with words, as in a report by class."""
    first = table.columns[0]
    labelled = bool(first.text.any()) and not _is_dated(first.name)
    return labelled and first.constant() is None

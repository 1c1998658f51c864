"""Trials from the rows of a table, and which of its columns are what.

A column is a result if it holds numbers and is named like a metric, a cost (time,
memory, throughput) or the place where training stood (`best_epoch`, `_step`). Prefixes
such as `params_` and `config/` mark configuration and are dropped. Names, dates and
other book-keeping are neither. Everything else is configuration.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from advisor.loaders import csv_names
from advisor.loaders.csv_column import Column
from advisor.loaders.csv_names import CONFIGURATION_PREFIX, normal, words
from advisor.loaders.csv_table import Table
from advisor.loaders.trial_states import FLAGS, flagged_state, state_of
from advisor.model.log import State, TrialLog, Value
from advisor.safe_yaml import scalar

Role: TypeAlias = Literal["configuration", "result", "state", "flag", "neither"]

_COST_WORDS = frozenset(
    {"time", "seconds", "secs", "flops", "memory", "throughput", "latency", "fps"}
    | {"duration", "runtime", "parameters", "params"}
)
_PROGRESS = frozenset(
    {"_step", "step", "global_step", "epoch", "iteration", "training_iteration"}
    | {"best_epoch", "best_step", "trainer/global_step", "total_steps"}
)
_KEYS = ("number", *sorted(csv_names.TRIAL_NAMES), "name", "id")
_NOT_SET = frozenset({"", "NA", "N/A", "<NA>", "nan", "NaN"})


@dataclass(slots=True)
class _Row:
    """What one row says of its trial."""

    configuration: dict[str, Value] = field(default_factory=dict)
    results: dict[str, float] = field(default_factory=dict)
    state: State | None = None
    notes: list[str] = field(default_factory=list)


def trials_of(
    table: Table,
    *,
    format_name: str,
    key: Column | None,
    group: Column | None = None,
    known: Mapping[str, Role] | None = None,
) -> Iterator[TrialLog]:
    """A trial for each row; `known` roles, by column name, come before the rules."""
    roles = [
        (known or {}).get(column.name) or role_of(column, table, key)
        for column in table.columns
    ]
    problems = table.problems
    taken: set[str] = set()
    for row in range(len(table)):
        name = key.cells[row] if key is not None else ""
        found = _row(table.columns, roles, row)
        sweep = group.cells[row] if group is not None else ""
        yield TrialLog(
            location=table.path,
            format=format_name,
            sources=(table.path,),
            key=_unique(_key(key, name, row), taken),
            display_name=None if key is None or key.numeric else name or None,
            results=found.results,
            configuration=found.configuration,
            state=found.state,
            group=sweep or None,
            notes=(*table.notes, *found.notes),
            problems=problems,
        )
        problems = ()  # of the file: told once


def key_column(table: Table) -> Column | None:
    """The column that names the trials: the first known name with unique cells."""
    by_name = {normal(each.name): each for each in reversed(table.columns)}
    named = [by_name[name] for name in _KEYS if name in by_name]
    weak = [
        by_name[n] for n in ("model", "method", "variant", "config") if n in by_name
    ]
    for column in (*named, *(each for each in weak if not each.numeric)):
        cells = [cell for cell in column.cells if cell]
        if cells and len(set(cells)) == len(cells):
            return column
    return None


def role_of(column: Column, table: Table, key: Column | None) -> Role:
    """What a column is, by its name and whether it holds numbers."""
    name = normal(column.name)
    if CONFIGURATION_PREFIX.match(column.name):
        return "configuration"
    if name in csv_names.STATE_NAMES:
        return "state"
    if name in FLAGS:
        return "flag"
    if _is_objective(name, table) or (
        column.numeric and (csv_names.is_metric(column.name) or name in _PROGRESS)
    ):
        return "result"
    if _is_bookkeeping(name) or column is key:
        return "neither"
    if column.numeric and words(column.name) & _COST_WORDS:
        return "result"
    return "configuration"


def _is_objective(name: str, table: Table) -> bool:
    """Optuna: value, values_0 …, or the names that the study gave them."""
    return name.partition("_")[0] in ("value", "values") and "number" in table.names


def _is_bookkeeping(name: str) -> bool:
    return (
        not name
        or name in csv_names.MACHINERY
        or name in csv_names.TRIAL_NAMES
        or name == "number"
        or name.startswith(
            ("unnamed:", "datetime_", "system_attrs_", "rank_test", "_", "split")
        )
    )


def _row(columns: Sequence[Column], roles: Sequence[Role], row: int) -> _Row:
    found = _Row()
    for column, role in zip(columns, roles, strict=True):
        cell = column.cells[row]
        if role == "configuration":
            _configure(found, column.name, cell)
        elif role == "result":
            _measure(found, column, row)
        elif role != "neither" and cell:
            state = (
                state_of(cell)
                if role == "state"
                else flagged_state(normal(column.name), cell)
            )
            found.state = state or found.state
            if state not in (None, "finished", "running"):
                found.notes.append(f"{column.name}: {cell}")
    return found


def _configure(found: _Row, name: str, cell: str) -> None:
    value = scalar(cell) if cell not in _NOT_SET else math.nan
    if isinstance(value, float) and math.isnan(value):
        return
    name = CONFIGURATION_PREFIX.sub("", name, count=1)
    name = name.removeprefix("user_attrs_")
    found.configuration[name] = None if cell == "None" else value


def _measure(found: _Row, column: Column, row: int) -> None:
    name = column.name.removeprefix("user_attrs_")
    if column.measured[row]:
        found.results[name] = float(column.values[row])
    elif column.present[row] and (state := state_of(column.cells[row])):
        found.state = found.state or state  # the word `diverged` instead of a number
        found.notes.append(f"{name}: {column.cells[row]}")


def _key(column: Column | None, name: str, row: int) -> str:
    if column is None or not name:
        return f"row {row + 1}"
    if not column.numeric:
        return name
    return f"trial {name}" if column.name == "number" else f"{column.name} {name}"


def _unique(key: str, taken: set[str]) -> str:
    number, candidate = 1, key
    while candidate in taken:
        number += 1
        candidate = f"{key} ({number})"
    taken.add(candidate)
    return candidate

"""One table that holds many training curves: a trial column, a step column, metrics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from advisor.loaders.csv_column import Column
from advisor.loaders.csv_curves import (
    Rows,
    configuration_of,
    count_rows,
    curves_of,
    damaged_cells,
)
from advisor.loaders.csv_kind import is_kind, step_column, trial_columns
from advisor.loaders.csv_names import WEAK_TRIAL_NAMES, normal
from advisor.loaders.csv_table import Table, peek_table, read_table
from advisor.model.curve import BoolArray
from advisor.model.log import TrialLog, Value
from advisor.safe_yaml import scalar

NAME = "long-table"
READS = "CSV with a trial column and one row a step of each trial (long form)"


def claims(path: Path, head: bytes) -> bool:
    """Whether a column tells trials apart and its values repeat."""
    return is_kind("long-table", path, head)


def load(path: Path) -> Iterator[TrialLog]:
    """The trials in the order in which they first appear."""
    table = read_table(path)
    columns = _trial_columns(table)
    rows = count_rows(table)
    problems = (*table.problems, *damaged_cells(table))
    for key, index in _groups(columns).items():
        part = _part(table, index)
        counted = _recount(rows, columns, index, part)
        yield TrialLog(
            location=path,
            format=NAME,
            sources=(path,),
            key=key,
            curves=curves_of(part, counted),
            configuration={**_weak(columns, index), **configuration_of(part, counted)},
            notes=(*table.notes, *rows.notes),
            problems=problems,
        )
        problems = ()  # of the file: told once


def _trial_columns(table: Table) -> tuple[Column, ...]:
    """As the whole table says; where that is unclear, as its first rows said."""
    if found := trial_columns(table, step_column(table)):
        return found
    head = peek_table(table.path)
    names = {each.name for each in trial_columns(head, step_column(head))}
    return tuple(each for each in table.columns if each.name in names)


def _groups(columns: tuple[Column, ...]) -> dict[str, list[int]]:
    """Row numbers by trial; rows without a name for the trial are left out."""
    groups: dict[str, list[int]] = {}
    names = [column.name for column in columns]
    for row, cells in enumerate(zip(*(each.cells for each in columns), strict=True)):
        if all(cells):
            if len(cells) == 1:
                key = cells[0] if not _is_number(cells[0]) else f"{names[0]} {cells[0]}"
            else:
                pairs = zip(names, cells, strict=True)
                key = ", ".join(f"{name}={cell}" for name, cell in pairs)
            groups.setdefault(key, []).append(row)
    return groups


def _weak(columns: tuple[Column, ...], index: list[int]) -> dict[str, Value]:
    """What tells the trials apart and is a setting too, such as the seed."""
    return {
        each.name: scalar(each.cells[index[0]])
        for each in columns
        if normal(each.name) in WEAK_TRIAL_NAMES
    }


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()


def _part(table: Table, index: list[int]) -> Table:
    """The rows `index` of `table`."""
    columns = tuple(
        Column(
            each.name,
            [each.cells[row] for row in index],
            each.values[index],
            each.present[index],
            each.text[index],
        )
        for each in table.columns
    )
    return Table(table.path, columns, table.lines[index])


def _recount(
    rows: Rows, trials: tuple[Column, ...], index: list[int], part: Table
) -> Rows:
    """The same axis for one trial; without a step column its own rows are counted."""
    named = {column.name for column in (*rows.used, *trials)}
    same = tuple(column for column in part.columns if column.name in named)
    steps = rows.steps[index]
    if rows.axis == "row":
        steps = np.arange(len(index), dtype=np.int64)
    known: BoolArray = rows.known[index]
    times = None if rows.times is None else rows.times[index]
    return Rows(steps, known, rows.axis, same, times)

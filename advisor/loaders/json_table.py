"""Tables from JSON: lines of objects, an array of objects, or an object of arrays.

Nested entries become columns with `/` between the names, as Ray itself writes them to
progress.csv; arrays within a row and long texts are data and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from advisor.errors import LogError, Problem
from advisor.loaders.csv_column import column_of
from advisor.loaders.csv_table import MAX_COLUMNS, Table
from advisor.loaders.json_file import MAX_BYTES, parse_json, read_json
from advisor.safe_yaml import MAX_DEPTH

MAX_TEXT = 500  # characters of a cell
_TOLD = 3  # broken lines that are told one by one

Row = Mapping[str, Any]


def read_lines(path: Path, limit: int = MAX_BYTES) -> tuple[list[Row], Table]:
    """The objects of a file with one a line, and their table; only whole lines count.

    Raises:
        LogError: too large, no object at all, or too many columns.
    """
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        if limit == MAX_BYTES:
            found = Problem(path, f"at most {limit} bytes", "more", "split the file")
            raise LogError(found)
        content = content[: content.rfind(b"\n") + 1]
    rows: list[Row] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip(b" \t\r\0"):
            continue
        try:
            value = parse_json(line, path, line=number)
        except LogError as error:
            problems.append(error.problem)
            continue
        if isinstance(value, dict):
            rows.append(value)
            lines.append(number)
    if not rows:
        raise LogError(problems[0] if problems else _no_rows(path))
    return rows, table_of(path, rows, lines, tuple(problems[:_TOLD]))


def read_whole(path: Path) -> tuple[list[Row], Table]:
    """The rows of a file that is one JSON value: an array, or an object of arrays.

    Raises:
        LogError: not JSON, or neither of these.
    """
    value = read_json(path)
    if isinstance(value, dict):
        value = _transposed(value)
    rows: list[Row] = [row for row in value or () if isinstance(row, dict)]
    if not rows:
        raise LogError(_no_rows(path))
    return rows, table_of(path, rows, [1] * len(rows), ())


def _transposed(value: Mapping[str, Any]) -> list[Row]:
    """Keras' `history.history`: a list for each metric, all equally long."""
    lists = {name: each for name, each in value.items() if isinstance(each, list)}
    lengths = {len(each) for each in lists.values()}
    if len(lengths) != 1:
        return []
    return [
        dict(zip(lists, cells, strict=True))
        for cells in zip(*lists.values(), strict=True)
    ]


def table_of(
    path: Path, rows: Sequence[Row], lines: Sequence[int], problems: tuple[Problem, ...]
) -> Table:
    """The table of `rows`; an entry that a row lacks was not measured."""
    columns: dict[str, list[str]] = {}
    for position, row in enumerate(rows):
        for name, cell in _cells(row, "", 0):
            if name not in columns:
                if len(columns) >= MAX_COLUMNS:
                    raise LogError(_too_wide(path))
                columns[name] = [""] * position
            cells = columns[name]
            if len(cells) == position:  # of two equal names the first counts
                cells.append(cell)
        for cells in columns.values():
            if len(cells) == position:
                cells.append("")
    return Table(
        path,
        tuple(column_of(name, cells) for name, cells in columns.items()),
        np.array(lines, dtype=np.int64),
        problems=problems,
    )


def _cells(row: Row, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in row.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            # The configuration in Ray's rows is read for itself.
            if depth < MAX_DEPTH and not (depth == 0 and key == "config"):
                yield from _cells(value, f"{name}/", depth + 1)
        elif isinstance(value, str):
            if len(value) <= MAX_TEXT:
                yield name, value
        elif isinstance(value, bool | int | float):
            yield name, repr(value) if _is_short(value) else ""


def _is_short(value: float) -> bool:
    """Whether it can be written; Python refuses integers of thousands of digits."""
    return not isinstance(value, int) or abs(value) < 1 << 1024


def _no_rows(path: Path) -> Problem:
    return Problem(
        path,
        "JSON objects of metrics, one a step",
        "none",
        'write one object a line, such as {"step": 1, "loss": 0.5}',
    )


def _too_wide(path: Path) -> Problem:
    return Problem(
        path,
        f"at most {MAX_COLUMNS} different names",
        "more",
        "pass training curves, not data",
    )

"""JSON histories: one object a step, in lines or in an array, or an array a metric.

What the rows are is decided as for CSV, but more strictly: files of JSON lines are
mostly data, so a column must count steps, and there is no text of sentences.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from advisor.errors import LogError
from advisor.loaders.configuration_entries import flatten
from advisor.loaders.csv_column import Column
from advisor.loaders.csv_curves import (
    Rows,
    configuration_of,
    count_rows,
    curves_of,
    damaged_cells,
)
from advisor.loaders.csv_kind import LOG_NAMES, kind_of, step_column
from advisor.loaders.csv_names import SPLITS
from advisor.loaders.csv_table import Table
from advisor.loaders.json_table import Row, read_lines, read_whole
from advisor.loaders.surroundings import is_file, names_in, question
from advisor.model.curve import Curve
from advisor.model.log import TrialLog

NAME = "json-history"
READS = (
    "JSON histories: `*.jsonl`, `log.txt` and Detectron2 `metrics.json` with one object"
    " a step, Ray `result.json`, Keras' `history.history` as JSON"
)

_LINES = (".jsonl", ".ndjson")
_LINE_NAMES = frozenset({"result.json", "metrics.json", "log.txt"})
_WHOLE_NAMES = frozenset(
    {"history.json", "training_history.json", "train_history.json", "log.json"}
    | {"training_log.json", "train_log.json", "log_history.json"}
)
_STEMS = LOG_NAMES | {"result", "training_history", "train_history", "log_history"}
_PEEK = 64 << 10
_SENTENCE = 40  # characters; names of trials and optimizers are shorter


def claims(path: Path, head: bytes) -> bool:
    """Whether its first rows are metrics against steps."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if path.name in _WHOLE_NAMES and start in (b"{", b"["):
        return True
    if path.suffix not in _LINES and path.name not in _LINE_NAMES:
        return False
    if start != b"{":
        return False
    try:
        return _is_history(read_lines(path, _PEEK)[1])
    except (LogError, OSError):
        return False


def _is_history(table: Table) -> bool:
    steps = step_column(table)
    if steps is None or kind_of(table) != "training":
        return False
    numeric = [each for each in table.columns if each.numeric and each is not steps]
    return bool(numeric) and not any(map(_holds_sentences, table.columns))


def _holds_sentences(column: Column) -> bool:
    cells = [cell for cell in column.cells if cell]
    if column.numeric or not cells:
        return False
    return sum(map(len, cells)) > _SENTENCE * len(cells) and len(set(cells)) > 1


def load(path: Path) -> Iterator[TrialLog]:
    """The trial; nothing where Ray wrote the same to progress.csv.

    Raises:
        LogError: not JSON, or no rows.
    """
    if path.name == "result.json" and is_file(path.with_name("progress.csv")):
        return
    rows, table = _read(path)
    counted = count_rows(table)
    yield TrialLog(
        location=path.parent,
        format=NAME,
        sources=(path,),
        key=_key(path),
        curves=_curves(path, table, counted),
        configuration={**configuration_of(table, counted), **_stated(rows)},
        notes=counted.notes,
        problems=(*table.problems, *damaged_cells(table)),
    )


def _read(path: Path) -> tuple[list[Row], Table]:
    if path.name not in _WHOLE_NAMES:
        return read_lines(path)
    try:
        return read_whole(path)
    except LogError as error:
        try:
            rows, table = read_lines(path)
        except LogError:
            raise error from None
        if not _is_history(table):
            raise
        return rows, table


def _stated(rows: Sequence[Row]) -> Mapping[str, Any]:
    """The configuration that Ray repeats in every row."""
    stated = rows[-1].get("config")
    return dict(flatten(stated)) if isinstance(stated, dict) else {}


def _curves(path: Path, table: Table, rows: Rows) -> dict[str, Curve]:
    """Curves under their tags; `val/loss` for rows that say `"mode": "val"`."""
    if split := path.stem.lower() if path.stem.lower() in SPLITS else None:
        return {f"{split}/{tag}": each for tag, each in curves_of(table, rows).items()}
    modes = next((each for each in table.columns if _tells_splits(each)), None)
    if modes is None:
        return curves_of(table, rows)
    curves: dict[str, Curve] = {}
    for mode in dict.fromkeys(modes.cells):
        only = np.array([cell == mode for cell in modes.cells], dtype=np.bool_)
        prefix = f"{mode}/" if mode else ""
        for tag, curve in curves_of(table, rows, only=only).items():
            curves[prefix + tag] = curve
    return curves


def _tells_splits(column: Column) -> bool:
    cells = {cell.lower() for cell in column.cells if cell}
    return len(cells) > 1 and cells <= SPLITS


def _key(path: Path) -> str:
    """Empty for the only history of a folder, or one that is named like a log."""
    if path.stem.lower() in _STEMS | SPLITS:
        return ""
    return path.stem if _is_one_of_several(path) else ""


@question
def _is_one_of_several(path: Path) -> bool:
    others = [
        name
        for name, suffix in map(os.path.splitext, names_in(path.parent))
        if suffix in _LINES and name.lower() not in SPLITS
    ]
    return len(others) > 1

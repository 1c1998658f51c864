"""Stable-Baselines' monitor files: one row an episode, one file an environment.

The environments of a folder trained one policy together, so they are one trial: the
episodes in the order in which they ended, against the steps taken in all environments.
That is how Stable-Baselines itself plots them; steps of unfinished episodes are unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from advisor.errors import LogError
from advisor.loaders.csv_kind import is_kind
from advisor.loaders.csv_table import Table, read_table
from advisor.loaders.surroundings import is_file, names_in, question
from advisor.model.curve import Curve, FloatArray
from advisor.model.log import TrialLog

NAME = "sb3-monitor"
READS = "Stable-Baselines `monitor.csv`, all environments of a folder together"

_LONGEST = 1 << 40  # steps of an episode; longer ones are damage
_REWARD, _LENGTH, _TIME = "r", "l", "t"


def claims(path: Path, head: bytes) -> bool:
    """Whether it starts with `#{json}` and has the columns r, l and t."""
    return is_kind("sb3-monitor", path, head)


def load(path: Path) -> Iterator[TrialLog]:
    """The trial, with its first file; an empty part with each other file."""
    others = _environments(path)
    first = next(others)
    if path != first:
        note = f"its episodes are read together with {first.name}"
        yield TrialLog(path.parent, NAME, (path,), notes=(note,))
        return
    files = [first, *others]
    tables, problems = [], []
    for each in files:
        try:
            tables.append(read_table(each))
        except LogError as error:
            problems.append(error.problem)
    problems += [problem for table in tables for problem in table.problems]
    yield TrialLog(
        location=path.parent,
        format=NAME,
        sources=(path,),
        curves=_curves(tables),
        configuration=_environment(tables),
        notes=(f"episodes of {len(files)} environments",),
        problems=tuple(problems),
    )


def _environments(path: Path) -> Iterator[Path]:
    """The monitor files of the folder, by number."""
    for each in map(path.with_name, _monitors(path)):
        if each == path or is_file(each):
            yield each


@question
def _monitors(path: Path) -> tuple[str, ...]:
    names = {n for n in names_in(path.parent) if n.endswith("monitor.csv")}

    def order(name: str) -> tuple[int, str]:
        number = re.match(r"[0-9]{1,9}", name)
        return int(number[0]) if number else -1, name

    return tuple(sorted({*names, path.name}, key=order))


def _curves(tables: Sequence[Table]) -> dict[str, Curve]:
    lengths, ends = _join(tables, _LENGTH), _join(tables, _TIME)
    ends += np.concatenate(
        [np.full(len(table), _start(table)) for table in tables] or [np.zeros(0)]
    )
    whole = np.isfinite(lengths) & np.isfinite(ends)
    whole &= np.abs(lengths) < _LONGEST
    order = np.argsort(ends[whole], kind="stable")
    steps = np.cumsum(lengths[whole][order]).astype(np.int64)
    times = ends[whole][order]
    curves = {}
    for tag in (_REWARD, _LENGTH):
        values = _join(tables, tag)[whole][order]
        measured = _measured(tables, tag)[whole][order].astype(np.bool_)
        if measured.any():
            curves[tag] = Curve(steps[measured], values[measured], times[measured])
    return curves


def _join(tables: Sequence[Table], name: str) -> FloatArray:
    columns = [column for table in tables if (column := table.find(name)) is not None]
    return np.concatenate([column.values for column in columns] or [np.zeros(0)])


def _measured(tables: Sequence[Table], name: str) -> FloatArray:
    columns = [column for table in tables if (column := table.find(name)) is not None]
    return np.concatenate(
        [column.measured.astype(np.float64) for column in columns] or [np.zeros(0)]
    )


def _header(table: Table) -> dict[str, object]:
    try:
        data = json.loads(table.preamble.lstrip("#"))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _start(table: Table) -> float:
    start = _header(table).get("t_start")
    return float(start) if isinstance(start, int | float) else 0.0


def _environment(tables: Sequence[Table]) -> dict[str, str]:
    for table in tables:
        name = _header(table).get("env_id")
        if isinstance(name, str):
            return {"env_id": name}
    return {}

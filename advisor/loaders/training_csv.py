"""Tables with one row a step: Keras, Lightning, AlgoPerf, Ultralytics, Ray and others.

One folder is one trial, except where several files hold the same columns: then each
file is a trial, named by its stem (`lr_0.1.csv`, with `lr_0.1.yaml` beside it for its
configuration). `train.csv` and `val.csv` are one trial; their tags get that prefix.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from advisor.errors import LogError, Problem
from advisor.loaders import csv_names
from advisor.loaders.configuration import read_files
from advisor.loaders.csv_curves import (
    configuration_of,
    count_rows,
    curves_of,
    damaged_cells,
)
from advisor.loaders.csv_kind import LOG_NAMES, SUFFIXES, is_kind
from advisor.loaders.csv_table import Table, peek_table, read_table
from advisor.loaders.surroundings import is_file, names_in, question
from advisor.loaders.trial_states import state_of
from advisor.model.log import State, TrialLog

NAME = "training-csv"
READS = (
    "CSV with one row a step: Keras CSVLogger, Lightning metrics.csv, AlgoPerf and"
    " init2winit measurements.csv, Ultralytics results.csv, Ray progress.csv, any other"
)

_MOST_SIBLINGS = 16  # looked into, to see whether a folder holds one trial or several


def claims(path: Path, head: bytes) -> bool:
    """Whether the rows are steps of one trial, or the file is broken."""
    return is_kind("training", path, head)


def load(path: Path) -> Iterator[TrialLog]:
    """The trial, or that part of it that the file holds."""
    if _repeated_elsewhere(path):
        note = f"{path.name} repeats what measurements.csv holds"
        yield TrialLog(path.parent, NAME, (path,), notes=(note,))
        return
    table = read_table(path)
    rows = count_rows(table)
    key, prefix = _place(path, table)
    settings, sources, problems = read_files(_configurations(path) if key else ())
    curves = curves_of(table, rows)
    if not curves:
        problems = (*problems, _without_curves(table))
    yield TrialLog(
        location=path.parent,
        format=NAME,
        sources=(path, *sources),
        key=key,
        curves={prefix + tag: curve for tag, curve in curves.items()},
        configuration={**configuration_of(table, rows), **settings},
        state=_state_beside(path),
        notes=(*table.notes, *rows.notes),
        problems=(*table.problems, *damaged_cells(table), *problems),
    )


def _without_curves(table: Table) -> Problem:
    return Problem(
        table.path,
        "numbers below the header",
        "none" if not len(table) else "only text and empty cells",
        "the trial ended before it logged anything, or the file is no training log",
    )


def _repeated_elsewhere(path: Path) -> bool:
    """AlgoPerf writes its evaluations twice."""
    whole = path.with_name("measurements.csv")
    if path.name != "eval_measurements.csv" or not is_file(whole):
        return False
    try:
        return set(peek_table(path).names) <= set(peek_table(whole).names)
    except LogError:
        return False


def _place(path: Path, table: Table) -> tuple[str, str]:
    """Key of the trial in its folder, and prefix of the tags."""
    stem = path.stem
    if stem.lower() in LOG_NAMES:
        return "", ""
    words = re.split(r"[-_. ]", stem)
    for position in (0, -1):
        if words[position].lower() in csv_names.SPLITS:
            split = words.pop(position)
            rest = stem.replace(split, "", 1).strip("-_. ")
            own = any(csv_names.words(name) & csv_names.SPLITS for name in table.names)
            key = (
                "" if rest.lower() in LOG_NAMES | {"loss", "curve", "curves"} else rest
            )
            return key, "" if own else f"{split}/"
    return (stem if _shares_columns(path, table) else ""), ""


def _shares_columns(path: Path, table: Table) -> bool:
    """Whether another file of the folder holds the same metrics: another trial."""
    own = _metrics(table)
    for sibling in map(path.with_name, _siblings(path)):
        try:
            if is_file(sibling) and own & _metrics(peek_table(sibling)):
                return True
        except LogError:
            continue
    return False


@question
def _siblings(path: Path) -> tuple[str, ...]:
    """Some tables of the folder, those with names near that of `path`."""
    tables = [
        name
        for name in names_in(path.parent)
        if name.lower().endswith(SUFFIXES) and name != path.name
    ]
    at = bisect_left(tables, path.name)
    near = [*tables[max(0, at - 8) : at], *tables[at : at + 8]]
    return tuple(near[:_MOST_SIBLINGS])


def _metrics(table: Table) -> set[str]:
    names = {name for name in table.names if name}
    return {
        name
        for name in names
        if csv_names.normal(name) not in {*csv_names.STEP_NAMES, *csv_names.MACHINERY}
    }


def _configurations(path: Path) -> Iterator[Path]:
    for suffix in (".json", ".yaml", ".yml"):
        beside = path.with_suffix(suffix)
        if is_file(beside):
            yield beside


def _state_beside(path: Path) -> State | None:
    """init2winit: meta_data.json holds incomplete, done or diverged."""
    meta = path.with_name("meta_data.json")
    if path.name != "measurements.csv" or not is_file(meta):
        return None
    entries, _, _ = read_files([meta])
    return state_of(str(entries.get("status", "")))

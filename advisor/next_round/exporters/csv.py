"""The planned trials as a table: one row a training, one column a hyperparameter."""

from __future__ import annotations

import csv
import io

from advisor.model.log import Value
from advisor.model.next_round import NextRound

NAME = "csv"
SUFFIX = "csv"
TAKES = "any tool: the points and the repeats, each with its seed"


def export(next_round: NextRound) -> str:
    """Columns: trial, repeat_of, seed, then every hyperparameter that any row has."""
    trials = next_round.planned_trials
    names = list(dict.fromkeys(name for each in trials for name in each.values))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["trial", "repeat_of", "seed", *names])
    for each in trials:
        values = [_cell(each.values.get(name)) for name in names]
        writer.writerow([each.name, each.repeats or "", each.seed, *values])
    return file.getvalue()


def _cell(value: Value) -> str:
    """Empty where a row has no value; floats complete, as Python writes them."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)

"""Tables with one row a trial: hyperparameters and results as columns.

Optuna's `trials_dataframe`, Ray's `get_dataframe`, scikit-learn's `cv_results_`, and
tables that people keep themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from advisor.errors import LogError, Problem
from advisor.loaders.csv_kind import is_kind
from advisor.loaders.csv_table import read_table
from advisor.loaders.csv_trials import key_column, trials_of
from advisor.model.log import TrialLog

NAME = "trial-table"
READS = (
    "CSV with one row a trial: hyperparameters and results as columns (also Optuna,"
    " Ray and scikit-learn data frames)"
)


def claims(path: Path, head: bytes) -> bool:
    """Whether the rows are trials."""
    return is_kind("trial-table", path, head)


def load(path: Path) -> Iterator[TrialLog]:
    """A trial for each row."""
    table = read_table(path)
    if not len(table):
        raise LogError(
            Problem(path, "a row for each trial", "only a header", "add the trials")
        )
    yield from trials_of(table, format_name=NAME, key=key_column(table))

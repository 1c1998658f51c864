"""The runs table exported from the W&B web page: one row a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from advisor.errors import LogError, Problem
from advisor.loaders.csv_kind import is_kind
from advisor.loaders.csv_table import read_table
from advisor.loaders.csv_trials import Role, trials_of
from advisor.model.log import TrialLog

NAME = "wandb-runs-csv"
READS = "Runs table exported from W&B as CSV (Name, State, configuration, summary)"

# Columns of the page itself, whatever the user's own columns are called.
_PAGE = frozenset(
    {"Name", "ID", "Notes", "User", "Tags", "Created", "CreatedTimestamp", "Runtime"}
    | {"Sweep", "Group", "Job Type", "JobType", "Hostname", "End Time", "Updated"}
    | {"GPU Count", "GPU Type", "Commit", "Description", "Agent", "Host", "State"}
)


def claims(path: Path, head: bytes) -> bool:
    """Whether it has the page's columns Name and State and another of them."""
    return is_kind("wandb-runs", path, head)


def load(path: Path) -> Iterator[TrialLog]:
    """A trial for each row; the sweep, where there is one, is its group."""
    table = read_table(path)
    if not len(table):
        raise LogError(
            Problem(
                path, "a row for each run", "only a header", "export the table again"
            )
        )
    roles: dict[str, Role] = {
        name: "state" if name == "State" else "neither" for name in _PAGE
    }
    yield from trials_of(
        table,
        format_name=NAME,
        key=table.find("Name"),
        group=table.find("Sweep"),
        known=roles,
    )

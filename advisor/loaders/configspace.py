"""ConfigSpace's configspace.json: the declared search space of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem
from advisor.loaders.configuration_entries import plain_value
from advisor.loaders.declared import MOST_CHOICES, bound
from advisor.loaders.json_file import read_json
from advisor.model.log import Declaration
from advisor.model.search_space import Domain, Scale
from advisor.safe_yaml import MAX_BYTES

NAME = "configspace"
READS = "ConfigSpace `configspace.json` (SMAC, BOHB, DeepCAVE): bounds and scales"

_EXTRACTED = "auto extracted"  # by DeepCAVE, from the trials: no bounds of the search


def claims(path: Path, head: bytes) -> bool:
    """Whether it has that name."""
    return path.name == "configspace.json"


def load(path: Path) -> Iterator[Declaration]:
    """The domains, for all trials below the file's folder.

    Raises:
        LogError: not JSON, or without a list of hyperparameters.
    """
    data = read_json(path, limit=MAX_BYTES)
    entries = data.get("hyperparameters") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise LogError(_no_space(path))
    if _EXTRACTED in str(data.get("comment", "")):
        return
    domains = {
        each["name"]: domain
        for each in entries
        if isinstance(each, dict) and isinstance(each.get("name"), str)
        if (domain := _domain(each)) is not None
    }
    yield Declaration(path.parent, path, domains)


def _domain(entry: Mapping[str, Any]) -> Domain | None:
    for name in ("choices", "sequence"):  # categorical, ordinal
        if isinstance(values := entry.get(name), list):
            return Domain(choices=tuple(map(plain_value, values[:MOST_CHOICES])))
    if "value" in entry:
        return Domain(choices=(plain_value(entry["value"]),))
    lower, upper = bound(entry.get("lower")), bound(entry.get("upper"))
    if lower is None or upper is None or lower > upper:
        return None
    scale: Scale = "log" if entry.get("log") is True and lower > 0 else "linear"
    return Domain(lower, upper, scale=scale)


def _no_space(path: Path) -> Problem:
    return Problem(
        path,
        "a list `hyperparameters`",
        "none",
        "write the file with ConfigSpace's `to_json`",
    )

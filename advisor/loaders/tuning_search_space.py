"""AlgoPerf's tuning_search_space.json: the declared search space of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem
from advisor.loaders.declared import MOST_CHOICES, bound, choice, choices
from advisor.loaders.json_file import read_json
from advisor.model.log import Declaration
from advisor.model.search_space import Domain, Scale
from advisor.safe_yaml import MAX_BYTES

NAME = "tuning-search-space"
READS = "AlgoPerf `tuning_search_space.json`: bounds and scales of a search space"


def claims(path: Path, head: bytes) -> bool:
    """Whether it has that name."""
    return path.name == "tuning_search_space.json"


def load(path: Path) -> Iterator[Declaration]:
    """The domains, for all trials below the file's folder.

    Raises:
        LogError: not JSON, or an entry that is neither a range nor a list of points.
    """
    data = read_json(path, limit=MAX_BYTES)
    if isinstance(data, list):
        yield Declaration(path.parent, path, _domains_of_points(path, data))
        return
    if not isinstance(data, dict):
        raise _error(path, "a mapping by hyperparameter", type(data).__name__)
    domains = {name: _domain(path, name, entry) for name, entry in data.items()}
    yield Declaration(path.parent, path, domains, algorithm="quasi-random")


def _domain(path: Path, name: str, entry: Any) -> Domain:
    if isinstance(entry, Mapping) and "feasible_points" in entry:
        points = entry["feasible_points"]
        if isinstance(points, list):
            return Domain(choices=choices(points))
    elif isinstance(entry, Mapping) and {"min", "max"} <= entry.keys():
        lower, upper = bound(entry["min"]), bound(entry["max"])
        if lower is not None and upper is not None and lower <= upper:
            scale: Scale = "log" if entry.get("scaling") == "log" else "linear"
            return Domain(lower, upper, scale=scale)
    elif not isinstance(entry, Mapping | list):
        return Domain(choices=(choice(entry),))
    raise _error(
        path,
        f'`{name}`: {{"min": …, "max": …, "scaling": …}} or {{"feasible_points": […]}}',
        f"{entry}"[:80],
    )


def _domains_of_points(path: Path, points: list[Any]) -> dict[str, Domain]:
    """A list of whole configurations: each hyperparameter's values."""
    values: dict[str, dict[Any, None]] = {}
    for point in points[:MOST_CHOICES]:
        if not isinstance(point, dict):
            raise _error(path, "a list of mappings by hyperparameter", f"{point}"[:80])
        for name, value in point.items():
            values.setdefault(name, {})[choice(value)] = None
    return {name: Domain(choices=tuple(found)) for name, found in values.items()}


def _error(path: Path, expected: str, found: str) -> LogError:
    return LogError(Problem(path, expected, found, "mend the search space file"))

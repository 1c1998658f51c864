"""AlgoPerf's tuning_search_space.json: the declared search space of a study."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem
from advisor.model.log import Declaration, is_number
from advisor.model.search_space import Domain, Scale
from advisor.safe_yaml import MAX_BYTES

NAME = "tuning-search-space"
READS = "AlgoPerf `tuning_search_space.json`: bounds and scales of a search space"

_MAX_POINTS = 10_000


def claims(path: Path, head: bytes) -> bool:
    """Whether it has that name."""
    return path.name == "tuning_search_space.json"


def load(path: Path) -> Iterator[Declaration]:
    """The domains, for all trials below the file's folder.

    Raises:
        LogError: not JSON, or an entry that is neither a range nor a list of points.
    """
    data = _parse(path)
    if isinstance(data, list):
        yield Declaration(path.parent, path, _domains_of_points(path, data))
        return
    if not isinstance(data, dict):
        raise _error(path, "a mapping by hyperparameter", type(data).__name__)
    domains = {name: _domain(path, name, entry) for name, entry in data.items()}
    yield Declaration(path.parent, path, domains, algorithm="quasi-random")


def _parse(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _error(path, f"at most {MAX_BYTES} bytes", "more")
        return json.loads(content)
    except OSError as error:
        raise _error(path, "a readable file", str(error.strerror)) from error
    except (ValueError, RecursionError) as error:
        found = (
            error.msg if isinstance(error, json.JSONDecodeError) else "something else"
        )
        raise _error(path, "JSON", found) from error


def _domain(path: Path, name: str, entry: Any) -> Domain:
    if isinstance(entry, Mapping) and "feasible_points" in entry:
        points = entry["feasible_points"]
        if isinstance(points, list):
            return Domain(choices=tuple(map(_point, points[:_MAX_POINTS])))
    elif isinstance(entry, Mapping) and {"min", "max"} <= entry.keys():
        lower, upper = entry["min"], entry["max"]
        if _is_number(lower) and _is_number(upper) and lower <= upper:
            scale: Scale = "log" if entry.get("scaling") == "log" else "linear"
            return Domain(float(lower), float(upper), scale=scale)
    elif not isinstance(entry, Mapping | list):
        return Domain(choices=(_point(entry),))
    raise _error(
        path,
        f'`{name}`: {{"min": …, "max": …, "scaling": …}} or {{"feasible_points": […]}}',
        f"{entry}"[:80],
    )


def _domains_of_points(path: Path, points: list[Any]) -> dict[str, Domain]:
    """A list of whole configurations: each hyperparameter's values."""
    values: dict[str, dict[Any, None]] = {}
    for point in points[:_MAX_POINTS]:
        if not isinstance(point, dict):
            raise _error(path, "a list of mappings by hyperparameter", f"{point}"[:80])
        for name, value in point.items():
            values.setdefault(name, {})[_point(value)] = None
    return {name: Domain(choices=tuple(found)) for name, found in values.items()}


def _point(value: Any) -> bool | int | float | str | None:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return json.dumps(value)


def _is_number(value: Any) -> bool:
    number = is_number(value)
    return number and -1e300 < value < 1e300


def _error(path: Path, expected: str, found: str) -> LogError:
    return LogError(Problem(path, expected, found, "mend the search space file"))

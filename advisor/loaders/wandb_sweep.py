"""W&B sweep configurations: the search space, the objective and the search method.

The file that was passed to `wandb sweep`. What the agent writes for each run
(`sweep-<id>/config-<run>.yaml`) is one point, not a space, and is read with the run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from advisor.errors import LogError, Problem, ProblemError
from advisor.loaders.declared import bound, choice, choices
from advisor.loaders.surroundings import is_inside, question
from advisor.model.log import Declaration
from advisor.model.search_space import Domain, Scale
from advisor.safe_yaml import MAX_BYTES, Document, parse_yaml

NAME = "wandb-sweep"
READS = "W&B sweep YAML (`method`, `metric`, `parameters`): search space and objective"

_METHOD = re.compile(rb"^method:[ \t]*['\"]?(random|bayes|grid|custom)\b", re.M)
_PARAMETERS = re.compile(rb"^parameters:", re.M)
_SWEEP_FOLDER = re.compile(r"sweep-(.+)")
_LEVELS = 3  # folders above the file that are searched for `wandb/`

_LOG = frozenset({"log_uniform_values", "inv_log_uniform_values"})
_EXPONENTS = frozenset({"log_uniform", "inv_log_uniform"})  # bounds of the logarithm


def claims(path: Path, head: bytes) -> bool:
    """Whether it is YAML with a search method of W&B and with parameters."""
    if path.suffix not in (".yaml", ".yml"):
        return False
    if not (_METHOD.search(head) or _PARAMETERS.search(head)):
        return False
    if len(head) >= 4096:  # the other one may follow a long list
        with path.open("rb") as file:
            head = file.read(MAX_BYTES)
    return bool(_METHOD.search(head) and _PARAMETERS.search(head))


def load(path: Path) -> Iterator[Declaration]:
    """The declaration, for all runs below the folder that holds the file or `wandb/`.

    Raises:
        LogError: no YAML, or parameters that are no mapping.
    """
    document = _read(path)
    data = document.data
    parameters = data.get("parameters") if isinstance(data, dict) else None
    if not isinstance(parameters, dict):
        raise LogError(_no_mapping(document))
    metric = data.get("metric")
    named = metric.get("name") if isinstance(metric, dict) else None
    method = data.get("method")
    yield Declaration(
        location=_scope(path),
        source=path,
        domains=dict(_domains(parameters, document)),
        objective=named if isinstance(named, str) else None,
        goal=_goal(metric) if isinstance(metric, dict) else None,
        algorithm=method if isinstance(method, str) else None,
        group=_sweep_id(path),
    )


def _read(path: Path) -> Document:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    try:
        text = content.decode("utf-8-sig", "replace")
        return parse_yaml(text, path, trusted_author=False)
    except ProblemError as error:
        raise LogError(error.problem) from error


def _goal(metric: Mapping[str, Any]) -> Literal["minimize", "maximize"]:
    """W&B minimizes unless the file says otherwise."""
    return "maximize" if metric.get("goal") == "maximize" else "minimize"


def _sweep_id(path: Path) -> str | None:
    named = _SWEEP_FOLDER.fullmatch(path.parent.name)
    return named[1] if named else None


@question
def _scope(path: Path) -> Path:
    """The folder that holds the runs: that of `wandb/`, where it is near."""
    if _sweep_id(path):
        return path.parent.parent
    places = [path.parent, *path.parent.parents][: _LEVELS + 1]
    return next((each for each in places if _holds_wandb(each)), path.parent)


def _holds_wandb(folder: Path) -> bool:
    return is_inside(folder) and (folder / "wandb").is_dir()


def _domains(
    parameters: Mapping[str, Any], document: Document, prefix: str = ""
) -> Iterator[tuple[str, Domain]]:
    """Domains by dotted name; parameters without a distribution have none.

    Raises:
        LogError: an entry that W&B itself would refuse.
    """
    for name, entry in parameters.items():
        if not isinstance(entry, dict):
            place = ("parameters", name) if not prefix else ("parameters",)
            raise LogError(_no_distribution(document, place, f"{prefix}{name}"))
        inner = entry.get("parameters")
        if isinstance(inner, dict):
            yield from _domains(inner, document, f"{prefix}{name}.")
        elif (domain := _domain(entry)) is not None:
            yield f"{prefix}{name}", domain


def _domain(entry: Mapping[str, Any]) -> Domain | None:
    if "value" in entry:
        return Domain(choices=(choice(entry["value"]),))
    values = entry.get("values")
    if isinstance(values, list):
        return Domain(choices=choices(values))
    distribution = str(entry.get("distribution", "uniform"))
    family = distribution.removeprefix("q_")
    if family == "beta":
        return Domain(0.0, 1.0, scale="linear")
    if family in ("normal", "log_normal"):
        return Domain(scale="log" if family == "log_normal" else "linear")
    lower, upper = bound(entry.get("min")), bound(entry.get("max"))
    if lower is None or upper is None or lower > upper:
        return None
    if family in _EXPONENTS:
        if family == "inv_log_uniform":
            lower, upper = -upper, -lower
        if max(abs(lower), abs(upper)) > 700:
            return None  # beyond what a float can hold
        return Domain(math.exp(lower), math.exp(upper), scale="log")
    scale: Scale = "log" if family in _LOG and lower > 0 else "linear"
    return Domain(lower, upper, scale=scale)


def _no_mapping(document: Document) -> Problem:
    return document.problem(
        ("parameters",),
        expected="`parameters:` with a distribution for each name",
        found="something else",
        remedy="write `name: {min: 0.1, max: 1.0}` or `name: {values: [1, 2]}`",
    )


def _no_distribution(document: Document, place: tuple[str, ...], name: str) -> Problem:
    return document.problem(
        place,
        expected=f"a distribution for `{name}`",
        found="a bare value",
        remedy="write `value:`, `values:`, or `min:` and `max:` below it",
    )

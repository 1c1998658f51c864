"""DeepCAVE's recorder: history.jsonl, configs.json and meta.json of one study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem
from advisor.loaders.configuration_entries import flatten
from advisor.loaders.evaluations import Evaluation, trials_of
from advisor.loaders.json_file import read_json, read_json_lines
from advisor.loaders.surroundings import is_file
from advisor.model.log import Declaration, State, TrialLog, Value

NAME = "deepcave"
READS = "DeepCAVE's recorder: `history.jsonl` with `configs.json` and `meta.json`"

_STATES: Mapping[Any, State] = {
    1: "finished",
    2: "killed",  # out of time
    3: "failed",  # out of memory
    4: "crashed",
    5: "killed",  # aborted
}


def claims(path: Path, head: bytes) -> bool:
    """Whether its lines are arrays and both other files lie beside it."""
    return (
        path.name == "history.jsonl"
        and head.lstrip().startswith(b"[")
        and all(is_file(path.with_name(n)) for n in ("configs.json", "meta.json"))
    )


def load(path: Path) -> Iterator[TrialLog | Declaration]:
    """The trials; the first objective is the one that was searched for.

    Raises:
        LogError: one of the three files is broken.
    """
    objectives = _objectives(path.with_name("meta.json"))
    configurations = _configurations(path.with_name("configs.json"))
    lines, problems = read_json_lines(path)
    rows = [line for line in lines if isinstance(line, list) and len(line) >= 7]
    if not rows:
        raise LogError(_no_rows(path))
    if objectives:
        goals = {"upper": "maximize", "lower": "minimize"}
        name, better = objectives[0]
        yield Declaration(
            path.parent,
            path,
            objective=name,
            goal="maximize" if goals.get(better) == "maximize" else "minimize",
        )
    seeds = len({str(row[2]) for row in rows}) > 1
    names = [name for name, _ in objectives]
    evaluations = [_evaluation(row, names, configurations, seeds) for row in rows]
    yield from trials_of(
        (each for each in evaluations if each is not None), path, NAME, problems
    )


def _objectives(path: Path) -> list[tuple[str, str]]:
    """Name of each objective, and whether `upper` or `lower` is better."""
    data = read_json(path)
    entries = data.get("objectives") if isinstance(data, dict) else None
    return [
        (str(each.get("name")), str(each.get("optimize")))
        for each in (entries if isinstance(entries, list) else ())
        if isinstance(each, dict)
    ]


def _configurations(path: Path) -> dict[str, dict[str, Value]]:
    data = read_json(path)
    entries = data if isinstance(data, dict) else {}
    return {
        str(key): dict(flatten(each))
        for key, each in entries.items()
        if isinstance(each, dict)
    }


def _evaluation(
    row: Sequence[Any],
    names: Sequence[str],
    configurations: Mapping[str, Mapping[str, Value]],
    seeds: bool,
) -> Evaluation | None:
    """A row of [configuration, budget, seed, costs, start, end, status, more]."""
    number, budget, seed, costs, status = *row[:4], row[6]
    if not isinstance(budget, int | float) or not isinstance(costs, list):
        return None
    results = {
        name: float(cost)
        for name, cost in zip(names, costs, strict=False)
        if isinstance(cost, int | float) and abs(cost) < 1e300
    }
    key = f"config {number}" + (f", seed {seed}" if seeds else "")
    own = {"seed": seed} if seeds and isinstance(seed, int) else {}
    state = _STATES.get(status if isinstance(status, int) else None, "failed")
    return Evaluation(
        key,
        float(budget),
        results,
        state,
        {**configurations.get(str(number), {}), **own},
    )


def _no_rows(path: Path) -> Problem:
    return Problem(
        path,
        "lines of [configuration, budget, seed, costs, start, end, status, …]",
        "none",
        "pass the folder that DeepCAVE's recorder wrote",
    )

"""HpBandSter's results.json with configs.json: BOHB and Hyperband."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem
from advisor.loaders.configuration_entries import flatten
from advisor.loaders.evaluations import Evaluation, trials_of
from advisor.loaders.json_file import read_json_lines
from advisor.loaders.surroundings import is_file
from advisor.loaders.trial_states import state_of
from advisor.loaders.wandb_messages import numbers
from advisor.model.log import Declaration, State, TrialLog, Value

NAME = "hpbandster"
READS = "HpBandSter `results.json` with `configs.json` (BOHB, Hyperband)"

_CONFIGURATIONS = "configs.json"
_MOST_RESULTS = 200


def claims(path: Path, head: bytes) -> bool:
    """Whether it has that name, starts as such lists do, and has the other file."""
    return (
        path.name == "results.json"
        and head.lstrip().startswith(b"[[")
        and is_file(path.with_name(_CONFIGURATIONS))
    )


def load(path: Path) -> Iterator[TrialLog | Declaration]:
    """The trials; HpBandSter minimizes `loss`.

    Raises:
        LogError: no line is a result.
    """
    proposed, _ = read_json_lines(path.with_name(_CONFIGURATIONS))
    configurations = _configurations(proposed)
    lines, problems = read_json_lines(path)
    found = [
        evaluation
        for line in lines
        if (evaluation := _evaluation(line, configurations)) is not None
    ]
    if not found:
        raise LogError(_no_results(path))
    yield Declaration(
        path.parent,
        path,
        objective="loss",
        goal="minimize",
        algorithm="bayes" if any(map(_is_of_a_model, proposed)) else "random",
    )
    yield from trials_of(found, path, NAME, problems)


def _is_of_a_model(line: Any) -> bool:
    """Whether BOHB's model proposed it, and not chance as in plain Hyperband."""
    info = line[2] if isinstance(line, list) and len(line) > 2 else None
    return isinstance(info, dict) and info.get("model_based_pick") is True


def _configurations(lines: list[Any]) -> dict[str, dict[str, Value]]:
    """By identifier: lines of [identifier, configuration, where it came from]."""
    return {
        key: dict(flatten(line[1]))
        for line in lines
        if isinstance(line, list) and len(line) > 1 and isinstance(line[1], dict)
        if (key := _key(line[0])) is not None
    }


def _key(identifier: Any) -> str | None:
    """`config 0-0-3`: iteration, stage, number."""
    if not isinstance(identifier, list) or len(identifier) > 5:
        return None
    if not all(isinstance(each, int) for each in identifier):
        return None
    return "config " + "-".join(map(str, identifier))


def _evaluation(
    line: Any, configurations: Mapping[str, Mapping[str, Value]]
) -> Evaluation | None:
    """A line of [identifier, budget, times, result, exception]."""
    if not isinstance(line, list) or len(line) < 5:
        return None
    key, budget, result = _key(line[0]), line[1], line[3]
    if key is None or not isinstance(budget, int | float):
        return None
    entries = result if isinstance(result, dict) else {}
    info = entries.get("info")
    results = dict(numbers(("loss",), entries.get("loss")))
    for name, value in numbers((), info) if isinstance(info, dict) else ():
        if len(results) < _MOST_RESULTS:
            results.setdefault(name, value)
    stated = state_of(str(info.get("state", ""))) if isinstance(info, dict) else None
    state: State = "failed" if line[4] is not None or not entries else "finished"
    return Evaluation(
        key, float(budget), results, stated or state, configurations.get(key, {})
    )


def _no_results(path: Path) -> Problem:
    return Problem(
        path,
        "lines of [identifier, budget, times, result, exception]",
        "none",
        "pass the folder that HpBandSter's json_result_logger wrote",
    )

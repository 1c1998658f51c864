"""A W&B sweep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from advisor.model.next_round import NextRound
from advisor.model.search_space import Hyperparameter
from advisor.next_round.exporters import ExportError
from advisor.text import printable

NAME = "wandb"
SUFFIX = "wandb.yaml"
TAKES = "`wandb sweep FILE`; draws its own points, knows no regions and no conditions"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # of W&B's schema


def export(next_round: NextRound) -> str:
    """The sweep as YAML: random in exploration, Bayesian in exploitation."""
    exploring = next_round.phase == "exploration"
    sweep: dict[str, Any] = {
        "name": f"{next_round.study} round {next_round.round}",
        "method": "random" if exploring else "bayes",
    }
    if next_round.objective is not None:
        sweep["metric"] = {
            "name": next_round.objective.metric,
            "goal": next_round.objective.goal.value,
        }
    if next_round.trials:
        sweep["run_cap"] = next_round.trials
    sweep["parameters"] = _parameters(next_round)
    comments = "".join(f"# {printable(line)}\n" for line in _comments(next_round))
    body = yaml.safe_dump(sweep, sort_keys=False, allow_unicode=True)
    return comments + body


def _parameters(next_round: NextRound) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in next_round.searched:
        assert each.space is not None
        found[_checked(each.name)] = _parameter(each.space)
    for each in next_round.newly_fixed:
        found[_checked(each.name)] = {"value": each.value}
    return found


def _parameter(space: Hyperparameter) -> dict[str, Any]:
    if space.choices:
        return {"values": list(space.choices)}
    lower, upper = space.bounds
    if space.kind == "integer":
        ends = {"min": int(lower), "max": int(upper)}
        if space.scale == "log":
            return {"distribution": "q_log_uniform_values", "q": 1, **ends}
        return {"distribution": "int_uniform", **ends}
    kind = "log_uniform_values" if space.scale == "log" else "uniform"
    return {"distribution": kind, "min": float(lower), "max": float(upper)}


def _checked(name: str) -> str:
    if _NAME.fullmatch(name):
        return name
    raise ExportError(
        f"W&B takes names of letters, digits and `_.-`, found `{printable(name)}`; "
        "export to csv or shell instead"
    )


def _comments(next_round: NextRound) -> Iterator[str]:
    yield "A sweep draws its own points: those of the round are in the csv export."
    for region in next_round.constraints:
        yield f"Not expressed here, left out in the round: {region}"
    for each in next_round.searched:
        if each.condition is not None:
            values = ", ".join(map(str, each.condition.values))
            yield f"{each.name} only matters where {each.condition.parent} is {values}"

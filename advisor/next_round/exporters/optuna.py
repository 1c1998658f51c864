"""Optuna: distributions, points to enqueue, and the trials that were run, as JSON.

`docs/next-round.md` has the few lines that load it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from advisor.model.log import Value, is_number
from advisor.model.next_round import NextRound, PastTrial
from advisor.model.search_space import Hyperparameter

NAME = "optuna"
SUFFIX = "optuna.json"
TAKES = "distributions, enqueued points and past trials; regions are for your code"


def export(next_round: NextRound) -> str:
    """Everything that `study.add_trial`, `enqueue_trial` and `ask` take."""
    spaces = {
        each.name: each.space for each in next_round.searched if each.space is not None
    }
    distributions = {name: distribution(space) for name, space in spaces.items()}
    for each in next_round.newly_fixed:
        distributions[each.name] = _categorical([each.value])
    objective = next_round.objective
    past = (_trial(each, spaces) for each in next_round.past)
    data = {
        "study_name": f"{next_round.study} round {next_round.round}",
        "direction": objective.goal.value if objective is not None else "minimize",
        "n_trials": next_round.trials,
        "distributions": distributions,
        "enqueue": [dict(point) for point in next_round.points],
        "conditions": {
            each.name: {
                "parent": each.condition.parent,
                "values": list(each.condition.values),
            }
            for each in next_round.searched
            if each.condition is not None
        },
        "trials": [each for each in past if each is not None],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def distribution(space: Hyperparameter) -> dict[str, Any]:
    """As `optuna.distributions.json_to_distribution` reads it."""
    if space.choices:
        return _categorical(list(space.choices))
    lower, upper = space.bounds
    if space.kind == "integer":
        ends: dict[str, Any] = {"low": int(lower), "high": int(upper), "step": 1}
    else:
        ends = {"low": float(lower), "high": float(upper), "step": None}
    name = "IntDistribution" if space.kind == "integer" else "FloatDistribution"
    return {"name": name, "attributes": {"log": space.scale == "log", **ends}}


def _categorical(choices: list[Value]) -> dict[str, Any]:
    return {"name": "CategoricalDistribution", "attributes": {"choices": choices}}


def _trial(
    past: PastTrial, spaces: Mapping[str, Hyperparameter]
) -> dict[str, Any] | None:
    """A trial that was run; an infeasible one is pruned, which samplers learn from.

    Optuna refuses values outside a distribution, so each trial brings those that hold
    its values; a choice that is no longer offered is left out.
    """
    params, distributions = {}, {}
    for name, value in past.values.items():
        wide = _holding(spaces[name], value)
        if wide is not None:
            params[name], distributions[name] = value, wide
    usable = past.infeasible is not None or (
        past.finished and past.objective is not None
    )
    if not params or not usable:
        return None
    return {
        "params": params,
        "distributions": distributions,
        "state": "PRUNED" if past.infeasible is not None else "COMPLETE",
        "value": None if past.infeasible is not None else past.objective,
        "user_attrs": {"trial": past.name, "infeasible": past.infeasible},
    }


def _holding(space: Hyperparameter, value: Value) -> dict[str, Any] | None:
    made = distribution(space)
    if space.choices:
        return made if value in space.choices else None
    if not is_number(value) or (space.scale == "log" and value <= 0):
        return None
    if space.kind == "integer" and not float(value).is_integer():
        return None
    ends = made["attributes"]
    ends["low"], ends["high"] = min(ends["low"], value), max(ends["high"], value)
    return made

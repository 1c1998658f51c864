"""Keras Tuner: the configuration of its HyperParameters, as JSON."""

from __future__ import annotations

import json
from typing import Any

from advisor.model.log import Value
from advisor.model.next_round import NextRound
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter

NAME = "keras-tuner"
SUFFIX = "keras-tuner.json"
TAKES = "`HyperParameters.from_config(json.load(file))`; conditions, no regions"


def export(next_round: NextRound) -> str:
    """Space and defaults; the default is the first new point."""
    first = next_round.points[0] if next_round.points else {}
    every = (*next_round.searched, *next_round.newly_fixed)
    parents_first = sorted(every, key=lambda each: each.condition is not None)
    space = [_entry(each, first.get(each.name)) for each in parents_first]
    data = {"space": space, "values": {}}
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _entry(each: PlannedHyperparameter, default: Value) -> dict[str, Any]:
    conditions = []
    if each.condition is not None:
        parent = {
            "name": each.condition.parent,
            "values": _of_one_type(each.condition.values),
        }
        conditions = [{"class_name": "Parent", "config": parent}]
    common = {"name": each.name, "conditions": conditions}
    if each.space is None:
        config = {**common, "value": _plain(each.value)}
        return {"class_name": "Fixed", "config": config}
    kind, config = _config(each.space, default)
    return {"class_name": kind, "config": {**common, **config}}


def _config(space: Hyperparameter, default: Value) -> tuple[str, dict[str, Any]]:
    if space.choices:
        values = _of_one_type(space.choices)
        start = values[space.choices.index(default)] if default is not None else None
        return "Choice", {
            "default": start,
            "values": values,
            "ordered": space.ordered,
        }
    lower, upper = space.bounds
    ends: dict[str, Any] = {"default": default, "sampling": space.scale}
    if space.kind == "integer":
        whole = {"min_value": int(lower), "max_value": int(upper)}
        step = None if space.scale == "log" else 1
        return "Int", {**ends, **whole, "step": step}
    return "Float", {**ends, "min_value": lower, "max_value": upper, "step": None}


def _of_one_type(values: tuple[Value, ...]) -> list[Value]:
    """Keras Tuner wants choices of one type: words where they are mixed."""
    kinds = {type(value) for value in values}
    if len(kinds) == 1 and type(None) not in kinds:
        return list(values)
    if kinds == {int, float}:
        return [float(value) for value in values]  # type: ignore[arg-type]
    return [str(value) for value in values]


def _plain(value: Value) -> Value:
    return "None" if value is None else value

"""A Vizier study: the JSON form of its StudyConfig, or StudySpec, proto."""

from __future__ import annotations

import json
from typing import Any

from advisor.model.log import Value, is_number
from advisor.model.next_round import NextRound
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter

NAME = "vizier"
SUFFIX = "vizier.json"
TAKES = "`google.protobuf.json_format.Parse` into a StudySpec; conditions, no regions"


def export(next_round: NextRound) -> str:
    """Quasi-random search in exploration, Vizier's own choice in exploitation."""
    exploring = next_round.phase == "exploration"
    objective = next_round.objective
    data: dict[str, Any] = {
        "algorithm": "QUASI_RANDOM_SEARCH" if exploring else "DEFAULT",
        "parameters": [
            *(
                _with_children(each, next_round)
                for each in next_round.searched
                if each.condition is None
            ),
            *(
                {"parameterId": each.name, **_discrete_or_words((each.value,))}
                for each in next_round.newly_fixed
            ),
        ],
    }
    if objective is not None:
        goal = objective.goal.value.upper()
        data["metrics"] = [{"metricId": objective.metric, "goal": goal}]
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _with_children(
    each: PlannedHyperparameter, next_round: NextRound
) -> dict[str, Any]:
    assert each.space is not None
    made = {"parameterId": each.name, **_spec(each.space)}
    children = [
        {
            "parameterSpec": _with_children(child, next_round),
            "parentCategoricalValues": {
                "values": [_word(value) for value in child.condition.values]
            },
        }
        for child in next_round.searched
        if child.condition is not None and child.condition.parent == each.name
    ]
    if children:
        made["conditionalParameterSpecs"] = children
    return made


def _spec(space: Hyperparameter) -> dict[str, Any]:
    if space.choices:
        made = _discrete_or_words(space.choices)
    else:
        lower, upper = space.bounds
        if space.kind == "integer":
            ends = {"minValue": int(lower), "maxValue": int(upper)}
            made = {"integerValueSpec": ends}
        else:
            made = {"doubleValueSpec": {"minValue": lower, "maxValue": upper}}
    if space.ordered:
        log = space.scale == "log"
        made["scaleType"] = "UNIT_LOG_SCALE" if log else "UNIT_LINEAR_SCALE"
    return made


def _discrete_or_words(values: tuple[Value, ...]) -> dict[str, Any]:
    """Numbers are discrete values in order; anything else is a word."""
    numbers = [float(value) for value in values if is_number(value)]
    if len(numbers) == len(values):
        return {"discreteValueSpec": {"values": sorted(numbers)}}
    words = list(dict.fromkeys(map(_word, values)))
    return {"categoricalValueSpec": {"values": words}}


def _word(value: Value) -> str:
    return str(value)

"""AlgoPerf's and init2winit's tuning_search_space.json."""

from __future__ import annotations

import json
from typing import Any

from advisor.model.next_round import NextRound
from advisor.model.search_space import Hyperparameter

NAME = "algoperf"
SUFFIX = "tuning_search_space.json"
TAKES = "bounds, scales and feasible points; draws its own points, no regions"

_MOST_POINTS = 64


def export(next_round: NextRound) -> str:
    """A range or feasible points for everything that is searched or newly fixed."""
    data: dict[str, Any] = {
        each.name: _domain(each.space)
        for each in next_round.searched
        if each.space is not None
    }
    for each in next_round.newly_fixed:
        data[each.name] = {"feasible_points": [each.value]}
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _domain(space: Hyperparameter) -> dict[str, Any]:
    """Whole numbers are feasible points, because a range gives fractions."""
    if space.choices:
        return {"feasible_points": list(space.choices)}
    lower, upper = space.bounds
    if space.kind == "integer" and upper - lower < _MOST_POINTS:
        return {"feasible_points": list(range(int(lower), int(upper) + 1))}
    return {"min": lower, "max": upper, "scaling": space.scale}

"""next_round.yaml: the round as data, by the schema beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from advisor.model.log import Value
from advisor.model.next_round import NextRound
from advisor.model.planned_space import Change, PlannedHyperparameter
from advisor.model.search_space import Hyperparameter
from advisor.next_round.draft import only_value

FILE_NAME = "next_round.yaml"
VERSION = 1


def render(next_round: NextRound) -> str:
    """The whole round; docs/next-round.md explains every key."""
    return yaml.safe_dump(
        as_data(next_round), sort_keys=False, allow_unicode=True, width=100
    )


def as_data(next_round: NextRound) -> dict[str, Any]:
    """Plain data for YAML."""
    objective, sequence = next_round.objective, next_round.sequence
    return {
        "version": VERSION,
        "study": next_round.study,
        "round": next_round.round,
        "phase": next_round.phase,
        "objective": objective
        and {"metric": objective.metric, "goal": objective.goal.value},
        "trials": {
            "new": len(next_round.points),
            "wanted": next_round.trials,
            "reason": next_round.trials_reason,
            "repeats": sum(each.more for each in next_round.repeats),
            "learned": _learned(next_round),
        },
        "hyperparameters": {
            each.name: _hyperparameter(each) for each in next_round.hyperparameters
        },
        "plan": {
            each.name: {
                "before": each.before,
                "after": each.after,
                "changes": _changes(each.changes),
            }
            for each in next_round.quantities
        },
        "repeats": [
            {
                "trial": each.trial,
                "more": each.more,
                "configuration": dict(each.configuration),
                "changes": _changes([each.change]),
            }
            for each in next_round.repeats
        ],
        "constraints": [
            {
                "left_out": str(each),
                "powers": dict(each.powers),
                "above": each.above,
                "below": each.below,
                "changes": _changes([each.change]),
            }
            for each in next_round.constraints
        ],
        "points": [dict(each) for each in next_round.points],
        "sequence": {
            "seed": sequence.seed,
            "first": sequence.first,
            "used": sequence.used,
            "dimensions": list(sequence.dimensions),
        },
        **_reasons(next_round),
    }


def _learned(next_round: NextRound) -> dict[str, Any] | None:
    """How many of the points, the first ones, were chosen by what was learned."""
    learned = next_round.learned
    if learned is None:
        return None
    return {
        "points": len(learned.points),
        "by": learned.by,
        "from_trials": learned.trials,
        "pairs_in_order": learned.in_order and round(learned.in_order, 3),
    }


def _reasons(next_round: NextRound) -> dict[str, Any]:
    return {
        "conflicts": [
            {
                "target": each.target,
                "asked": each.asked,
                "finding": each.finding,
                "because": each.because,
                "winner": each.winner or None,
            }
            for each in next_round.conflicts
        ],
        "findings": {
            each.id: {"rule": each.rule, "message": each.message, "link": each.link}
            for each in next_round.causes.values()
        },
        "questions": [
            {
                "fact": each.fact,
                "question": each.question,
                "because": each.because,
                "example": each.example,
            }
            for each in next_round.questions
        ],
        "notes": list(next_round.notes),
    }


def _hyperparameter(each: PlannedHyperparameter) -> dict[str, Any]:
    made: dict[str, Any] = {"role": each.role}
    made |= _range_or_value(each.space, each.value)
    before = each.before
    if before is None:
        made["before"] = None
    elif before.varies:
        made["before"] = {"name": before.name, **_range_or_value(before, None)}
    else:
        made["before"] = {"name": before.name, "value": only_value(before)}
    if each.condition is not None:
        made["condition"] = {
            "parent": each.condition.parent,
            "values": list(each.condition.values),
        }
    made["changes"] = _changes(each.changes)
    return made


def _range_or_value(space: Hyperparameter | None, value: Value) -> dict[str, Any]:
    if space is None:
        return {"value": value}
    if not space.ordered:
        return {"choices": list(space.choices)}
    lower, upper = space.bounds
    whole = space.kind == "integer"
    made: dict[str, Any] = {
        "lower": int(lower) if whole else lower,
        "upper": int(upper) if whole else upper,
        "scale": space.scale,
        "kind": space.kind,
    }
    return {**made, "choices": list(space.choices)} if space.choices else made


def _changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [
        {
            "what": each.what,
            "finding": each.finding or None,
            "reason": each.reason,
        }
        for each in changes
    ]

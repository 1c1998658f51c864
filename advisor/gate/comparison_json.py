"""A comparison as JSON; docs/comparing.md says what the fields mean."""

from __future__ import annotations

import json
import math
from typing import Any

from advisor.engine.adoption import Answer
from advisor.gate import comparison_words as words
from advisor.gate.comparison import Comparison
from advisor.gate.comparison_side import Side

VERSION = 1


def as_json(comparison: Comparison) -> str:
    """Everything that the text says, and the numbers behind it."""
    objective = comparison.incumbent.objective
    data = {
        "version": VERSION,
        "verdict": comparison.verdict.value,
        "headline": words.headline(comparison),
        "gain": comparison.gain,
        "min_gain": comparison.min_gain,
        "more_repeats": dict(comparison.more),
        "objective": {
            "metric": objective.metric,
            "goal": objective.goal.value,
            "split": objective.split,
            "selection": objective.selection,
        },
        "sides": [
            _side(side, row)
            for side, row in zip(
                (comparison.candidate, comparison.incumbent),
                words.rows(comparison),
                strict=True,
            )
        ],
        "answers": [_answer(each) for each in comparison.answers],
        "next": list(words.next_steps(comparison)),
        "notices": list(comparison.notices),
    }
    return json.dumps(_plain(data), indent=2, ensure_ascii=False) + "\n"


def _side(side: Side, row: words.Row) -> dict[str, Any]:
    return {
        "name": side.name,
        "configurations_tried": side.tried,
        "configuration": dict(side.configuration),
        "mean": row.mean,
        "std": row.std,
        "trials": [
            {"name": trial.name, "seed": trial.seed, "result": result}
            for trial, result in zip(side.trials, row.results, strict=True)
        ],
        "left_out": dict(side.left_out),
        "infeasible": {each.name: str(each.infeasibility) for each in side.infeasible},
    }


def _answer(answer: Answer) -> dict[str, Any]:
    found = answer.finding.evidence if answer.finding is not None else ()
    return {
        "question": answer.question,
        "rule": answer.rule or None,
        "outcome": answer.outcome.value,
        "decision": answer.decision,
        "said": answer.said,
        "evidence": {each.name: each.value for each in found},
    }


def _plain(value: Any) -> Any:
    """JSON has no infinity: such numbers become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value

"""Studies made for the tests of the next round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.model.search_space import SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial

from .findings import SPACE

ROWS: tuple[Mapping[str, Any], ...] = tuple(
    {
        "lr": lr,
        "momentum": momentum,
        "batch_size": size,
        "optimizer": name,
        "dropout": 0.1,
    }
    for lr, momentum, size, name in (
        (0.01, 0.9, 64, "adam"),
        (0.001, 0.95, 32, "sgd"),
        (0.05, 0.85, 128, "adam"),
        (0.09, 0.98, 32, "sgd"),
        (0.0002, 0.81, 64, "sgd"),
    )
)


def study(
    rows: Sequence[Mapping[str, Any]] = ROWS,
    *,
    space: SearchSpace = SPACE,
    goal: Goal = Goal.MINIMIZE,
    infeasible: Sequence[int] = (3,),
    last_step: int | None = 1000,
    facts: Mapping[str, Any] | None = None,
    algorithm: str | None = None,
) -> Study:
    """The first row is the best; trial i has error 0.1 + i."""
    trials = tuple(
        Trial(
            f"trial-{i}",
            hyperparameters=row,
            error=None if i in infeasible else 0.1 + i,
            last_step=last_step,
            infeasibility=(
                Infeasibility("diverged", "loss is NaN") if i in infeasible else None
            ),
        )
        for i, row in enumerate(rows)
    )
    return Study(
        "search",
        trials,
        Objective("val/loss", goal),
        space,
        algorithm,
        facts or {},
    )

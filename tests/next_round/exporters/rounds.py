"""Next rounds made for the tests of exporters and renderers."""

from __future__ import annotations

from dataclasses import replace

from advisor.model.next_round import NextRound
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal
from advisor.next_round.plan import Wishes, next_round

from ..findings import (
    batch_size,
    constant,
    finding,
    learning_rate,
    momentum,
    optimizer,
)
from ..studies import study

HOSTILE = "$(touch pwned) `x` | '; \"\\ ::error:: <b>"
WIDTH = Hyperparameter("width", "integer", 16, 512, "log")
NESTEROV = Hyperparameter("nesterov", "categorical", choices=(False, True))


def rich(goal: Goal = Goal.MINIMIZE) -> NextRound:
    """Everything there is: all kinds, a change of each sort, repeats, a condition."""
    rows = [
        {
            "lr": 0.01,
            "optimizer": "adam",
            "batch_size": 64,
            "width": 64,
            "dropout": 0.1,
        },
        {
            "lr": 0.02,
            "optimizer": "adam",
            "batch_size": 32,
            "width": 32,
            "dropout": 0.1,
        },
        {"lr": 0.09, "optimizer": "sgd", "batch_size": 32, "width": 99, "dropout": 0.1},
        {
            "lr": 0.05,
            "optimizer": "sgd",
            "batch_size": 128,
            "width": 16,
            "dropout": 0.1,
        },
    ]
    for i, row in enumerate(rows):
        row["nesterov"] = i % 2 == 0
        if i > 1:
            row["momentum"] = 0.9 + i / 100
    space = SearchSpace(
        (
            learning_rate(),
            momentum(),
            optimizer(),
            batch_size(),
            WIDTH,
            NESTEROV,
            constant("dropout", 0.1, limits=(0.0, 1.0)),
        )
    )
    of = study(rows, space=space, goal=goal, infeasible=(2,))
    return next_round(
        of,
        [
            finding("boundary", ("widen", "lr", {"side": "upper", "to": 1})),
            finding("unstable", ("narrow", "lr", {"side": "upper", "to": 0.07})),
            finding("narrow", ("widen", "lr", {"side": "lower", "to": 1e-5})),
            finding("slow", ("fix", "batch_size", {"value": 64})),
            finding("overfits", ("free", "dropout", {"lower": 0.0, "upper": 0.5})),
            finding("lucky", ("repeat", "trial-0", {"repeats": 3})),
            finding("short", ("multiply", "max_train_steps", {"factor": 1.5})),
            finding("region", ("exclude", "lr", {"above": 20, "times": {"width": 1}})),
        ],
        {"boundary": "The best trials sit at the edge."},
        wishes=Wishes(trials=12),
    )


def hostile() -> NextRound:
    """Names and values from logs that would like to be more than text."""
    space = SearchSpace(
        (
            learning_rate(),
            Hyperparameter(HOSTILE, "categorical", choices=(HOSTILE, "-rf", "a\nb")),
        )
    )
    rows = [{"lr": 0.01, HOSTILE: HOSTILE}, {"lr": 0.02, HOSTILE: "-rf"}]
    of = replace(study(rows, space=space, infeasible=(1,)), name=HOSTILE)
    again = finding("lucky", ("repeat", "trial-0", {"repeats": 3}))
    return next_round(of, [again], {}, wishes=Wishes(trials=6))

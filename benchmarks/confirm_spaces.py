"""Planted truths about search spaces: settings without effect, and parts that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.workloads.workload import find_workload
from benchmarks.confirm_plants import Plant

_SHORT: dict[str, Any] = {"max_train_steps": 300, "eval_every": 10}
_ADAM = _SHORT | {"optimizer": "adam"}
_TRIALS = 64
Case = tuple[str, dict[str, Any], Mapping[str, tuple[float, float]]]
"""A workload, what differs from its healthy configuration, and ranges (log)."""

_RATE = (3e-3, 0.3)
_ADAM_RATE = (1e-4, 0.03)
INERT: tuple[Case, ...] = tuple(
    (workload, changes, {"learning_rate": rates, name: limits})
    for workload in ("digits", "regression")
    for changes, rates, name, limits in (
        (_SHORT, _RATE, "weight_decay", (1e-9, 1e-6)),
        (_SHORT, _RATE, "clip_norm", (1e3, 1e5)),
        (_SHORT | {"schedule": "linear"}, _RATE, "weight_decay", (1e-8, 1e-6)),
        (_ADAM, _ADAM_RATE, "epsilon", (1e-12, 1e-9)),
        (_ADAM, _ADAM_RATE, "clip_norm", (1e3, 1e5)),
        (_ADAM, _ADAM_RATE, "weight_decay", (1e-9, 1e-7)),
        (_ADAM | {"beta1": 0.8}, _ADAM_RATE, "epsilon", (1e-13, 1e-10)),
        (_SHORT | {"momentum": 0.8}, _RATE, "clip_norm", (1e3, 1e6)),
        (_SHORT | {"optimizer": "momentum"}, _RATE, "weight_decay", (1e-9, 1e-7)),
        (_SHORT | {"schedule": "linear"}, _RATE, "clip_norm", (1e3, 1e5)),
        (_ADAM | {"schedule": "linear"}, _ADAM_RATE, "clip_norm", (1e3, 1e5)),
        (_ADAM | {"beta2": 0.99}, _ADAM_RATE, "weight_decay", (1e-9, 1e-7)),
    )
)
"""A learning rate that decides, and a setting that is too small or too large to act.

About half of these studies are enough for the rule to say so.
"""


_BRIEF: dict[str, Any] = {"max_train_steps": 200, "eval_every": 10}
_BRIEF |= {"schedule": "constant", "dropout": 0.0}
EARLY: tuple[Case, ...] = tuple(
    ("deep", _BRIEF | changes, {"learning_rate": rates})
    for changes, rates in (
        ({}, (0.015, 0.08)),
        ({"schedule": "cosine"}, (0.015, 0.08)),
        ({"schedule": "linear"}, (0.015, 0.08)),
        ({"optimizer": "momentum"}, (0.015, 0.08)),
        ({"momentum": 0.8}, (0.03, 0.15)),
        ({"momentum": 0.95}, (0.01, 0.04)),
        ({"weight_decay": 0.001}, (0.015, 0.08)),
        ({"batch_size": 32}, (0.015, 0.08)),
        ({"batch_size": 32, "schedule": "linear"}, (0.015, 0.08)),
        ({"width": 48}, (0.015, 0.08)),
        ({"activation": "gelu"}, (0.015, 0.08)),
        ({"optimizer": "sgd"}, (0.15, 0.8)),
    )
)
"""Rates that train with a warmup and break at once without."""


def space_plants() -> Iterator[Plant]:
    """Settings without effect, and divergences that a warmup would have prevented."""
    yield from _inert()
    for i, case in enumerate(EARLY):
        trials = _search(case, seed=50 + i, count=48)
        for j, name in enumerate(trials):
            trials[name] = replace(trials[name], warmup_steps=20 * (j % 2))
        yield Plant("warmup-plan", True, f"early-{i}", trials)


def _inert() -> Iterator[Plant]:
    """The setting makes no difference, and the learning rate does."""
    rule = "insensitive-hyperparameter"
    for i, case in enumerate(INERT):
        trials = _search(case, seed=i)
        yield Plant(rule, True, f"inert-{i}", trials)
        yield Plant(rule, False, f"inert-{i}", trials)


def _search(
    case: Case, seed: int, count: int = _TRIALS
) -> dict[str, TrialConfiguration]:
    """Values evenly on a log scale, each in an order of its own."""
    workload, changes, ranges = case
    rng = np.random.default_rng(100 + seed)
    columns = {
        name: low
        * (high / low) ** ((rng.permutation(count) + rng.random(count)) / count)
        for name, (low, high) in ranges.items()
    }
    healthy = replace(find_workload(workload).healthy, checkpoints_kept=0, **changes)
    return {
        f"trial-{i:02}": replace(
            healthy,
            seed=i,
            data_seed=i,
            **{name: float(f"{column[i]:.4g}") for name, column in columns.items()},
        )
        for i in range(count)
    }

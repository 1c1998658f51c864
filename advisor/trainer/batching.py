"""Which trials can train together, and their settings side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.optimizers import FIRST_SLOTS
from advisor.trainer.problem import Problem
from advisor.trainer.step import Settings, State, Uses
from advisor.trainer.tensor import Array

MOST_TOGETHER = 32
_OWN: Mapping[str, Any] = {
    "learning_rate": 0.0,
    "momentum": 0.0,
    "beta1": 0.0,
    "beta2": 0.0,
    "rho": 0.0,
    "epsilon": 0.0,
    "schedule": "constant",
    "warmup_steps": 0,
    "decay_fraction": 1.0,
    "end_factor": 0.0,
    "step_factor": 0.0,
    "step_interval": 0.0,
    "clip_norm": None,
    "weight_decay": 0.0,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "averaging_decay": 0.0,
    "initialization_scale": 1.0,
    "seed": 0,
    "data_seed": 0,
    "checkpoints_kept": 0,
}
"""What may differ between the trials of a batch, and what stands in for it."""


def in_common(configuration: TrialConfiguration) -> TrialConfiguration:
    """The part of a configuration that trials must share to train together."""
    return replace(configuration, **_OWN)


def batches(
    configurations: Mapping[str, TrialConfiguration], most: int = MOST_TOGETHER
) -> list[tuple[str, ...]]:
    """Names of trials that train together, at most `most` each, in order."""
    groups: dict[TrialConfiguration, list[str]] = {}
    for name, configuration in configurations.items():
        groups.setdefault(in_common(configuration), []).append(name)
    return [
        tuple(names[i : i + most])
        for names in groups.values()
        for i in range(0, len(names), most)
    ]


def uses_of(configurations: Sequence[TrialConfiguration]) -> Uses:
    """What must be compiled because some trial needs it."""
    return Uses(
        **{
            each.name: any(getattr(trial, each.name) for trial in configurations)
            for each in fields(Uses)
        }
    )


def settings_of(configurations: Sequence[TrialConfiguration]) -> Settings:
    """The numbers of M trials side by side."""

    def numbers(name: str) -> Any:
        values = [getattr(trial, name) for trial in configurations]
        absent = np.inf  # only `clip_norm` may be absent: nothing is clipped
        return tf.constant([absent if v is None else v for v in values], tf.float32)

    seeds = [trial.data_seed % 2**32 for trial in configurations]
    names = [name for name in Settings._fields if name != "keys"]
    return Settings(
        **{name: numbers(name) for name in names},
        keys=tf.constant(np.array(seeds, np.uint32)),
    )


def first_state(
    problem: Problem, configurations: Sequence[TrialConfiguration], uses: Uses
) -> State:
    """Initial weights of M trials side by side, and what goes with them."""
    initial = [problem.initialize(trial) for trial in configurations]
    weights, statistics = (
        {
            name: tf.constant(_stacked([each[i][name] for each in initial]))
            for name in first
        }
        for i, first in enumerate(initial[0])
    )
    state: State = {
        "weights": weights,
        "statistics": statistics,
        "averages": dict(weights) if uses.averaging_decay else {},
    }
    for i, value in enumerate(FIRST_SLOTS[configurations[0].optimizer]):
        state[f"slot_{i}"] = {
            name: tf.fill(weight.shape, value) for name, weight in weights.items()
        }
    return state


def _stacked(arrays: Sequence[Array]) -> Array:
    return np.stack(arrays)

"""Short trials of the digits, and a way to train some without writing logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from advisor.trainer.batching import in_common
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.history import History
from advisor.trainer.loop import train_batch
from advisor.trainer.problem import BundledProblem
from advisor.trainer.workloads.workload import find_workload

SMALL = TrialConfiguration(
    workload="digits",
    max_train_steps=60,
    batch_size=16,
    learning_rate=0.03,
    width=16,
    depth=2,
    train_examples=300,
    validation_examples=100,
    eval_every=20,
)


def small(**settings: Any) -> TrialConfiguration:
    return replace(SMALL, **settings)


def healthy(name: str, **settings: Any) -> TrialConfiguration:
    return replace(find_workload(name).healthy, **settings)


def trained(configurations: Sequence[TrialConfiguration]) -> list[History]:
    """Histories of trials that train in one batch."""
    first = configurations[0]
    workload = find_workload(first.workload)
    problem = BundledProblem(workload, in_common(first))
    data = workload.examples(first)
    return list(train_batch(problem, configurations, data).histories)


def seeds(configuration: TrialConfiguration, count: int) -> list[TrialConfiguration]:
    return [replace(configuration, seed=i, data_seed=i) for i in range(count)]

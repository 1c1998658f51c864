"""Planted truths about single trials, and healthy trials for false ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.workloads.workload import find_workload
from benchmarks.confirm_plants import Plant, seeded

HEALTHY = {"digits": 4, "regression": 3, "deep": 3, "signals": 1}
"""Trials near each workload's healthy configuration."""

_PLAIN: dict[str, Any] = {"schedule": "constant", "dropout": 0.0, "warmup_steps": 0}
_SGD = _PLAIN | {"optimizer": "sgd", "eval_every": 10}
_ADAM = _PLAIN | {"optimizer": "adam"}
_STEADY = _PLAIN | {"max_train_steps": 1000, "batch_size": 128, "warmup_steps": 60}
_STEADY |= {"averaging_decay": 0.95, "learning_rate": 0.02}
_L2 = _PLAIN | {"optimizer": "adam", "learning_rate": 0.003}

_STEP = 0.95  # between the learning rates of a plant's trials

SETTINGS: dict[str, tuple[tuple[str, int, dict[str, Any]], ...]] = {
    "diverged": (
        ("deep", 2, _PLAIN | {"learning_rate": 0.03}),
        ("deep", 2, _PLAIN | {"learning_rate": 0.1}),
        ("deep", 2, _PLAIN | {"learning_rate": 1.0, "residual": False}),
        ("regression", 2, _PLAIN | {"learning_rate": 2.0}),
        ("regression", 2, _PLAIN | {"learning_rate": 6.0}),
        ("digits", 3, _PLAIN | {"learning_rate": 100.0}),
    ),
    "loss-spikes": (
        ("regression", 3, _PLAIN | {"learning_rate": 2.0, "warmup_steps": 600}),
        ("regression", 3, _PLAIN | {"learning_rate": 3.0, "warmup_steps": 600}),
        ("regression", 6, _ADAM | {"learning_rate": 1.5, "warmup_steps": 600}),
        ("regression", 6, _ADAM | {"learning_rate": 2.0, "warmup_steps": 600}),
    ),
    "not-learning": (
        ("digits", 2, {"learning_rate": 0.0}),
        ("regression", 2, {"learning_rate": 0.0}),
        ("deep", 1, {"learning_rate": 0.0}),
        ("digits", 2, {"learning_rate": 1e-6}),
        ("regression", 2, {"learning_rate": 1e-7}),
        ("deep", 2, {"learning_rate": 1e-10}),
    ),
    "problematic-overfitting": (
        ("digits", 3, _PLAIN | {"train_examples": 200, "label_noise": 0.2}),
        ("digits", 2, _PLAIN | {"train_examples": 300, "label_noise": 0.3}),
        ("digits", 2, {"dropout": 0.0, "label_noise": 0.4, "train_examples": 500}),
        ("regression", 3, _PLAIN | {"train_examples": 200, "label_noise": 0.2}),
        ("regression", 3, _PLAIN | {"train_examples": 100, "label_noise": 0.1}),
    ),
    "training-loss-increasing": (
        ("regression", 3, _L2 | {"weight_decay": 1.0}),
        ("regression", 3, _L2 | {"weight_decay": 2.0}),
        ("regression", 3, _L2 | {"weight_decay": 1.0, "batch_size": 32}),
        (
            "digits",
            4,
            _SGD
            | {"weight_decay": 0.5, "learning_rate": 0.01}
            | {"initialization_scale": 2.5},
        ),
    ),
    "still-improving": (
        ("regression", 3, _SGD | {"learning_rate": 3e-4}),
        ("regression", 3, _SGD | {"learning_rate": 1e-3}),
        ("regression", 3, _SGD | {"learning_rate": 3e-3}),
        ("regression", 5, _SGD | {"learning_rate": 2e-3}),
    ),
}
"""By rule: a workload, trials, and what differs from its healthy configuration."""

ALONE: dict[str, tuple[tuple[str, int, dict[str, Any]], ...]] = {
    "saturated-early": (
        ("digits", 2, _STEADY | {"learning_rate": 0.05, "weight_decay": 0.03}),
        ("digits", 2, _STEADY | {"learning_rate": 0.03, "weight_decay": 0.03}),
        ("digits", 2, _STEADY | {"learning_rate": 0.03, "weight_decay": 0.05}),
        ("digits", 2, _STEADY | {"learning_rate": 0.1, "weight_decay": 0.03}),
        (
            "digits",
            2,
            _STEADY
            | {"learning_rate": 0.05, "weight_decay": 0.04}
            | {"batch_size": 64},
        ),
        ("regression", 3, _STEADY | {"learning_rate": 0.03, "weight_decay": 0.1}),
        ("regression", 3, _STEADY | {"learning_rate": 0.02, "weight_decay": 0.2}),
    ),
}
"""The same, where only the best trial of a study is judged: a study each.

Strong weight decay sets a floor: over 12 other seeds, half of the steps cost at most
0.15 standard deviations between seeds. Without it the rule also finds trials to be
saturated that go on gaining a little, below the noise of one curve, and half of their
steps cost up to three deviations: neither true nor false.
"""

_NOISY = _PLAIN | {"batch_size": 8, "eval_every": 10}
CLOSE: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("digits", 0.03, _NOISY),
    ("digits", 0.04, _NOISY),
    ("regression", 0.03, _NOISY),
    ("regression", 0.05, _NOISY),
)
"""For noisy-late-training: studies of near rates, the noise of small batches.

At a rate of 0.02 digits are on the limit: a few trials exceed it by chance, and seven
of twelve seeds do.
"""


def trial_plants() -> Iterator[Plant]:
    """True statements about trials, then false ones."""
    for rule in SETTINGS:
        for i, (name, trials) in enumerate(_studies(rule)):
            yield Plant(rule, True, name, trials, flags=SETTINGS[rule][i][1])
    for rule, settings in ALONE.items():
        for i, (workload, count, changes) in enumerate(settings):
            for name, trial in _near(workload, count, changes).items():
                yield Plant(rule, True, f"{rule}-{i}/{name}", {name: trial})
    for i, (workload, rate, changes) in enumerate(CLOSE):
        near = {
            f"trial-{j:02}": _changed(
                workload,
                changes | {"learning_rate": rate * 1.01**j, "seed": j, "data_seed": j},
            )
            for j in range(12)
        }
        rule = "noisy-late-training"
        yield Plant(rule, True, f"{rule}-{i}", near, flags=5)
    yield from _false_plants()


def healthy_trials(workload: str) -> dict[str, TrialConfiguration]:
    """Trials near the healthy configuration, and two slower ones beside them."""
    trials = _near(workload, HEALTHY[workload], {})
    rate = find_workload(workload).healthy.learning_rate
    for i, factor in enumerate((0.3, 0.1)):
        slower = _changed(workload, {"learning_rate": rate * factor})
        trials[f"seed-{HEALTHY[workload] + i}"] = slower
    return trials


def _false_plants() -> Iterator[Plant]:
    for rule in (*SETTINGS, *ALONE, "noisy-late-training"):
        for workload, count in HEALTHY.items():
            trials = healthy_trials(workload)
            yield Plant(rule, False, f"healthy-{workload}", trials, flags=count)
    for name, trials in _studies("still-improving"):
        yield Plant("saturated-early", False, name, trials, flags=len(trials))


def _studies(rule: str) -> Iterator[tuple[str, dict[str, TrialConfiguration]]]:
    for i, (workload, count, changes) in enumerate(SETTINGS[rule]):
        yield f"{rule}-{i}", _near(workload, count, changes)


def _near(
    workload: str, count: int, changes: dict[str, Any]
) -> dict[str, TrialConfiguration]:
    """Each at a rate of its own: findings of equal trials would be one experiment."""
    trial = _changed(workload, changes)
    return {
        name: replace(each, learning_rate=_rounded(trial.learning_rate * _STEP**i))
        for i, (name, each) in enumerate(seeded(trial, range(count)).items())
    }


def _rounded(rate: float) -> float:
    return float(f"{rate:.4g}")


def _changed(workload: str, changes: dict[str, Any]) -> TrialConfiguration:
    return replace(find_workload(workload).healthy, checkpoints_kept=0, **changes)

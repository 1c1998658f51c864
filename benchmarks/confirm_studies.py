"""Planted truths about whole studies, and about hyperparameters in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.workloads.workload import find_workload
from benchmarks.confirm_plants import Plant

_PLAIN: dict[str, Any] = {"schedule": "constant", "dropout": 0.0, "warmup_steps": 0}
_SHORT: dict[str, Any] = {"max_train_steps": 300, "eval_every": 10}
_BRIEF = _PLAIN | {"max_train_steps": 200, "eval_every": 10}
_FEW = _PLAIN | {"max_train_steps": 1000, "eval_every": 10}
_SGD = _PLAIN | {"optimizer": "sgd", "eval_every": 10}
_LONG: dict[str, Any] = {"max_train_steps": 1800, "eval_every": 60}
Case = tuple[str, int, float, float, dict[str, Any]]
"""A workload, trials, the range of the learning rate, and what else differs."""

_LOW = (
    ("digits", 16, 3e-4, 1e-2, _SHORT),
    ("digits", 16, 1e-4, 3e-3, _SHORT),
    ("digits", 16, 1e-3, 1e-2, _SHORT | _PLAIN),
    ("digits", 16, 1e-4, 3e-3, _SHORT | {"momentum": 0.8}),
    ("digits", 16, 1e-5, 3e-4, _SHORT | {"optimizer": "adam"}),
    ("regression", 16, 1e-4, 3e-3, _SHORT),
    ("regression", 16, 3e-5, 1e-3, _SHORT),
    ("regression", 16, 3e-4, 5e-3, _SHORT | _PLAIN),
    ("regression", 16, 1e-3, 1e-2, _SHORT | {"optimizer": "sgd"}),
    ("regression", 16, 1e-5, 5e-4, _SHORT | {"optimizer": "adam"}),
    ("deep", 12, 1e-4, 1e-3, _SHORT),
)
"""The best rate lies above the range."""

_AROUND = (
    ("digits", 16, 3e-3, 0.5, _SHORT),
    ("digits", 16, 1e-3, 0.3, _SHORT | _PLAIN),
    ("digits", 16, 1e-3, 0.3, _SHORT | {"momentum": 0.8}),
    ("digits", 16, 1e-4, 0.05, _SHORT | {"optimizer": "adam"}),
    ("digits", 16, 3e-3, 0.5, {}),
    ("regression", 16, 2e-3, 0.5, _SHORT),
    ("regression", 16, 2e-3, 0.3, _SHORT | {"schedule": "linear"}),
    ("regression", 16, 1e-3, 0.4, _SHORT | _PLAIN),
    ("regression", 16, 1e-4, 0.5, _SHORT | {"optimizer": "adam"}),
    ("regression", 16, 1e-2, 3.0, _SHORT | {"optimizer": "sgd"}),
    ("regression", 16, 2e-3, 0.5, {}),
    ("deep", 12, 5e-4, 0.1, _SHORT),
)
"""The best rate lies inside."""

_UNSTABLE = (
    ("deep", 16, 1e-3, 0.3, _BRIEF),
    ("deep", 16, 1e-3, 0.3, _BRIEF | {"optimizer": "momentum"}),
    ("deep", 16, 5e-4, 0.2, _BRIEF | {"schedule": "cosine"}),
    ("deep", 16, 5e-4, 0.1, _BRIEF | {"momentum": 0.95}),
    ("deep", 16, 1e-3, 0.2, _BRIEF | {"schedule": "linear"}),
    ("deep", 16, 5e-4, 0.1, _BRIEF | {"weight_decay": 0.001}),
    ("deep", 16, 1e-3, 0.2, _BRIEF | {"batch_size": 32}),
    ("deep", 16, 1e-3, 0.2, _BRIEF | {"batch_size": 32, "schedule": "linear"}),
    ("deep", 16, 5e-4, 0.2, _BRIEF | {"activation": "gelu"}),
    ("deep", 16, 5e-4, 0.2, _BRIEF | {"width": 48}),
    ("deep", 16, 1e-2, 2.0, _BRIEF | {"optimizer": "sgd"}),
    ("regression", 16, 1e-2, 20.0, _BRIEF),
    ("regression", 16, 1e-2, 10.0, _BRIEF | {"batch_size": 32}),
)
"""Rates above a wall break training at once."""

_OVERFITTING = (
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 50}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 60}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 80}),
    ("regression", 6, 0.05, 0.1, _FEW | {"train_examples": 100}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 50, "width": 48}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 80, "width": 48}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 50, "label_noise": 0.2}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 100, "label_noise": 0.2}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 200, "label_noise": 0.3}),
    ("digits", 6, 0.03, 0.06, _FEW | {"train_examples": 500, "label_noise": 0.5}),
    ("digits", 6, 0.03, 0.06, _FEW | {"train_examples": 300, "label_noise": 0.4}),
    ("digits", 6, 0.03, 0.06, _FEW | {"train_examples": 1000, "label_noise": 0.5}),
    ("digits", 6, 0.03, 0.06, _FEW | {"train_examples": 300, "label_noise": 0.5}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 80, "label_noise": 0.2}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 100, "label_noise": 0.3}),
    ("regression", 6, 0.03, 0.06, _FEW | {"train_examples": 60, "label_noise": 0.3}),
)
"""Best early, and worse from there on."""

_SLOW = (
    ("regression", 8, 3e-4, 1e-3, _SGD),
    ("regression", 8, 1e-3, 3e-3, _SGD),
    ("regression", 8, 2e-3, 5e-3, _SGD),
    ("regression", 8, 1e-3, 3e-3, _SGD | _SHORT),
    ("regression", 8, 2e-3, 6e-3, _SGD | _SHORT),
    ("regression", 8, 3e-5, 1e-4, _SGD | {"optimizer": "nesterov"}),
    ("regression", 8, 1e-3, 3e-3, _SGD | {"batch_size": 32}),
    ("digits", 8, 2e-3, 4e-3, _SGD),
    ("digits", 8, 1e-3, 3e-3, _SGD),
    ("digits", 8, 3e-3, 6e-3, _SGD | _SHORT),
    ("digits", 8, 1e-4, 3e-4, _SGD | {"optimizer": "nesterov"}),
    ("digits", 8, 2e-3, 4e-3, _SGD | {"batch_size": 64}),
)
"""Cut off while it improves."""

_SETTLED = (
    ("digits", 8, 0.02, 0.1, {}),
    ("digits", 8, 0.02, 0.1, {"dropout": 0.0}),
    ("digits", 8, 0.02, 0.1, {"max_train_steps": 900, "eval_every": 30}),
    ("digits", 8, 2e-3, 1e-2, _LONG | {"optimizer": "adam"}),
    ("regression", 8, 0.02, 0.1, {}),
    ("regression", 8, 0.02, 0.1, _LONG | {"schedule": "linear"}),
    ("regression", 8, 0.02, 0.1, {"max_train_steps": 900, "eval_every": 30}),
    ("regression", 8, 0.02, 0.1, {"max_train_steps": 1200, "eval_every": 40}),
    ("regression", 8, 5e-3, 2e-2, {"optimizer": "adam"}),
    ("deep", 8, 0.01, 0.03, {}),
)
"""Healthy, with a decay that ends with training.

In 600 steps Adam and the linear decay are not there yet: half as many again gain more
than a spread between seeds, so that these two train for longer.
"""


def study_plants() -> Iterator[Plant]:
    """Statements about studies, true and false."""
    yield from _searches("optimum-at-boundary", True, _LOW)
    yield from _searches("optimum-at-boundary", False, _AROUND)
    yield from _searches("learning-rate-capped-by-instability", True, _UNSTABLE)
    yield from _searches(
        "learning-rate-capped-by-instability", False, _LOW, faulty=True
    )
    yield from _searches("infeasible-fraction-high", True, _UNSTABLE)
    yield from _searches("infeasible-fraction-high", False, _LOW, faulty=True)
    yield from _searches("infeasible-region", True, _UNSTABLE)
    yield from _searches("infeasible-region", False, _LOW, faulty=True)
    yield from _searches("warmup-plan", False, _LOW, faulty=True)
    yield from _searches("steps-far-too-many", True, _OVERFITTING)
    yield from _searches("steps-far-too-many", False, _SETTLED)
    yield from _searches("steps-too-few", True, _SLOW)
    yield from _searches("steps-too-few", False, _SETTLED)
    yield from _repeats()
    yield from _lengths()


def _searches(
    rule: str, true: bool, cases: tuple[Case, ...], *, faulty: bool = False
) -> Iterator[Plant]:
    names = {id(_LOW): "low", id(_AROUND): "around", id(_UNSTABLE): "unstable"}
    names |= {id(_OVERFITTING): "overfit", id(_SLOW): "slow", id(_SETTLED): "settled"}
    for i, case in enumerate(cases):
        trials = _search(case, seed=i)
        broken = frozenset(list(trials)[1::2][:7] if faulty else ())
        kind = f"{names[id(cases)]}{'-faulty' if faulty else ''}-{i}"
        although = rule in ("infeasible-fraction-high", "warmup-plan") and faulty
        yield Plant(rule, true, kind, trials, faulty=broken, although=although)


def _search(case: Case, seed: int) -> dict[str, TrialConfiguration]:
    """Rates evenly on a log scale, in random order, each with a seed of its own."""
    workload, count, low, high, changes = case
    rng = np.random.default_rng(seed)
    places = (rng.permutation(count) + rng.random(count)) / count
    rates = low * (high / low) ** places
    return {
        f"trial-{i:02}": _changed(
            workload,
            {"learning_rate": float(f"{rate:.4g}"), "seed": i, "data_seed": i}
            | changes,
        )
        for i, rate in enumerate(rates)
    }


def _repeats() -> Iterator[Plant]:
    """Three rates with repeats: nearly the same ones, or one far better."""
    rule = "difference-within-trial-variance"
    bases = [
        (workload, rate, changes)
        for workload, rate in (("digits", 0.05), ("regression", 0.05))
        for changes in ({}, _SHORT, {"schedule": "linear"})
        for _ in range(3)
    ]
    for i, (workload, rate, changes) in enumerate(bases):
        for true, factor in ((True, 1.04), (False, 0.25)):
            trials = {}
            for j in range(3):
                for seed in range(3):
                    own = {"learning_rate": float(f"{rate * factor**j:.4g}")}
                    own |= dict.fromkeys(("seed", "data_seed"), 100 * i + 10 * j + seed)
                    trials[f"rate-{j}-seed-{seed}"] = _changed(workload, changes | own)
            yield Plant(rule, true, f"repeats-{'near' if true else 'far'}-{i}", trials)


def _lengths() -> Iterator[Plant]:
    """Lengths that decide the result, and lengths that do not matter."""
    for i, case in enumerate(_SLOW):
        trials = _search(case, seed=50 + i)
        lengths = (100, 300, 600)
        yield Plant("steps-tuned", True, f"lengths-{i}", _stretched(trials, lengths))
    for i, case in enumerate(_OVERFITTING):
        trials = _search(case, seed=60 + i)
        lengths = (400, 500, 600)
        studies = _stretched(trials, lengths)
        yield Plant("steps-tuned", False, f"idle-{i}", studies, although=True)


def _stretched(
    trials: dict[str, TrialConfiguration], lengths: tuple[int, ...]
) -> dict[str, TrialConfiguration]:
    return {
        name: replace(trial, max_train_steps=lengths[i % len(lengths)])
        for i, (name, trial) in enumerate(trials.items())
    }


def _changed(workload: str, changes: dict[str, Any]) -> TrialConfiguration:
    return replace(find_workload(workload).healthy, checkpoints_kept=0, **changes)

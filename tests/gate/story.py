"""A repository with an incumbent and four pull requests, trained by the trainer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.train import train

INCUMBENT = TrialConfiguration(
    workload="regression",
    max_train_steps=300,
    batch_size=64,
    learning_rate=0.008,
    eval_every=10,
    train_examples=600,
    checkpoints_kept=0,
)
SEEDS = range(5)
TUNED = [(rate, smoothing) for rate in (0.005, 0.01, 0.02) for smoothing in (0.05, 0.1)]


def make(directory: Path) -> None:
    """Trains everything; the folders are `main` and one for each pull request."""
    wanted = {
        "main": _repeats(),
        "real-gain": _repeats(learning_rate=0.02),
        # The same seeds: a gain, and a small one.
        "within-trial-variance": _repeats(learning_rate=0.0082),
        # Label smoothing does nothing to a regression; the learning rate does it all.
        "unequal-tuning": _tuned(),
        "diverging": _repeats(learning_rate=1.0),
    }
    train(
        {
            f"{folder}/{name}": configuration
            for folder, trials in wanted.items()
            for name, configuration in trials.items()
        },
        directory,
    )


def _repeats(first: int = 0, **changes: Any) -> dict[str, TrialConfiguration]:
    return {
        f"seed-{seed}": replace(INCUMBENT, seed=seed, data_seed=seed, **changes)
        for seed in range(first, first + len(SEEDS))
    }


def _tuned() -> dict[str, TrialConfiguration]:
    """Six configurations, the best of which was then trained four more times."""
    searched = {
        f"trial-{i}": replace(
            INCUMBENT,
            seed=9,
            data_seed=9,
            learning_rate=rate,
            label_smoothing=smoothing,
        )
        for i, (rate, smoothing) in enumerate(TUNED)
    }
    best = _repeats(20, learning_rate=0.02, label_smoothing=0.05)
    return searched | {f"best-{name}": each for name, each in best.items()}

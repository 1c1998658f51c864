"""Trains bundled workloads over grids of hyperparameters, and reads the tables.

`python -m benchmarks.advice_tables` writes benchmarks/data/ anew, in about ten minutes.
"""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from advisor.model.curve import FloatArray

FOLDER = Path(__file__).parent / "data"
SEEDS = 3
_TOGETHER = 32

Axis = tuple[str, tuple[float, ...]]


@dataclass(frozen=True)
class Grid:
    """What is trained: a workload, its settings, and the values of each axis."""

    workload: str
    settings: Mapping[str, Any]
    axes: tuple[Axis, ...]


_RATES = tuple(float(f"{rate:.3g}") for rate in 10.0 ** np.arange(-5, 1.6, 0.5))
GRIDS: Mapping[str, Grid] = {
    "digits-nesterov": Grid(
        "digits",
        {"train_examples": 400, "label_noise": 0.1},
        (
            ("learning_rate", _RATES),
            ("momentum", (0.0, 0.7, 0.9, 0.97, 0.99)),
            ("dropout", (0.0, 0.1, 0.3, 0.5, 0.7)),
        ),
    ),
    "digits-adamw": Grid(
        "digits",
        {"optimizer": "adamw", "train_examples": 400, "label_noise": 0.1},
        (
            ("learning_rate", _RATES),
            ("weight_decay", (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)),
            ("label_smoothing", (0.0, 0.1, 0.3, 0.6, 0.9)),
        ),
    ),
    "regression-adam": Grid(
        "regression",
        {"optimizer": "adam"},
        (
            ("learning_rate", _RATES),
            ("epsilon", (1e-8, 1e-5, 1e-3, 1e-1, 10.0)),
            ("beta1", (0.0, 0.7, 0.9, 0.97, 0.99)),
        ),
    ),
    "deep-nesterov": Grid(
        "deep",
        {"warmup_steps": 0, "max_train_steps": 400},
        (
            ("learning_rate", _RATES),
            ("clip_norm", (0.01, 0.1, 1.0, 10.0, 100.0)),
            ("momentum", (0.0, 0.7, 0.9, 0.97)),
        ),
    ),
}


@dataclass(frozen=True)
class Table:
    """Over a grid: mean and deviation over seeds, and the share of infeasible ones."""

    axes: tuple[Axis, ...]
    mean: FloatArray  # [a, b, c] of the feasible ones
    deviation: FloatArray
    infeasible: FloatArray


def read_table(name: str) -> Table:
    """The table of a grid, as the trainer made it."""
    axes = GRIDS[name].axes
    shape = tuple(len(values) for _, values in axes)
    with (FOLDER / f"advice-{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def column(key: str) -> FloatArray:
        return np.array([float(row[key]) for row in rows]).reshape(shape)

    return Table(axes, column("mean"), column("deviation"), column("infeasible"))


def train_table(name: str) -> None:
    """Trains every point of a grid with every seed, and writes the table."""
    grid = GRIDS[name]
    points = list(itertools.product(*(values for _, values in grid.axes)))
    errors = _trained(grid, points)
    names = [axis for axis, _ in grid.axes]
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"advice-{name}.csv").open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow([*names, "mean", "deviation", "infeasible"])
        for point, row in zip(points, errors, strict=True):
            good = row[np.isfinite(row)]
            mean = f"{good.mean():.4f}" if len(good) else "nan"
            spread = f"{good.std(ddof=1):.4f}" if len(good) > 1 else "nan"
            share = f"{1 - len(good) / len(row):.2f}"
            writer.writerow([*(f"{x:g}" for x in point), mean, spread, share])


def _trained(grid: Grid, points: list[tuple[float, ...]]) -> FloatArray:
    """Best validation errors [points, seeds]; NaN where training was infeasible."""
    from advisor.trainer.batching import in_common
    from advisor.trainer.loop import train_batch
    from advisor.trainer.problem import BundledProblem
    from advisor.trainer.workloads.workload import find_workload

    workload = find_workload(grid.workload)
    healthy = replace(workload.healthy, checkpoints_kept=0, **grid.settings)
    names = [axis for axis, _ in grid.axes]
    trials = [
        replace(
            healthy, seed=seed, data_seed=seed, **dict(zip(names, point, strict=True))
        )
        for point in points
        for seed in range(SEEDS)
    ]
    errors: list[float] = []
    for start in range(0, len(trials), _TOGETHER):
        batch = trials[start : start + _TOGETHER]
        problem = BundledProblem(workload, in_common(batch[0]))
        result = train_batch(problem, batch, workload.examples(batch[0]))
        for history in result.histories:
            curve = history.evaluations[f"validation/{problem.task.error_name}"]
            loss = history.evaluations["validation/loss"]
            broken = history.nonfinite is not None or not loss[-1] < 2 * loss[0]
            errors.append(float("nan") if broken else float(np.nanmin(curve)))
        print(f"{len(errors)} of {len(trials)}", end="\r", flush=True)
    return np.array(errors).reshape(len(points), SEEDS)


if __name__ == "__main__":
    for each in sys.argv[1:] or GRIDS:
        train_table(each)

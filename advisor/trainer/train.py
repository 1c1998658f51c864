"""Trains configurations, together where they share a shape, and writes their logs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from advisor.trainer.batching import MOST_TOGETHER, batches, in_common
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.loop import train_batch
from advisor.trainer.problem import BundledProblem, Problem
from advisor.trainer.result import TrialResult
from advisor.trainer.trial_folder import finished, write_trial
from advisor.trainer.workloads.workload import find_workload

Progress = Callable[[int, int], None]
"""Called with the updates made and the updates in all, summed over trials."""


def train(
    configurations: Mapping[str, TrialConfiguration],
    directory: Path,
    *,
    progress: Progress | None = None,
    most_together: int = MOST_TOGETHER,
) -> dict[str, TrialResult]:
    """Results by name; logs are in `directory/<name>/`.

    Trials that were finished there before are not trained again.

    Raises:
        TrainerError: an unknown workload, or a folder that holds something else.
    """
    results = {
        name: result
        for name, configuration in configurations.items()
        if (result := finished(directory, name, configuration)) is not None
    }
    left = {
        name: configurations[name] for name in configurations if name not in results
    }
    tell = _Count(progress, sum(each.max_train_steps for each in left.values()))
    for names in batches(left, most_together):
        first = left[names[0]]
        workload = find_workload(first.workload)
        problem = BundledProblem(workload, in_common(first))
        trials = {name: left[name] for name in names}
        results |= train_together(
            problem, trials, workload.examples(first), directory, tell
        )
    return {name: results[name] for name in configurations}


def train_together(
    problem: Problem,
    configurations: Mapping[str, TrialConfiguration],
    data: Data,
    directory: Path,
    tell: Callable[[int], None] | None = None,
) -> dict[str, TrialResult]:
    """One batch, trained and written; `tell` hears of the updates of all its trials."""
    trials: Sequence[TrialConfiguration] = tuple(configurations.values())
    told = tell or (lambda _: None)
    batch = train_batch(problem, trials, data, lambda count: told(count * len(trials)))
    objective = f"validation/{problem.task.error_name}"
    return {
        name: write_trial(directory, name, trial, batch, history, objective)
        for (name, trial), history in zip(
            configurations.items(), batch.histories, strict=True
        )
    }


class _Count:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._done, self._total = progress, 0, total

    def __call__(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)

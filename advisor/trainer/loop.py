"""Trains one batch of trials: updates, evaluations at fixed steps, histories."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from advisor.model.curve import FloatArray
from advisor.trainer.batching import first_state, in_common, settings_of, uses_of
from advisor.trainer.compiled import Compiled, compiled
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data, example_order
from advisor.trainer.history import Checkpoint, History, Recorder
from advisor.trainer.losses import Task
from advisor.trainer.problem import Problem
from advisor.trainer.schedules import learning_rates
from advisor.trainer.step import Settings, State
from advisor.trainer.tensor import Array, Arrays, Tensor

Progress = Callable[[int], None]
"""Called with the number of updates that every trial of the batch has made since."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Of trials that trained together."""

    histories: tuple[History, ...]
    compile_seconds: float
    train_seconds: float  # with evaluations


def train_batch(
    problem: Problem,
    configurations: Sequence[TrialConfiguration],
    data: Data,
    progress: Progress | None = None,
) -> BatchResult:
    """Trains M trials that have the architecture, data and lengths in common."""
    batch = _Batch(problem, configurations, data)
    start = time.perf_counter()
    batch.compile()
    ready = time.perf_counter()
    batch.train(progress or (lambda _: None))
    end = time.perf_counter()
    histories = tuple(recorder.history() for recorder in batch.recorders)
    return BatchResult(histories, ready - start, end - ready)


class _Batch:
    """The state of M trials between two evaluations."""

    def __init__(
        self,
        problem: Problem,
        configurations: Sequence[TrialConfiguration],
        data: Data,
    ) -> None:
        tf.config.experimental.enable_op_determinism()
        common, uses = in_common(configurations[0]), uses_of(configurations)
        self.trials, self.data, self.task = configurations, data, problem.task
        self.length = min(common.eval_every, common.max_train_steps)
        self.functions: Compiled = compiled(problem, common, uses)
        self.state: State = first_state(problem, configurations, uses)
        self.settings: Settings = settings_of(configurations)
        self.rates: FloatArray = np.stack(
            [learning_rates(trial) for trial in configurations], 1
        )
        self.examples = tf.constant(data.train_inputs), tf.constant(data.train_targets)
        self.held_out = tuple(map(tf.constant, _evaluated(data)))
        tag = f"validation/{problem.task.error_name}"
        self.recorders = [
            Recorder(tag, trial.checkpoints_kept) for trial in configurations
        ]

    def compile(self) -> None:
        """By no updates at all, so that the first real ones are timed fairly."""
        self._advance(0, 0)
        self._losses()

    def train(self, progress: Progress) -> None:
        """All updates, or until no trial is finite any more."""
        self._evaluate(0, float("nan"))
        for first, count in self._intervals():
            began, start = time.time(), time.perf_counter()
            losses, norms = self._advance(first, count)
            seconds = time.perf_counter() - start
            times = began + seconds * np.arange(1, count + 1) / count
            size = self.trials[0].batch_size
            for m, recorder in self._going_on():
                recorder.updates(
                    losses[:, m],
                    norms[:, m],
                    self.rates[first : first + count, m],
                    times,
                )
            self._evaluate(first + count, size * count / seconds)
            progress(count)
            if not self._going_on():
                break

    def _intervals(self) -> Iterator[tuple[int, int]]:
        total = self.trials[0].max_train_steps
        for first in range(0, total, self.length):
            yield first, min(self.length, total - first)

    def _going_on(self) -> list[tuple[int, Recorder]]:
        """Trials that are still logged; the others ended with a non-finite number."""
        return [(m, each) for m, each in enumerate(self.recorders) if not each.ended]

    def _advance(self, first: int, count: int) -> tuple[FloatArray, FloatArray]:
        rates = np.zeros((self.length, len(self.trials)), np.float32)
        rates[:count] = self.rates[first : first + count]
        order = np.zeros((*rates.shape, self.trials[0].batch_size), np.int32)
        for m, trial in enumerate(self.trials):
            if count:
                examples = len(self.data.train_inputs)
                order[:count, m] = example_order(trial, examples, first, count)
        self.state, losses, norms = self.functions.advance(
            self.state,
            self.settings,
            self.examples,
            tf.constant(order),
            tf.constant(rates),
            tf.constant(first),
            tf.constant(count),
        )
        return _floats(losses)[:count], _floats(norms)[:count]

    def _losses(self) -> tuple[FloatArray, FloatArray]:
        weights = self.state["averages"] or self.state["weights"]
        losses, errors = self.functions.evaluate(
            weights, self.state["statistics"], self.held_out
        )
        return _floats(losses), _floats(errors)

    def _evaluate(self, step: int, throughput: float) -> None:
        losses, errors = self._losses()
        now = time.time()
        kept: list[tuple[int, Recorder, float]] = []
        for m, recorder in self._going_on():
            values = _measured(self.task, losses[m], errors[m], self.data)
            if recorder.evaluated(step, values, now, throughput):
                kept.append((m, recorder, values[recorder.error_tag]))
        arrays = self._arrays() if kept else {}
        for m, recorder, error in kept:
            own = {name: value[m].copy() for name, value in arrays.items()}
            recorder.keep(Checkpoint(step, error, own))

    def _arrays(self) -> Arrays:
        """What was evaluated, [M, …] by name."""
        weights = self.state["averages"] or self.state["weights"]
        return {
            name: value.numpy()
            for name, value in (weights | self.state["statistics"]).items()
        }


def _evaluated(data: Data) -> tuple[Array, Array]:
    """A part of the training examples as large as the validation set, then that set."""
    part = len(data.validation_inputs)
    return (
        np.concatenate((data.train_inputs[:part], data.validation_inputs)),
        np.concatenate((data.train_targets[:part], data.validation_targets)),
    )


def _measured(
    task: Task, losses: FloatArray, errors: FloatArray, data: Data
) -> dict[str, float]:
    """Means over both sets, by tag."""
    part = min(len(data.validation_inputs), len(data.train_inputs))
    found: dict[str, float] = {}
    for name, inside in (
        ("train_subset", slice(None, part)),
        ("validation", slice(part, None)),
    ):
        found[f"{name}/loss"] = float(losses[inside].mean())
        found[f"{name}/{task.error_name}"] = float(task.total(errors[inside].mean()))
    return found


def _floats(tensor: Tensor) -> FloatArray:
    return np.asarray(tensor.numpy(), np.float64)

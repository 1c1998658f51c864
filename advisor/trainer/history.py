"""What one trial has measured: every update, every evaluation, the best weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from advisor.model.curve import FloatArray, IntArray
from advisor.trainer.tensor import Array


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights as they were evaluated: averaged ones where the trial averages."""

    step: int
    validation_error: float
    arrays: Mapping[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Step t is the state after t updates; its loss is that of update t's batch."""

    steps: IntArray  # [T] 1, 2 …
    losses: FloatArray  # [T]
    gradient_norms: FloatArray  # [T], unclipped
    learning_rates: FloatArray  # [T]
    wall_times: FloatArray  # [T] seconds since the epoch
    evaluation_steps: IntArray  # [E], from 0
    evaluations: Mapping[str, FloatArray]  # [E] by tag
    evaluation_times: FloatArray  # [E]
    throughputs: FloatArray  # [E] examples per second before; NaN at step 0
    checkpoints: tuple[Checkpoint, ...] = ()  # the best, best first
    nonfinite: tuple[int, str] | None = None  # first step, what

    @property
    def last_step(self) -> int:
        """Updates that were made and logged."""
        return int(self.steps[-1]) if len(self.steps) else 0


@dataclass(slots=True)
class Recorder:
    """Collects the history of one trial while it trains with others."""

    error_tag: str
    checkpoints_kept: int
    losses: list[FloatArray] = field(default_factory=list)
    gradient_norms: list[FloatArray] = field(default_factory=list)
    learning_rates: list[FloatArray] = field(default_factory=list)
    wall_times: list[FloatArray] = field(default_factory=list)
    evaluation_steps: list[int] = field(default_factory=list)
    evaluations: dict[str, list[float]] = field(default_factory=dict)
    evaluation_times: list[float] = field(default_factory=list)
    throughputs: list[float] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    nonfinite: tuple[int, str] | None = None

    @property
    def ended(self) -> bool:
        """Whether the evaluation after the first non-finite number was logged."""
        return (
            self.nonfinite is not None
            and bool(self.evaluation_steps)
            and self.evaluation_steps[-1] >= self.nonfinite[0]
        )

    def updates(
        self,
        losses: FloatArray,
        norms: FloatArray,
        rates: FloatArray,
        times: FloatArray,
    ) -> None:
        """Takes in the updates up to the next evaluation."""
        done = sum(map(len, self.losses))
        self.losses.append(losses)
        self.gradient_norms.append(norms)
        self.learning_rates.append(rates)
        self.wall_times.append(times)
        for values, what in ((losses, "training loss"), (norms, "gradient norm")):
            wrong = np.flatnonzero(~np.isfinite(values))
            if len(wrong):
                self._saw_nonfinite(done + int(wrong[0]) + 1, what, values[wrong[0]])

    def evaluated(
        self, step: int, values: Mapping[str, float], time: float, throughput: float
    ) -> bool:
        """Takes in an evaluation; true if its weights are among the best so far."""
        self.evaluation_steps.append(step)
        self.evaluation_times.append(time)
        self.throughputs.append(throughput)
        for tag, value in values.items():
            self.evaluations.setdefault(tag, []).append(value)
            if not np.isfinite(value):
                self._saw_nonfinite(step, tag.replace("/", " "), value)
        error = values[self.error_tag]
        if not self.checkpoints_kept or self.nonfinite is not None:
            return False
        full = len(self.checkpoints) == self.checkpoints_kept
        return not full or error < self.checkpoints[-1].validation_error

    def keep(self, checkpoint: Checkpoint) -> None:
        """Puts it among the best; the worst of too many goes."""
        self.checkpoints.append(checkpoint)
        self.checkpoints.sort(key=lambda each: (each.validation_error, each.step))
        del self.checkpoints[self.checkpoints_kept :]

    def history(self) -> History:
        """Everything so far."""

        def joined(parts: list[FloatArray]) -> FloatArray:
            return np.concatenate(parts) if parts else np.empty(0)

        losses = joined(self.losses)
        return History(
            steps=np.arange(1, len(losses) + 1),
            losses=losses,
            gradient_norms=joined(self.gradient_norms),
            learning_rates=joined(self.learning_rates),
            wall_times=joined(self.wall_times),
            evaluation_steps=np.array(self.evaluation_steps, np.int64),
            evaluations={k: np.array(v) for k, v in self.evaluations.items()},
            evaluation_times=np.array(self.evaluation_times),
            throughputs=np.array(self.throughputs),
            checkpoints=tuple(self.checkpoints),
            nonfinite=self.nonfinite,
        )

    def _saw_nonfinite(self, step: int, what: str, value: float) -> None:
        if self.nonfinite is None or step < self.nonfinite[0]:
            word = "NaN" if np.isnan(value) else f"{value:+}"
            self.nonfinite = step, f"{what} is {word}"

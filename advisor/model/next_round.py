"""The next round: search space, points and plan, with the reason of every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from advisor.model.finding import Question
from advisor.model.log import Value
from advisor.model.planned_space import (
    Change,
    Constraint,
    PlannedHyperparameter,
    Point,
)
from advisor.model.study import Objective

Phase: TypeAlias = Literal["exploration", "exploitation"]
Sampler: TypeAlias = Literal["model", "tpe"]
"""What chooses points from earlier trials: a Gaussian process, or Optuna's TPE."""

_SEEDS = 1_000  # a round: no two trials of a study share one


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of the plan, such as max_train_steps."""

    name: str
    before: Value
    after: Value
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeats:
    """A configuration that is trained again, each time with another seed."""

    trial: str
    configuration: Point
    more: int  # trainings to add to those that are there
    change: Change


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a finding asks for and does not get, or not wholly."""

    target: str
    asked: str  # in words
    finding: str  # id of the finding that asked
    because: str
    winner: str = ""  # id of the finding that has precedence; empty: a limit, a budget


@dataclass(frozen=True, slots=True)
class PointSequence:
    """A quasi-random sequence, and how much of it is used up."""

    seed: int = 0
    used: int = 0  # points drawn in all rounds so far, this one included
    first: int = 0  # points drawn before this round
    dimensions: tuple[str, ...] = ()  # the hyperparameter of each, in order


@dataclass(frozen=True, slots=True)
class PastTrial:
    """A trial of the earlier rounds, for samplers that learn from them."""

    name: str
    values: Point
    objective: float | None  # as logged; None where infeasible or unknown
    infeasible: str | None = None  # why
    finished: bool = True


@dataclass(frozen=True, slots=True)
class LearnedPoints:
    """The points that were chosen by what earlier trials showed."""

    points: tuple[Point, ...]
    by: str  # in words: "a Gaussian process"
    trials: int  # that it was told, infeasible ones too
    in_order: float | None = None
    """Share of the pairs of trials that it ranks rightly, each trial left out."""


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """One training of the next round."""

    name: str
    values: Point
    seed: int
    repeats: str | None = None  # the trial whose configuration is trained again


@dataclass(frozen=True, slots=True)
class Cause:
    """What the outputs say of a finding."""

    id: str
    rule: str
    message: str
    link: str


@dataclass(frozen=True, slots=True)
class NextRound:
    """Everything that the next round of one study is."""

    study: str
    round: int
    phase: Phase
    objective: Objective | None
    hyperparameters: tuple[PlannedHyperparameter, ...]
    trials: int  # new points wanted; `points` may be fewer where a space is exhausted
    trials_reason: str
    sequence: PointSequence
    points: tuple[Point, ...] = ()
    repeats: tuple[Repeats, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    past: tuple[PastTrial, ...] = ()
    causes: Mapping[str, Cause] = field(default_factory=dict)  # by id of the finding
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    command: tuple[str, ...] = ()  # the user's, with {placeholders}
    learned: LearnedPoints | None = None  # first of `points`; others: quasi-random

    @property
    def searched(self) -> tuple[PlannedHyperparameter, ...]:
        """The hyperparameters that vary."""
        return tuple(each for each in self.hyperparameters if each.searched)

    @property
    def fixed_values(self) -> Mapping[str, Value]:
        """Known values of the hyperparameters that do not vary."""
        return {
            each.name: each.value
            for each in self.hyperparameters
            if not each.searched and each.value is not None
        }

    @property
    def newly_fixed(self) -> tuple[PlannedHyperparameter, ...]:
        """Those that this round gives one value, which it was not given before."""
        return tuple(
            each
            for each in self.hyperparameters
            if not each.searched and each.changes and each.value is not None
        )

    @property
    def changed(self) -> bool:
        """Whether the round differs from one more round of the same."""
        return bool(
            self.constraints
            or self.repeats
            or any(each.changes for each in self.hyperparameters)
            or any(each.changes for each in self.quantities)
        )

    @property
    def planned_trials(self) -> tuple[PlannedTrial, ...]:
        """Every training: the new points, then the repeats; each has its own seed."""
        every = [(point, None) for point in self.points] + [
            (each.configuration, each.trial)
            for each in self.repeats
            for _ in range(each.more)
        ]
        return tuple(
            PlannedTrial(
                f"round-{self.round}-{i:03d}", values, _SEEDS * self.round + i, repeated
            )
            for i, (values, repeated) in enumerate(every, start=1)
        )

"""The next round: search space, points and plan, with the reason of every change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from advisor.model.finding import Question
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter, Role
from advisor.model.study import Objective

Phase: TypeAlias = Literal["exploration", "exploitation"]
Point: TypeAlias = Mapping[str, Value]
"""Values by hyperparameter: of those that are searched and those newly fixed."""

_SEEDS = 1_000  # a round: no two trials of a study share one

PLAN = ""
"""The finding of a change that no finding asks for: the budget does, or a plan rule."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change against the round before, who asks for it, and why."""

    what: str  # in words: "upper 0.1 → 1"
    finding: str  # its id, or PLAN
    reason: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A hyperparameter that exists only for some values of another."""

    parent: str
    values: tuple[Value, ...]

    def holds(self, point: Point) -> bool:
        """Whether the hyperparameter exists at `point`."""
        return point.get(self.parent) in self.values


@dataclass(frozen=True, slots=True)
class PlannedHyperparameter:
    """One hyperparameter of the next round.

    A searched one has a `space`, whose name it bears; a fixed one has a `value`, where
    None leaves it as the training code has it. `before` is None if it was not logged.
    """

    name: str
    role: Role
    before: Hyperparameter | None = None
    space: Hyperparameter | None = None
    value: Value = None
    changes: tuple[Change, ...] = ()
    condition: Condition | None = None

    def __post_init__(self) -> None:
        if (self.role == "fixed") != (self.space is None):
            raise ValueError(
                f"a hyperparameter has a space unless its role is fixed, "
                f"but {self.name} is {self.role} with {self.space}"
            )
        if self.space is not None and self.space.name != self.name:
            raise ValueError(f"the space of {self.name} is called {self.space.name}")

    @property
    def searched(self) -> bool:
        """Whether it varies in the next round."""
        return self.space is not None

    @property
    def alias(self) -> str | None:
        """The field's own name for it."""
        known = self.space or self.before
        return known.alias if known is not None else None


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
class Constraint:
    """A region that is left out: where a product of powers lies beyond a value.

    With both `above` and `below`, it is what lies between them.
    """

    powers: Mapping[str, float]  # exponent by hyperparameter
    above: float | None
    below: float | None
    change: Change

    def excludes(self, point: Point) -> bool:
        """Whether `point` is in the region; a point without the values is not."""
        product = 1.0
        for name, power in self.powers.items():
            value = point.get(name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            if value <= 0 and power != 1:
                return False
            try:
                product *= math.pow(value, power)
            except OverflowError:
                product = math.inf
        if self.above is not None and self.below is not None:
            return self.above < product < self.below
        if self.above is not None:
            return product > self.above
        return self.below is not None and product < self.below

    def __str__(self) -> str:
        terms = " · ".join(
            name if power == 1 else f"{name}^{power:g}"
            for name, power in self.powers.items()
        )
        sides = [
            f"{word} {value:.4g}"
            for word, value in (("above", self.above), ("below", self.below))
            if value is not None
        ]
        return f"{terms} {' and '.join(sides)}"


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

    @property
    def searched(self) -> tuple[PlannedHyperparameter, ...]:
        """The hyperparameters that vary."""
        return tuple(each for each in self.hyperparameters if each.searched)

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

"""The search space of the next round, with the reason of every change."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from advisor.model.log import Value, is_number
from advisor.model.search_space import Hyperparameter, Role

Point: TypeAlias = Mapping[str, Value]
"""Values by hyperparameter: of those that are searched and those newly fixed."""

ONE_MINUS = "1 - "
"""Before a hyperparameter in a product of powers: one minus it is the factor."""

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

    def exists_at(self, values: Point) -> bool:
        """Whether it has a value there; a conditional one may have none."""
        return self.condition is None or self.condition.holds(values)

    @property
    def alias(self) -> str | None:
        """The field's own name for it."""
        known = self.space or self.before
        return known.alias if known is not None else None


@dataclass(frozen=True, slots=True)
class Constraint:
    """A region that is left out: where a product of powers lies beyond a value.

    With both `above` and `below`, it is what lies between them.
    """

    powers: Mapping[str, float]  # exponent by hyperparameter, or by "1 - " and its name
    above: float | None
    below: float | None
    change: Change

    def excludes(self, point: Point) -> bool:
        """Whether `point` is in the region; a point without the values is not."""
        product = 1.0
        for name, power in self.powers.items():
            value = _factor(name, point)
            if value is None:
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

    def renamed(self, factor: str, name: str) -> Constraint:
        """The same region where a factor has become a hyperparameter of its own."""
        powers = {name if k == factor else k: v for k, v in self.powers.items()}
        return replace(self, powers=powers)

    def __str__(self) -> str:
        terms = " · ".join(
            _shown(name) if power == 1 else f"{_shown(name)}^{power:g}"
            for name, power in self.powers.items()
        )
        sides = [
            f"{word} {value:.4g}"
            for word, value in (("above", self.above), ("below", self.below))
            if value is not None
        ]
        return f"{terms} {' and '.join(sides)}"


def existing(
    searched: Iterable[PlannedHyperparameter], values: Mapping[str, Value]
) -> Point:
    """`values` without those of hyperparameters that do not exist there."""
    return {each.name: values[each.name] for each in searched if each.exists_at(values)}


def hyperparameter_of(factor: str, names: Collection[str]) -> str:
    """The hyperparameter in a factor: momentum in `1 - momentum`."""
    if factor in names or not factor.startswith(ONE_MINUS):
        return factor
    return factor.removeprefix(ONE_MINUS)


def _factor(name: str, point: Point) -> float | None:
    owner = hyperparameter_of(name, point)
    value = point.get(owner)
    if not is_number(value):
        return None
    return value if owner == name else 1 - value


def _shown(factor: str) -> str:
    return f"({factor})" if factor.startswith(ONE_MINUS) else factor

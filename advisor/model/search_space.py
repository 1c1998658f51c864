"""Hyperparameters, their ranges and scales."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Scale: TypeAlias = Literal["linear", "log"]
Role: TypeAlias = Literal["scientific", "nuisance", "fixed"]
Side: TypeAlias = Literal["lower", "upper"]

COMPLEMENTED = ("momentum", "beta1", "beta2")
"""What matters of these is the order of magnitude of 1 - x."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A range or a set of choices, as some file declares it."""

    lower: float | None = None
    upper: float | None = None
    choices: tuple[bool | int | float | str | None, ...] = ()
    scale: Scale | None = None  # None: the file does not say

    def __post_init__(self) -> None:
        if (
            self.lower is not None
            and self.upper is not None
            and self.lower > self.upper
        ):
            raise ValueError(
                f"`lower <= upper` must hold, but got {self.lower}, {self.upper}"
            )


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One hyperparameter of a study, as it was searched.

    `lower` and `upper` are the bounds of the search: declared, or (`declared` false)
    only the smallest and largest value that was tried. A `hard` side is a natural limit
    that no advice may cross. Categorical hyperparameters have choices and no bounds.
    """

    name: str
    kind: Literal["float", "integer", "categorical"]
    lower: float | None = None
    upper: float | None = None
    scale: Scale = "linear"
    declared: bool = False
    choices: tuple[bool | int | float | str | None, ...] = ()  # ordered where numeric
    hard: frozenset[Side] = frozenset()
    role: Role = "nuisance"
    alias: str | None = None  # the field's own name: learning_rate for lr0, eta ...
    limits: tuple[float | None, float | None] = (None, None)
    sampled: Scale | None = None  # as the search declares it; None: it does not

    def __post_init__(self) -> None:
        if self.kind == "categorical":
            return
        if self.lower is None or self.upper is None or not self.lower <= self.upper:
            raise ValueError(
                f"`lower <= upper` must hold for {self.name}, "
                f"but got {self.lower}, {self.upper}"
            )
        if self.scale == "log" and self.lower <= 0:
            raise ValueError(
                f"a log scale needs `lower > 0`, but {self.name} has {self.lower}"
            )

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper bound of an ordered hyperparameter."""
        if self.lower is None or self.upper is None:
            raise TypeError(f"{self.name} is categorical and has no bounds")
        return self.lower, self.upper

    @property
    def varies(self) -> bool:
        """Whether the search tried, or allowed, more than one value."""
        if self.kind == "categorical":
            return len(self.choices) > 1
        return self.lower != self.upper

    @property
    def ordered(self) -> bool:
        """Whether its values have an order and distances."""
        return self.kind != "categorical"

    def position(self, value: float) -> float:
        """`value` as a fraction of the range in its own scale; 0 is `lower`."""
        lower, upper = self.bounds
        if lower == upper:
            return 0.5
        if self.scale == "log":
            if value <= 0:
                return math.nan
            return math.log(value / lower) / math.log(upper / lower)
        return (value - lower) / (upper - lower)

    def value_at(self, position: float) -> float:
        """The inverse of `position`; positions outside 0..1 lie beyond the bounds."""
        lower, upper = self.bounds
        if self.scale == "log":
            return lower * math.exp(position * math.log(upper / lower))
        return lower + position * (upper - lower)


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """The hyperparameters of a study: those that vary and those that were fixed."""

    hyperparameters: tuple[Hyperparameter, ...] = ()
    _by_name: Mapping[str, Hyperparameter] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_name = {each.name: each for each in self.hyperparameters}
        if len(by_name) != len(self.hyperparameters):
            raise ValueError("hyperparameter names must be unique")
        object.__setattr__(self, "_by_name", by_name)

    def __iter__(self) -> Iterator[Hyperparameter]:
        return iter(self.hyperparameters)

    def __len__(self) -> int:
        return len(self.hyperparameters)

    def __getitem__(self, name: str) -> Hyperparameter:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def find(self, alias: str) -> Hyperparameter | None:
        """The hyperparameter that plays a known part, such as `learning_rate`."""
        return next((each for each in self if alias in (each.alias, each.name)), None)

    @property
    def varied(self) -> tuple[Hyperparameter, ...]:
        """Those with more than one value."""
        return tuple(each for each in self if each.varies)

    @property
    def axes(self) -> tuple[Hyperparameter, ...]:
        """The varied ones whose values have an order: the columns of a design."""
        return tuple(each for each in self.varied if each.ordered)

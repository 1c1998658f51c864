"""What a tuning problem is: a surface, a given search space, a range around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from advisor.interpret.hyperparameter_names import read_key
from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter, Scale, Side
from benchmarks.advice_surfaces import Surface, Tabulated, Term, Values, Wall

_POINTS = 4096
_ZOOMS = 12


@dataclass(frozen=True)
class Range:
    """One hyperparameter as it is given, and how far it can reasonably be moved."""

    name: str
    lower: float
    upper: float
    least: float
    most: float
    scale: Scale = "log"
    whole: bool = False

    @property
    def given(self) -> Hyperparameter:
        """As the interpretation of a declared range has it."""
        key = read_key(self.name)
        least, most = key.limits
        hard: set[Side] = set()
        if least is not None and self.lower <= least:
            hard.add("lower")
        if most is not None and self.upper >= most:
            hard.add("upper")
        return Hyperparameter(
            self.name,
            "integer" if self.whole else "float",
            self.lower,
            self.upper,
            self.scale,
            declared=True,
            hard=frozenset(hard),
            alias=key.alias,
            limits=key.limits,
            sampled=self.scale,
        )

    def reasonable(self, fractions: FloatArray) -> FloatArray:
        """Values over the wide range, logarithmic where that is possible."""
        if self.least > 0:
            return np.asarray(self.least * (self.most / self.least) ** fractions)
        return self.least + (self.most - self.least) * fractions


@dataclass(frozen=True)
class Problem:
    """A surface, and the search space that a user starts with."""

    name: str
    ranges: tuple[Range, ...]
    surface: Surface
    healthy: bool = False
    held_out: bool = False  # not looked at while the planning was improved

    @cached_property
    def best_and_range(self) -> tuple[float, float]:
        """Least true error over the wide space, and how far a usual one is above it."""
        rng = np.random.default_rng(0)
        centre, half = np.full(len(self.ranges), 0.5), 0.5
        usual, best = np.nan, np.inf
        for _ in range(_ZOOMS):
            low = np.clip(centre - half, 0, 1)
            high = np.clip(centre + half, 0, 1)
            x = low + (high - low) * rng.random((_POINTS, len(self.ranges)))
            errors = self.surface.error(self.at(x))
            usual = float(np.nanmedian(errors)) if np.isnan(usual) else usual
            if np.nanmin(errors) < best:
                best, centre = float(np.nanmin(errors)), x[np.nanargmin(errors)]
            half *= 0.6
        return best, usual - best

    def at(self, fractions: FloatArray) -> Values:
        """Configurations at fractions [n, D] of the wide space."""
        return {
            each.name: each.reasonable(column)
            for each, column in zip(self.ranges, fractions.T, strict=True)
        }


def rate(lower: float, upper: float, scale: Scale = "log") -> Range:
    return Range("learning_rate", lower, upper, 1e-8, 100, scale)


def decay(lower: float, upper: float, scale: Scale = "log") -> Range:
    return Range("weight_decay", lower, upper, 1e-10, 100, scale)


def share(name: str, lower: float, upper: float) -> Range:
    return Range(name, lower, upper, 0.0, 0.9, "linear")


def momentum(lower: float, upper: float, name: str = "momentum") -> Range:
    return Range(name, lower, upper, 0.0, 0.9995, "linear")


def positive(name: str, lower: float, upper: float, scale: Scale = "log") -> Range:
    return Range(name, lower, upper, 1e-12, 1e4, scale)


def whole(name: str, lower: int, upper: int) -> Range:
    return Range(name, lower, upper, 1, 1e4, "log", whole=True)


def term(names: str, best: float, left: float, right: float, weight: float) -> Term:
    """`learning_rate/momentum` is the rate over 1 - momentum."""
    return Term(powers(names), best, left, right, weight)


def wall(names: str, at: float, cause: str = "diverged") -> Wall:
    return Wall(powers(names), at, cause)


def powers(names: str) -> dict[str, float]:
    above, *below = names.split("/")
    made = dict.fromkeys(above.split("*"), 1.0)
    return made | dict.fromkeys(below, -1.0)


def usual_rate(best: float, weight: float = 0.9) -> Term:
    """Slow training to the left, instability to the right."""
    return term("learning_rate", best, 1.0, 0.7, weight)


def table(name: str, grid: str, ranges: Sequence[Range], **kind: bool) -> Problem:
    return Problem(name, tuple(ranges), Tabulated(grid), **kind)

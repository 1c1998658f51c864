"""Surrogates of tuning: the true error of a configuration, its noise, what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from advisor.model.curve import FloatArray
from benchmarks.advice_tables import Table, read_table

Values = Mapping[str, FloatArray]
"""Configurations as columns [n], by hyperparameter."""

_SOFT = 0.15  # standard deviation of the place of a wall, as a factor
_MOMENTA = ("momentum", "beta1", "beta2")  # what matters of them is 1 - x
_LINEAR = ("dropout", "label_smoothing")


@dataclass(frozen=True)
class Term:
    """A valley: how the error rises with the distance of a product from its best.

    Distances are in decades; those of dropout and label smoothing as they are. Far away
    the rise levels off at `weight` of the span, as where a model learns nothing.
    """

    powers: Mapping[str, float]
    best: float
    left: float  # distance at which half of the rise is reached
    right: float
    weight: float

    def rise(self, values: Values) -> FloatArray:
        """Of the span, from 0 to `weight` [n]."""
        (first, *_), linear = self.powers, set(self.powers) <= set(_LINEAR)
        if linear:
            away = values[first] - self.best
        else:
            away = np.log10(_product(self.powers, values) / self.best)
        scaled = np.where(away < 0, away / self.left, away / self.right) ** 2
        return np.asarray(self.weight * scaled / (1 + scaled))


@dataclass(frozen=True)
class Wall:
    """Trials whose product of powers lies above `at` fail."""

    powers: Mapping[str, float]
    at: float
    cause: str = "diverged"


@dataclass(frozen=True)
class Valleys:
    """An analytic surrogate; its noise grows with the error."""

    terms: tuple[Term, ...]
    walls: tuple[Wall, ...] = ()
    noise: float = 0.03  # of the span, half of it where the error is smallest
    floor: float = 0.05
    span: float = 0.9

    def error(self, values: Values) -> FloatArray:
        """Noise-free [n]; NaN where it fails more often than not."""
        error, failing = self._error(values), np.zeros(_count(values), dtype=bool)
        for wall in self.walls:
            failing |= _product(wall.powers, values) > wall.at
        return np.where(failing, np.nan, error)

    def trained(
        self, values: Values, rng: np.random.Generator
    ) -> tuple[FloatArray, list[str | None]]:
        """Errors as measured [n], and what failed."""
        error = self._error(values)
        count = len(error)
        share = (error - self.floor) / self.span
        noise = self.noise * self.span * (0.5 + share) * rng.standard_normal(count)
        causes: list[str | None] = [None] * count
        for wall in self.walls:
            place = wall.at * np.exp(_SOFT * rng.standard_normal(count))
            for i in np.flatnonzero(_product(wall.powers, values) > place):
                causes[i] = wall.cause
        return np.maximum(error + noise, self.floor / 2), causes

    def _error(self, values: Values) -> FloatArray:
        good = np.ones(_count(values))
        for term in self.terms:
            good = good * (1 - term.rise(values))
        return np.asarray(self.floor + self.span * (1 - good))


@dataclass(frozen=True)
class Tabulated:
    """A surrogate from real trainings: linear between the points of a grid."""

    name: str
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", read_table(self.name))

    @cached_property
    def _filled(self) -> tuple[FloatArray, FloatArray]:
        """Mean and deviation; the worst and the usual one where nothing trained."""
        mean, deviation = self.table.mean, self.table.deviation
        usual = float(np.nanmedian(deviation))
        return (
            np.where(np.isnan(mean), np.nanmax(mean), mean),
            np.where(np.isnan(deviation), usual, deviation),
        )

    def error(self, values: Values) -> FloatArray:
        """Noise-free [n]; NaN where it fails more often than not."""
        error = self._between(self._filled[0], values)
        failing = self._between(self.table.infeasible, values) > 0.5
        return np.where(failing, np.nan, error)

    def trained(
        self, values: Values, rng: np.random.Generator
    ) -> tuple[FloatArray, list[str | None]]:
        """Errors as measured [n], and what failed."""
        mean, deviation = (self._between(each, values) for each in self._filled)
        failing = self._between(self.table.infeasible, values)
        causes = ["diverged" if x < y else None for x, y in _pairs(rng, failing)]
        noise = deviation * rng.standard_normal(len(mean))
        return np.maximum(mean + noise, 0.0), causes

    def _between(self, heights: FloatArray, values: Values) -> FloatArray:
        from scipy.interpolate import RegularGridInterpolator

        grid = [_place(name, np.array(points)) for name, points in self.table.axes]
        places = [
            np.clip(_place(name, values[name]), points.min(), points.max())
            for (name, _), points in zip(self.table.axes, grid, strict=True)
        ]
        between = RegularGridInterpolator(grid, heights)
        return np.asarray(between(np.stack(places, axis=1)))


Surface = Valleys | Tabulated


def _place(name: str, values: FloatArray) -> FloatArray:
    """Where values lie on a table's axis; momenta by the logarithm of 1 - x, rising."""
    if name in _LINEAR:
        return values
    if name in _MOMENTA:
        return np.asarray(-np.log10(np.maximum(1 - values, 1e-9)))
    return np.asarray(np.log10(np.maximum(values, 1e-30)))


def _product(powers: Mapping[str, float], values: Values) -> FloatArray:
    product = np.ones(_count(values))
    for name, power in powers.items():
        x = 1 - values[name] if name in _MOMENTA else values[name]
        product = product * np.maximum(x, 1e-12) ** power
    return product


def _count(values: Values) -> int:
    return len(next(iter(values.values())))


def _pairs(rng: np.random.Generator, chances: FloatArray) -> list[tuple[float, float]]:
    return list(zip(rng.random(len(chances)).tolist(), chances.tolist(), strict=True))

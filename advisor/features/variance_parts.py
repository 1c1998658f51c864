"""Columns of a model of the error: curves, levels and products of hyperparameters.

Shared by what splits the error's variance among hyperparameters, also those whose
choices have no order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.additive_model import even_errors, without
from advisor.features.configurations import tried_configurations
from advisor.features.feature import NotEnoughDataError
from advisor.features.noncentral_f import noncentrality_limits, upper_probability
from advisor.model.curve import FloatArray
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study

_LEVELS_OF_A_CURVE = 3
_FEWEST_A_LEVEL = 3  # of more choices, such as names, nothing can be said


@dataclass(frozen=True, slots=True)
class Table:
    """The configurations that can be compared, one row each."""

    axes: tuple[Hyperparameter, ...]  # [D] those with two or more values here
    main: tuple[FloatArray, ...]  # [D] of [n, terms]: curve or levels, mean zero
    slope: tuple[FloatArray, ...]  # [D] of [n, terms]: line or levels, mean zero
    positions: FloatArray  # [n, D] in the range; NaN without an order
    errors: FloatArray  # [n] on a scale on which noise is even

    @property
    def count(self) -> int:
        """Configurations."""
        return len(self.errors)

    def rows(self, keep: FloatArray) -> Table:
        """Some of the configurations, `keep` [m] being their indices."""
        return Table(
            self.axes,
            tuple(each[keep] for each in self.main),
            tuple(each[keep] for each in self.slope),
            self.positions[keep],
            self.errors[keep],
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What some columns explain beside others."""

    p_value: float  # F test that they explain nothing
    explained: float  # sum of squares less what chance explains, at least zero
    lower: float  # 95% limits of that, each one-sided
    upper: float
    noise: float  # variance that is left
    freedom: int  # degrees of freedom that are left


def table_of(study: Study, *, at_least: int) -> Table:
    """One row for each configuration with a result and every value known.

    What was stopped early has not shown how good it is and is left out, unless
    nothing ended.

    Raises:
        NotEnoughDataError: fewer than `at_least`.
    """
    tried = tried_configurations(study)
    ended = [each for each in tried if each.trials[0].finished] or tried
    varied = study.search_space.varied
    rows = [
        (each.trials[0].hyperparameters, each.mean)
        for each in ended
        if all(_known(a, each.trials[0].hyperparameters.get(a.name)) for a in varied)
    ]
    if len(rows) < at_least:
        raise NotEnoughDataError(
            f"at least {at_least} configurations with a result and all values known; "
            f"there are {len(rows)}"
        )
    values = {a.name: [row[a.name] for row, _ in rows] for a in varied}
    axes = tuple(a for a in varied if len(set(map(str, values[a.name]))) > 1)
    main = tuple(_columns(a, values[a.name], 2) for a in axes)
    errors = np.array([error for _, error in rows], dtype=np.float64)
    model = span([np.ones((len(rows), 1)), *main])
    return Table(
        axes,
        main,
        tuple(_columns(a, values[a.name], 1) for a in axes),
        np.array([_places(a, values[a.name]) for a in axes]).reshape(-1, len(rows)).T,
        even_errors(errors, model)[0],
    )


def products(first: FloatArray, second: FloatArray) -> FloatArray:
    """Every column of the one times every column of the other [n, terms]."""
    return (first[:, :, None] * second[:, None, :]).reshape(len(first), -1)


def span(columns: list[FloatArray]) -> FloatArray:
    """Orthonormal basis of all columns [n, ...]."""
    left, sizes, _ = np.linalg.svd(np.hstack(columns), full_matrices=False)
    return left[:, sizes > 1e-6 * sizes[0]]


def part_of(model: FloatArray, extra: FloatArray, errors: FloatArray) -> Part:
    """What the columns `extra` explain of `errors` [n] beside the basis `model`.

    Of columns that were drawn at random a share is lost to the model; the sums of
    squares make up for it.
    """
    rest = without(model, errors)
    left, sizes, _ = np.linalg.svd(without(model, extra), full_matrices=False)
    left = left[:, sizes > 1e-6 * max(float(sizes.max(initial=0.0)), 1e-12)]
    effect, count = left.shape[1], len(errors)
    freedom = count - model.shape[1] - effect
    squares = float(np.square(left.T @ rest).sum())
    total = float(rest @ rest)
    if effect == 0 or freedom < 1:
        return Part(1.0, 0.0, 0.0, math.inf, math.nan, max(freedom, 0))
    noise = max(total - squares, 1e-12 * float(errors @ errors), 1e-300) / freedom
    f = squares / effect / noise
    lower, upper = noncentrality_limits(f, effect, freedom)
    scale = noise * count / (count - model.shape[1])
    return Part(
        p_value=upper_probability(f, effect, freedom),
        explained=max(squares / noise - effect, 0.0) * scale,
        lower=lower * scale,
        upper=upper * scale,
        noise=noise,
        freedom=freedom,
    )


def _columns(axis: Hyperparameter, values: Sequence[Value], degree: int) -> FloatArray:
    if axis.ordered and len(set(values)) >= _LEVELS_OF_A_CURVE:
        centred = 2 * _places(axis, values) - 1
        centred = centred - centred.mean()
        curve = centred**2
        columns = np.stack((centred, curve - curve.mean()), axis=1)
        return columns[:, :degree]
    levels, index = np.unique([str(each) for each in values], return_inverse=True)
    if len(levels) > len(values) // _FEWEST_A_LEVEL:
        return np.empty((len(values), 0))
    marks = np.zeros((len(values), len(levels)))
    marks[np.arange(len(values)), index] = 1.0
    means: FloatArray = marks[:, 1:] - marks[:, 1:].mean(axis=0)
    return means


def _known(axis: Hyperparameter, value: Value) -> bool:
    """Whether a value is there and, where values have an order, has a place in it."""
    if not axis.ordered:
        return value is not None
    return math.isfinite(_place(axis, value))


def _places(axis: Hyperparameter, values: Sequence[Value]) -> FloatArray:
    if not axis.ordered:
        return np.full(len(values), np.nan)
    return np.array([_place(axis, each) for each in values], dtype=np.float64)


def _place(axis: Hyperparameter, value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return axis.position(float(value))

"""Whether two values of a scientific hyperparameter searched the same ranges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.features.configurations import TriedConfiguration
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study

_FEWEST = 3  # values of a range that was searched
_OF_OPTIMIZERS = frozenset(
    {"learning_rate", "momentum", "beta1", "beta2", "rho", "epsilon", "weight_decay"}
    | {"one_minus_momentum", "one_minus_beta1", "one_minus_beta2"}
)
"""Means something else with another optimizer: its range is expected to differ."""


@dataclass(frozen=True, slots=True)
class RangeDifference:
    """The hyperparameter in which two ranges differ most surprisingly."""

    name: str | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    count: int = 0
    p_value: float = 1.0


def comparable_axes(
    study: Study,
    hyperparameter: Hyperparameter,
    own: Sequence[TriedConfiguration],
    others: Sequence[TriedConfiguration],
) -> tuple[Hyperparameter, ...]:
    """Nuisance hyperparameters that both searched.

    What one of them kept fixed may be the change itself.
    """
    optimizer = study.search_space.find("optimizer")
    differs = optimizer is not None and {
        each.trials[0].hyperparameters.get(optimizer.name) for each in own
    } != {each.trials[0].hyperparameters.get(optimizer.name) for each in others}
    return tuple(
        axis
        for axis in study.search_space.axes
        if axis.name != hyperparameter.name
        and not (differs and (axis.alias or axis.name) in _OF_OPTIMIZERS)
        and min(len(set(_values(own, axis))), len(set(_values(others, axis))))
        >= _FEWEST
    )


def outside_of(
    axes: Sequence[Hyperparameter],
    own: Sequence[TriedConfiguration],
    others: Sequence[TriedConfiguration],
) -> RangeDifference:
    """Where the best of `own` lies outside what `others` tried.

    A point lies outside m others by g of their range with the probability
    2 / (m + 1) x (1 + g)^(1 - m) where all are spread evenly.
    """
    found = [RangeDifference()]
    for axis in axes:
        values = sorted(set(_values(others, axis)))
        best = _values(own[:1], axis)
        if not best:
            continue
        low, high, place = map(axis.position, (values[0], values[-1], best[0]))
        beyond = max(low - place, place - high) / (high - low)
        if beyond > 0:
            m = len(values)
            p = min(1.0, 2 / (m + 1) * (1 + beyond) ** (1 - m) * len(axes))
            found.append(
                RangeDifference(axis.name, best[0], values[0], values[-1], p_value=p)
            )
    return min(found, key=lambda each: each.p_value)


def narrower_of(
    axes: Sequence[Hyperparameter],
    own: Sequence[TriedConfiguration],
    others: Sequence[TriedConfiguration],
) -> RangeDifference:
    """Where `others` lie outside what `own` tried, more than by chance."""
    found = [RangeDifference()]
    for axis in axes:
        tried, its = sorted(_values(own, axis)), _values(others, axis)
        count = sum(not tried[0] <= value <= tried[-1] for value in its)
        p = min(1.0, chance_outside(len(tried), len(its), count) * len(axes))
        found.append(
            RangeDifference(
                axis.name, None, tried[0], tried[-1], count=count, p_value=p
            )
        )
    return min(found, key=lambda each: each.p_value)


def chance_outside(n: int, m: int, count: int) -> float:
    """That `count` or more of m lie outside the range of n, all in random order.

    Of the n + m places the n take the ends of a stretch that leaves j outside, which
    may be divided between both sides in j + 1 ways.
    """
    orders = math.comb(n + m, n)
    return sum(
        (j + 1) * math.comb(n + m - j - 2, n - 2) / orders for j in range(count, m + 1)
    )


def _values(tried: Sequence[TriedConfiguration], axis: Hyperparameter) -> list[float]:
    values = (each.trials[0].hyperparameters.get(axis.name) for each in tried)
    return [
        float(value)
        for value in values
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and not (axis.scale == "log" and value <= 0)
    ]

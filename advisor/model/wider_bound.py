"""Where a bound of the search goes when it is moved outwards."""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.model.search_space import COMPLEMENTED, Hyperparameter, Side

_DECADE = 10.0
_NEAREST_POWER_OF_TWO = 8.0
_HALF = 0.5
_SHORT_OF_BOUND = 0.02  # of the range
# Zero switches these off; for others it is no value that anybody would try.
_ZERO_IS_A_VALUE = (
    *("dropout", "label_smoothing", "momentum", "beta1"),
    *("warmup_steps", "warmup_fraction"),
)


@dataclass(frozen=True, slots=True)
class WiderBound:
    """A bound moved outwards, and what is known of limits there."""

    value: float  # equal to the bound where there is no room
    limit: bool  # the bound is a natural limit, or is marked as one
    perhaps: bool  # it looks like one: zero, or the 1 of a range from 0 to 1


def wider_bound(axis: Hyperparameter, side: Side) -> WiderBound:
    """One decade further on a log scale, half of the range on a linear one.

    Natural limits are not crossed: towards an upper one the bound goes half of the way,
    of a momentum a decade of 1 - x, from 0.9 to 0.99.
    What was positive stays so, and whole numbers stay whole.
    """
    bound = axis.bounds[int(side == "upper")]
    limit = axis.limits[int(side == "upper")]
    slack = _slack(axis)
    if side in axis.hard or (limit is not None and abs(bound - limit) <= slack):
        return WiderBound(bound, limit=True, perhaps=True)
    value = _raised(axis, limit) if side == "upper" else _lowered(axis, limit)
    if axis.kind == "integer":
        value = float(math.ceil(value) if side == "upper" else math.floor(value))
    value = float(f"{value:.12g}")  # 0.3, not 0.30000000000000004
    near = abs(bound - (side == "upper")) <= slack and axis.bounds[0] >= 0
    return WiderBound(value, limit=value == bound, perhaps=limit is None and near)


def _slack(axis: Hyperparameter) -> float:
    """How far from a limit a bound may be to lie at it.

    The extremes of values that were drawn stop short of the bounds they were drawn in.
    """
    lower, upper = axis.bounds
    drawn = not axis.declared and axis.scale == "linear"
    return _SHORT_OF_BOUND * (upper - lower) if drawn else 0.0


def _raised(axis: Hyperparameter, limit: float | None) -> float:
    upper = axis.bounds[1]
    step = upper * _factor(axis) if axis.scale == "log" else upper + _half_range(axis)
    if limit is None or step < limit:
        return step
    if axis.kind == "integer":
        return limit
    return limit - (limit - upper) / (_DECADE if axis.alias in COMPLEMENTED else 2)


def _lowered(axis: Hyperparameter, limit: float | None) -> float:
    lower = axis.bounds[0]
    least = limit if limit is not None else -math.inf
    if axis.kind == "integer" and lower >= 1:
        least = max(least, 1.0)
    if axis.scale == "log":
        return max(lower / _factor(axis), least)
    step = lower - _half_range(axis)
    if lower > 0 and step <= 0 and axis.alias not in _ZERO_IS_A_VALUE:
        step = lower / _DECADE
    return max(step, least, 0.0) if lower > 0 else max(step, least)


def _half_range(axis: Hyperparameter) -> float:
    lower, upper = axis.bounds
    return _HALF * (upper - lower)


def _factor(axis: Hyperparameter) -> float:
    """A decade, or 8 where both bounds are powers of two, as batch sizes are."""
    powers = all(value >= 1 and math.log2(value).is_integer() for value in axis.bounds)
    return _NEAREST_POWER_OF_TWO if axis.kind == "integer" and powers else _DECADE

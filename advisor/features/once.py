"""Measurements of a curve that several features need, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import ReferenceType, ref

from advisor.model.curve import Curve

T = TypeVar("T")


def once_a_curve(function: Callable[[Curve], T]) -> Callable[[Curve], T]:
    """Keeps what a pure function says of a curve for as long as the curve lives.

    For small results: what features look at rule by rule, over all trials.
    """
    kept: dict[int, tuple[ReferenceType[Curve], T]] = {}

    @wraps(function)
    def measure(curve: Curve) -> T:
        key = id(curve)
        known = kept.get(key)
        if known is not None and known[0]() is curve:
            return known[1]
        result = function(curve)
        kept[key] = ref(curve, lambda _: kept.pop(key, None)), result
        return result

    return measure


def once_in_a_row(function: Callable[[Curve], T]) -> Callable[[Curve], T]:
    """Keeps what a pure function says of the curve that it was asked about last.

    For large results: what the features of one rule need, trial by trial.
    """
    last: list[tuple[ReferenceType[Curve], T]] = []

    @wraps(function)
    def measure(curve: Curve) -> T:
        for known, result in last:
            if known() is curve:
                return result
        result = function(curve)
        last[:] = [(ref(curve, lambda _: last.clear()), result)]
        return result

    return measure

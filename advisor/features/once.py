"""Measurements of a curve that several features need, made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar
from weakref import ReferenceType, ref

from advisor.model.curve import Curve

T = TypeVar("T")


def once_a_curve(
    function: Callable[[Sequence[Curve]], Sequence[T]],
) -> Callable[[Sequence[Curve]], list[T]]:
    """Keeps what a pure function says of each curve for as long as the curve lives.

    For small results: what features look at rule by rule, over all trials.
    """
    kept: dict[int, tuple[ReferenceType[Curve], T]] = {}

    def is_known(curve: Curve) -> bool:
        known = kept.get(id(curve))
        return known is not None and known[0]() is curve

    def keep(curve: Curve, result: T) -> None:
        key = id(curve)
        kept[key] = ref(curve, lambda _: kept.pop(key, None)), result

    @wraps(function)
    def measure(curves: Sequence[Curve]) -> list[T]:
        new = {id(each): each for each in curves if not is_known(each)}
        if new:
            results = function(list(new.values()))
            for each, result in zip(new.values(), results, strict=True):
                keep(each, result)
        return [kept[id(each)][1] for each in curves]

    return measure

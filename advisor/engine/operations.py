"""What conditions do with values: arithmetic, order, membership, numeric functions."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from advisor.errors import AdvisorError

_DIGITS = 30


class ExpressionError(AdvisorError):
    """A condition outside the language; the text says what to write instead."""


def fold_none(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, `none` of `none`, and NaN where it has no value."""

    def folded(*values: Any) -> Any:
        if None in values:
            return None
        try:
            return function(*values)
        except (ZeroDivisionError, OverflowError, ValueError):
            return math.nan
        except TypeError as error:
            name = function.__name__.lstrip("_")
            raise ExpressionError(f"`{name}` of other values than numbers") from error

    return folded


def _round(value: float, digits: int | None = None) -> float:
    """Of an integer and many negative digits, Python would build a power of ten."""
    if digits is None:
        return round(value)
    return round(value, max(-_DIGITS, min(digits, _DIGITS)))


def _contains(item: Any, container: Any) -> bool:
    try:
        return container is not None and item in container
    except TypeError as error:
        raise ExpressionError(f"{item!r} cannot be in {container!r}") from error


def numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    """Arithmetic is for numbers: `"a" * 10**9` must not be possible."""

    def checked(left: Any, right: Any) -> Any:
        for value in (left, right):
            if not isinstance(value, int | float):
                raise ExpressionError(f"arithmetic needs numbers, but got {value!r}")
        return function(left, right)

    return checked


def relation_of(op: ast.cmpop) -> Callable[[Any, Any], bool]:
    """What a comparison says of two values."""
    if type(op) in _ORDER:
        return _ordered(_ORDER[type(op)])
    if isinstance(op, ast.Eq | ast.Is):
        return operator.eq
    if isinstance(op, ast.NotEq | ast.IsNot):
        return operator.ne
    if isinstance(op, ast.In):
        return _contains
    return lambda item, container: not _contains(item, container)


def _ordered(order: Callable[..., bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        try:
            return order(left, right)
        except TypeError as error:
            raise ExpressionError(f"{left!r} and {right!r} have no order") from error

    return compare


BINARY: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_ORDER: Mapping[type[ast.cmpop], Callable[..., bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": fold_none(abs),
    "ceil": fold_none(math.ceil),
    "exp": fold_none(math.exp),
    "floor": fold_none(math.floor),
    "log": fold_none(math.log),
    "log10": fold_none(math.log10),
    "max": fold_none(max),
    "min": fold_none(min),
    "round": fold_none(_round),
    "sqrt": fold_none(math.sqrt),
}

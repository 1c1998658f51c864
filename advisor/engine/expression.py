"""The condition language of rules: a white-listed piece of Python's expressions.

Comparisons, boolean logic, arithmetic, strings, dotted look-ups and a few numeric
functions. Parsed with `ast`, compiled to closures; no attribute of any object is ever
touched, because a dotted name is handed as text to the scope. Size and depth are capped
and there is no power operator or string repetition, so evaluation is bounded.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from advisor.errors import AdvisorError

MAX_LENGTH = 500
MAX_NODES = 120
_DIGITS = 30

Scope: TypeAlias = Callable[[str], Any]
"""Gives the value of a dotted name."""

_Closure: TypeAlias = Callable[[Scope], Any]


class ExpressionError(AdvisorError):
    """A condition outside the language; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled condition and the look-ups that it makes."""

    text: str
    look_ups: tuple[str, ...]  # dotted names, in order of first use
    evaluate: Callable[[Scope], Any]


@lru_cache(maxsize=8192)
def compile_expression(text: str) -> Expression:
    """Compiles `text`; the same look-ups stand in many conditions and templates.

    Comparisons with a missing value (`none`) are false, except `== none`; arithmetic
    with one gives `none`.

    Raises:
        ExpressionError: not in the language, or too long.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"not an expression: {error}") from error
    # A character makes three parts at most (a name: itself, its context, the whole).
    if 3 * len(text) > MAX_NODES and sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise ExpressionError(f"more than {MAX_NODES} parts; use a feature instead")
    look_ups: dict[str, None] = {}
    evaluate = _compile(tree.body, look_ups)
    return Expression(text, tuple(look_ups), evaluate)


def _fold_none(function: Callable[..., Any]) -> Callable[..., Any]:
    def folded(*values: Any) -> Any:
        if any(value is None for value in values):
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


_BINARY: Mapping[type[ast.operator], Callable[..., Any]] = {
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
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": _fold_none(abs),
    "ceil": _fold_none(math.ceil),
    "exp": _fold_none(math.exp),
    "floor": _fold_none(math.floor),
    "log": _fold_none(math.log),
    "log10": _fold_none(math.log10),
    "max": _fold_none(max),
    "min": _fold_none(min),
    "round": _fold_none(_round),
    "sqrt": _fold_none(math.sqrt),
}
_WORDS: Mapping[str, Any] = {"none": None, "true": True, "false": False}


def _compile(node: ast.expr, look_ups: dict[str, None]) -> _Closure:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return lambda scope: value
        case ast.Name() | ast.Attribute():
            return _look_up(node, look_ups)
        case ast.BoolOp(op=op, values=values):
            parts = [_compile(value, look_ups) for value in values]
            if isinstance(op, ast.And):
                return lambda scope: all(part(scope) for part in parts)
            return lambda scope: any(part(scope) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _compile(operand, look_ups)
            return lambda scope: not inner(scope)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _compile(operand, look_ups)
            negative = _fold_none(operator.neg)
            return lambda scope: negative(inner(scope))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _binary(_BINARY[type(op)], left, right, look_ups)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _comparison(left, ops, comparators, look_ups)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            condition, yes, no = (_compile(n, look_ups) for n in (test, body, orelse))
            return lambda scope: yes(scope) if condition(scope) else no(scope)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            parts = [_compile(item, look_ups) for item in items]
            return lambda scope: tuple(part(scope) for part in parts)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, arguments, look_ups)
    raise ExpressionError(
        f"`{ast.unparse(node)}` is not allowed; use comparisons, and/or/not, "
        f"+ - * / %, look-ups such as trial.rank, and {', '.join(_FUNCTIONS)}"
    )


def _look_up(node: ast.expr, look_ups: dict[str, None]) -> _Closure:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise ExpressionError(f"`{ast.unparse(node)}` has no look-ups; name a feature")
    name = ".".join([node.id, *reversed(parts)])
    if name in _WORDS:
        word = _WORDS[name]
        return lambda scope: word
    look_ups[name] = None
    return lambda scope: scope(name)


def _binary(
    function: Callable[..., Any],
    left: ast.expr,
    right: ast.expr,
    look_ups: dict[str, None],
) -> _Closure:
    first, second = _compile(left, look_ups), _compile(right, look_ups)
    folded = _fold_none(_numeric(function))
    return lambda scope: folded(first(scope), second(scope))


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    """Arithmetic is for numbers: `"a" * 10**9` must not be possible."""

    def checked(left: Any, right: Any) -> Any:
        for value in (left, right):
            if not isinstance(value, int | float):
                raise ExpressionError(f"arithmetic needs numbers, but got {value!r}")
        return function(left, right)

    return checked


def _comparison(
    left: ast.expr,
    ops: list[ast.cmpop],
    comparators: list[ast.expr],
    look_ups: dict[str, None],
) -> _Closure:
    operands = [_compile(each, look_ups) for each in (left, *comparators)]
    relations = [_relation(op) for op in ops]

    def compare(scope: Scope) -> bool:
        values = [operand(scope) for operand in operands]
        return all(
            relation(values[i], values[i + 1]) for i, relation in enumerate(relations)
        )

    return compare


def _relation(op: ast.cmpop) -> Callable[[Any, Any], bool]:
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


def _call(name: str, arguments: list[ast.expr], look_ups: dict[str, None]) -> _Closure:
    if name not in _FUNCTIONS:
        raise ExpressionError(
            f"`{name}` is not a function here; there are {', '.join(_FUNCTIONS)}"
        )
    function = _FUNCTIONS[name]
    parts = [_compile(argument, look_ups) for argument in arguments]
    return lambda scope: function(*(part(scope) for part in parts))

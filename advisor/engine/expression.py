"""The condition language of rules: a white-listed piece of Python's expressions.

Comparisons, boolean logic, arithmetic, strings, dotted look-ups and a few numeric
functions. Parsed with `ast`, compiled to closures; no attribute of any object is ever
touched, because a dotted name is handed as text to the scope. Size and depth are capped
and there is no power operator or string repetition, so evaluation is bounded.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from advisor.engine.operations import (
    BINARY,
    FUNCTIONS,
    fold_none,
    numeric,
    relation_of,
)
from advisor.engine.operations import ExpressionError as ExpressionError

MAX_LENGTH = 500
MAX_NODES = 120

Scope: TypeAlias = Callable[[str], Any]
"""Gives the value of a dotted name."""

_Closure: TypeAlias = Callable[[Scope], Any]


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


_WORDS: Mapping[str, Any] = {"none": None, "true": True, "false": False}


def _compile(node: ast.expr, look_ups: dict[str, None]) -> _Closure:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return lambda scope: value
        case ast.Name() | ast.Attribute():
            return _look_up(node, look_ups)
        case ast.BoolOp(op=op, values=values):
            parts = [_compile(value, look_ups) for value in values]
            return _logic(parts, until=isinstance(op, ast.Or))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _compile(operand, look_ups)
            return lambda scope: not inner(scope)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _compile(operand, look_ups)
            negative = fold_none(operator.neg)
            return lambda scope: negative(inner(scope))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return _binary(BINARY[type(op)], left, right, look_ups)
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
        f"+ - * / %, look-ups such as trial.rank, and {', '.join(FUNCTIONS)}"
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


def _logic(parts: Sequence[_Closure], *, until: bool) -> _Closure:
    """`any` of the parts, or `all` of them, which take twice as long as a loop."""

    def logic(scope: Scope) -> bool:
        for part in parts:
            if bool(part(scope)) is until:
                return until
        return not until

    return logic


def _binary(
    function: Callable[..., Any],
    left: ast.expr,
    right: ast.expr,
    look_ups: dict[str, None],
) -> _Closure:
    first, second = _compile(left, look_ups), _compile(right, look_ups)
    folded = fold_none(numeric(function))
    return lambda scope: folded(first(scope), second(scope))


def _comparison(
    left: ast.expr,
    ops: list[ast.cmpop],
    comparators: list[ast.expr],
    look_ups: dict[str, None],
) -> _Closure:
    first = _compile(left, look_ups)
    rest = [
        (relation_of(op), _compile(each, look_ups))
        for op, each in zip(ops, comparators, strict=True)
    ]

    def compare(scope: Scope) -> bool:
        value = first(scope)
        for relation, operand in rest:
            other = operand(scope)
            if not relation(value, other):
                return False
            value = other
        return True

    return compare


def _call(name: str, arguments: list[ast.expr], look_ups: dict[str, None]) -> _Closure:
    if name not in FUNCTIONS:
        raise ExpressionError(
            f"`{name}` is not a function here; there are {', '.join(FUNCTIONS)}"
        )
    function = FUNCTIONS[name]
    parts = [_compile(argument, look_ups) for argument in arguments]
    return lambda scope: function(*(part(scope) for part in parts))

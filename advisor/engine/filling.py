"""Nested data of a rule file, with every template filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from advisor.engine.expression import Scope
from advisor.engine.message import Template
from advisor.engine.rule import ITEM


def filled(value: Any, compiled: Callable[[str], Template], scope: Scope) -> Any:
    """The same data; a text that is one lone hole becomes the value in it."""
    if isinstance(value, str):
        return compiled(value).value(scope)
    if isinstance(value, Mapping):
        return {
            str(filled(key, compiled, scope)): filled(item, compiled, scope)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [filled(item, compiled, scope) for item in value]
    return value


def with_item(scope: Scope, item: Any) -> Scope:
    """The same look-ups, and those of the fields of `item`."""

    def look_up(name: str) -> Any:
        root, _, field = name.partition(".")
        return getattr(item, field) if root == ITEM else scope(name)

    return look_up

"""Bounds and choices of a declared search space, in whatever file they stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from advisor.model.log import Value, is_number

MOST_CHOICES = 10_000

_LARGEST = 1e300  # so that the width of a range is a float too


def bound(value: object) -> float | None:
    """One bound; None for what is no number, or too large to compute a range with."""
    if not is_number(value):
        return None
    return float(value) if -_LARGEST < value < _LARGEST else None


def choice(value: Any) -> Value:
    """One feasible point; what is nested is the text that JSON has for it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return json.dumps(value, default=str)


def choices(values: Sequence[Any]) -> tuple[Value, ...]:
    """The feasible points, the first of very many."""
    return tuple(map(choice, values[:MOST_CHOICES]))

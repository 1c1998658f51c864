"""Measured values, counts and settings in reports: one style for every output."""

from __future__ import annotations

from typing import Any

from advisor.numbers import decimal

MISSING = "–"


def number(value: Any) -> str:
    """A measured value or a count: `0.2145`, `12,345`, `3.2e-7`, `NaN`, `yes`."""
    if isinstance(value, float):
        return decimal(value, ",")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return setting(value)


def setting(value: Any) -> str:
    """A value of a hyperparameter, which people copy: no separators, no rounding up.

    Whole numbers stay complete (a seed, a batch size); others get four digits.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return decimal(value)
    return str(value)


def count(quantity: int, noun: str, plural: str = "") -> str:
    """`1 trial`, `42 trials`, `no trials`."""
    word = noun if quantity == 1 else plural or noun + "s"
    return f"{quantity:,} {word}" if quantity else f"no {word}"


def share(part: int, whole: int) -> str:
    """`8 of 40 (20%)`."""
    return f"{part:,} of {whole:,}" + (f" ({part / whole:.0%})" if whole else "")

"""Numbers as people write them: one style for every output.

Four significant digits, thousands separators, plain decimals from 0.0001 up to ten
million and `1e-5` (never `1e-05`) beyond.
"""

from __future__ import annotations

import math
from typing import Any

DIGITS = 4
SMALLEST_DECIMAL = 1e-4
LARGEST_DECIMAL = 1e7
MISSING = "–"


def number(value: Any) -> str:
    """A measured value or a count: `0.2145`, `12,345`, `3.2e-7`, `NaN`, `yes`."""
    if isinstance(value, float):
        return _decimal(value, ",")
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
        return _decimal(value, "")
    return str(value)


def count(quantity: int, noun: str, plural: str = "") -> str:
    """`1 trial`, `42 trials`, `no trials`."""
    word = noun if quantity == 1 else plural or noun + "s"
    return f"{quantity:,} {word}" if quantity else f"no {word}"


def share(part: int, whole: int) -> str:
    """`8 of 40 (20%)`."""
    return f"{part:,} of {whole:,}" + (f" ({part / whole:.0%})" if whole else "")


def _decimal(value: float, separator: str) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    rounded = float(f"{value:.{DIGITS}g}")
    size = abs(rounded)
    if rounded == 0:
        return "0"
    if size < SMALLEST_DECIMAL or size >= LARGEST_DECIMAL:
        mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if size >= 10 ** (DIGITS - 1):
        return f"{value:{separator}.0f}"
    return f"{rounded:.{DIGITS}g}"

"""Numbers as people write them, the same wherever they are shown."""

from __future__ import annotations

import math

DIGITS = 4

_SMALLEST_DECIMAL = 1e-4
_LARGEST_DECIMAL = 1e7


def decimal(value: float, separator: str = "") -> str:
    """`0.2145`, `12346`, `1e-5`, `NaN`, `∞`: four digits, more where a number is whole.

    Plain decimals from 0.0001 up to ten million, with `separator` between thousands.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    rounded = float(f"{value:.{DIGITS}g}")
    size = abs(rounded)
    if rounded == 0:
        return "0"
    if size < _SMALLEST_DECIMAL or size >= _LARGEST_DECIMAL:
        mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if size >= 10 ** (DIGITS - 1):
        return f"{value:{separator}.0f}"
    return f"{rounded:.{DIGITS}g}"

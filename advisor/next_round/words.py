"""Values in sentences, as the reports have them: `0.1`, `10000`, `1e-5`, `as it is`."""

from __future__ import annotations

from advisor.model.log import Value

_DIGITS = 4
_SMALLEST_DECIMAL = 1e-4
_LARGEST_DECIMAL = 1e7


def in_words(value: Value) -> str:
    """A value for people: four digits, no quotes."""
    if value is None:
        return "as it is"
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown(value) if isinstance(value, float) else str(value)


def shown(value: float) -> str:
    """A number: whole ones complete, others to four digits."""
    rounded = float(f"{value:.{_DIGITS}g}")
    if value == round(value, 0) and abs(value) < _LARGEST_DECIMAL:
        return f"{value:.0f}"
    if _SMALLEST_DECIMAL <= abs(rounded) < _LARGEST_DECIMAL:
        return f"{rounded:.{_DIGITS}g}" if abs(rounded) < 1e4 else f"{rounded:.0f}"
    mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    if not exponent:
        return mantissa  # inf, nan
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"

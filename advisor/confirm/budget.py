"""Budgets as people write them."""

from __future__ import annotations

import re

from advisor.errors import AdvisorError

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_BUDGET = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|)\s*")


def seconds_of(text: str) -> float:
    """Seconds in `90s`, `10m`, `1.5h` or `600`.

    Raises:
        AdvisorError: something else.
    """
    match = _BUDGET.fullmatch(text)
    if match is None or float(match[1]) <= 0:
        raise AdvisorError(
            f"expected a budget such as 90s, 10m or 1.5h, found `{text}`"
        )
    return float(match[1]) * _UNITS[match[2]]


def in_words(seconds: float) -> str:
    """`45 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"

"""Values in sentences, as the reports have them: `0.1`, `10000`, `1e-5`, `as it is`."""

from __future__ import annotations

from advisor.model.log import Value
from advisor.numbers import decimal


def in_words(value: Value) -> str:
    """A value for people: four digits, no quotes."""
    if value is None:
        return "as it is"
    if isinstance(value, bool):
        return "true" if value else "false"
    return decimal(value) if isinstance(value, float) else str(value)

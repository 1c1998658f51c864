"""Values in sentences: numbers are written as in the reports."""

from __future__ import annotations

import math

import pytest

from advisor.next_round.words import in_words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "as it is"),
        (True, "true"),
        (32, "32"),
        (12345.0, "12345"),
        (12345.6, "12346"),
        (1e-05, "1e-5"),
        (0.00012344, "0.0001234"),
        (2.5e-7, "2.5e-7"),
        (1e8, "1e8"),
        (0.1 + 0.2, "0.3"),
        (math.inf, "∞"),
        (math.nan, "NaN"),
        ("adam", "adam"),
    ],
)
def test_values(value: object, expected: str) -> None:
    assert in_words(value) == expected  # type: ignore[arg-type]

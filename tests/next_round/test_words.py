"""Values in sentences: the style of the reports, which have a module of their own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.next_round.words import in_words, shown
from advisor.report.numbers import setting


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "as it is"),
        (True, "true"),
        (32, "32"),
        (12345.0, "12345"),
        (1e-05, "1e-5"),
        (0.00012344, "0.0001234"),
        (2.5e-7, "2.5e-7"),
        (1e8, "1e8"),
        (0.1 + 0.2, "0.3"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        ("adam", "adam"),
    ],
)
def test_values(value: object, expected: str) -> None:
    assert in_words(value) == expected  # type: ignore[arg-type]


@given(st.floats(1e-9, 1e3))
def test_numbers_are_those_of_the_reports(value: float) -> None:
    assert shown(value) == setting(value)

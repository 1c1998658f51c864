"""Budgets as people write and read them."""

from __future__ import annotations

import pytest

from advisor.confirm.budget import in_words, seconds_of
from advisor.errors import AdvisorError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("1.5h", 5400),
        ("600", 600),
        (" 2 m ", 120),
        ("0.5", 0.5),
    ],
)
def test_reads(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "0", "0s", "-5m", "ten", "10 min", "1h30m", "1e3", "nan", "inf", "٣m5"]
)
def test_refuses(text: str) -> None:
    with pytest.raises(AdvisorError, match="expected a budget such as 90s"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 s"),
        (45, "45 s"),
        (90, "2 min"),
        (720, "12 min"),
        (5399, "90 min"),
        (12600, "3.5 h"),
    ],
)
def test_says(seconds: float, words: str) -> None:
    assert in_words(seconds) == words

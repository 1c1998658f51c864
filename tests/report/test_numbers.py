import math

import pytest

from advisor.report.numbers import count, number, setting, share


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.25123456, "0.2512"),
        (0.0, "0"),
        (-0.5, "-0.5"),
        (12.3456, "12.35"),
        (999.96, "1,000"),
        (1234.5, "1,234"),
        (12345.6, "12,346"),
        (9_999_999.0, "1e7"),
        (1e7, "1e7"),
        (3.2e-7, "3.2e-7"),
        (1e-5, "1e-5"),
        (0.0001, "0.0001"),
        (0.00009999, "9.999e-5"),
        (-2.5e9, "-2.5e9"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (1234567, "1,234,567"),
        (True, "yes"),
        (None, "–"),
        ("adam", "adam"),
    ],
)
def test_numbers_for_people(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(20240501, "20240501"), (1024, "1024"), (4096.0, "4096"), (1e-5, "1e-5")],
)
def test_settings_can_be_copied(value, expected):
    assert setting(value) == expected


def test_counts_agree_with_their_noun():
    assert [count(n, "study", "studies") for n in (0, 1, 1200)] == [
        "no studies",
        "1 study",
        "1,200 studies",
    ]
    assert share(8, 40) == "8 of 40 (20%)"
    assert share(0, 0) == "0 of 0"

"""Templates: holes, formats, and data that looks like a template."""

from __future__ import annotations

import pytest

from advisor.engine.expression import ExpressionError
from advisor.engine.message import compile_template

SCOPE = {
    "name": "{evil} `x`",
    "rate": 0.012345,
    "steps": 12000,
    "gone": None,
    "names": ("a", "b"),
    "nan": float("nan"),
    "yes": True,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{name}", "{evil} `x`"),
        ("{rate:.1%} of {steps:,}", "1.2% of 12,000"),
        ("{rate}", "0.01235"),
        ("{rate * 2:.3g}", "0.0247"),
        ("{gone:.2f}", "unknown"),
        ("{names}", "a, b"),
        ("{nan:.2f}", "NaN"),
        ("{yes}", "yes"),
        ("{{literal}}", "{literal}"),
        ("{'high' if rate > 0.01 else 'low'}", "high"),
        ("{steps / 7:d}", "1714"),
        ("plain", "plain"),
    ],
)
def test_fills(text: str, expected: str) -> None:
    assert compile_template(text).fill(SCOPE.__getitem__) == expected


@pytest.mark.parametrize("text", ["{", "}", "{rate:>100}", "{rate!r}", "{}", "{a{b}}"])
def test_refuses(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_template(text)


def test_a_lone_hole_keeps_its_type() -> None:
    assert compile_template("{steps}").value(SCOPE.__getitem__) == 12000
    assert compile_template("{steps} steps").value(SCOPE.__getitem__) == "12000 steps"


@pytest.mark.parametrize(
    ("text", "expected"), [("{n:.2}", "3.0"), ("{n:d}", "3"), ("{huge:.3g}", "∞")]
)
def test_integers_take_every_format(text: str, expected: str) -> None:
    values = {"n": 3, "huge": 10**400}
    assert compile_template(text).fill(values.get) == expected

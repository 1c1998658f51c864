"""YAML from strangers: numbers as people mean them, and no bombs."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import ProblemError
from advisor.safe_yaml import MAX_DEPTH, Document, parse_yaml, scalar

PATH = Path("some.yaml")


def parse(text: str, *, trusted_author: bool = False) -> Document:
    return parse_yaml(text, PATH, trusted_author=trusted_author)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1.5E+4", 15000.0),
        (".5", 0.5),
        ("-7", -7),
        ("0x1F", 31),
        ("0o17", 15),
        ("no", "no"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("true", True),
        ("~", None),
        (".inf", math.inf),
        ("-.inf", -math.inf),
        ("1.2.3", "1.2.3"),
        ("e5", "e5"),
        ("9" * 5000, math.inf),  # Python refuses to make an integer of more digits
        ("-" + "9" * 5000, -math.inf),
        ("9" * 301, 1e301),
        ("0x" + "f" * 300, "0x" + "f" * 300),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    assert scalar(text) == value
    assert parse(f"x: {text}").data == {"x": value}


@pytest.mark.parametrize("text", ["9" * 300, "0x" + "f" * 250, "0o" + "7" * 330])
def test_every_integer_has_a_place_on_an_axis(text: str) -> None:
    value = scalar(text)
    assert isinstance(value, int)
    assert math.isfinite(float(value))


def test_nan_is_a_number() -> None:
    assert math.isnan(parse("x: .nan").data["x"])


def test_quoted_scalars_stay_text() -> None:
    assert parse("x: '1e-3'").data == {"x": "1e-3"}


def test_positions_lead_to_keys_and_items() -> None:
    document = parse("a: 1\nb:\n  - c: 2\n")
    assert document.positions["b", 0, "c"] == (3, 5)
    problem = document.problem(("b", 0, "z"), expected="c", found="z", remedy="x")
    assert problem.place == "some.yaml:3:5"


def test_tags_of_other_people_become_plain_data() -> None:
    text = "a: !!python/tuple [1, 2]\nb: !!python/object/apply:os.system ['x']\n"
    assert parse(text).data == {"a": [1, 2], "b": ["x"]}
    with pytest.raises(ProblemError, match="no tag"):
        parse(text, trusted_author=True)


def test_aliases_are_plain_references() -> None:
    assert parse("a: &x [1, 2]\nb: *x\n").data == {"a": [1, 2], "b": [1, 2]}


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for i in range(1, levels):
        aliases = ", ".join([f"*a{i - 1}"] * 9)
        lines.append(f"a{i}: &a{i} [{aliases}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (bomb(9), "aliases expanded"),
        ("[" * 100_000, "nest"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "nesting"),
        ("- " * 100_000, "nest"),
        ("a: *nothing", "anchor"),
        ("a: [1", "YAML"),
        ("a: \x00", "YAML"),
        ("x" * (5 << 20), "characters"),
    ],
)
def test_bombs_are_refused_with_a_place(text: str, words: str) -> None:
    with pytest.raises(ProblemError, match=words) as caught:
        parse(text)
    assert str(caught.value).startswith("some.yaml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    message = ""
    try:
        parse(text)
    except ProblemError as error:
        message = str(error)
    assert message.isprintable()

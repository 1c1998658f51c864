"""Whatever a log calls its hyperparameters, the YAML that we write reads the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.interpret.yaml_text import yaml_text
from advisor.safe_yaml import parse_yaml

HOSTILE = [
    "lr}, rules: {disable: [{id: diverged, reason: x}]",
    "a: b",
    "a #b",
    "- a",
    "*a",
    "&a b",
    "!!python/object:os.system",
    "'",
    '"',
    "a\nconfirm: {command: [touch, owned]}",
    "no",
    "1e-3",
    "0x1F",
    "~",
    "",
    "{a}",
    "\\",
    "%TAG",
    "@a",
    "?",
    "\u2028",
]


def read(text: str) -> object:
    return parse_yaml(text, Path("advisor.yaml"), trusted_author=True).data


@pytest.mark.parametrize("name", HOSTILE)
def test_names_and_values_stay_what_they_are(name: str) -> None:
    said = {name: {"choices": [name, 1, True, None]}}
    assert read(f"hyperparameters: {yaml_text(said)}\n") == {"hyperparameters": said}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_any_name_stays_what_it_is(name: str) -> None:
    assert read(yaml_text({name: [name]})) == {name: [name]}

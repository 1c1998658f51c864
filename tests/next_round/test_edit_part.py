"""Edits in rule files: every mistake is found on loading, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.engine.rule import load_rule
from advisor.engine.rule_set import load_rules
from advisor.errors import RuleError
from advisor.model.edits import KINDS, arguments_of, required_of
from tests.example_rule import GOOD

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "next-round.md").read_text(
    "utf-8"
)

RULE = GOOD.replace("next_round: []", "next_round:\n  - EDIT")

GOOD = [
    "{edit: widen, target: lr, with: {side: upper, to: 1}}",
    '{edit: narrow, target: "{study.name}", with: {side: lower, to: "{limit}"}}',
    "{edit: exclude, target: lr, with: {above: 1.0, times: {momentum: -1}}}",
    "{edit: rescale, target: lr, with: {scale: log}}",
    "{edit: reparameterise, target: momentum, with: {to: one_minus_momentum}}",
    "{edit: fix, target: batch_size}",
    "{edit: free, target: dropout, with: {lower: 0.0, upper: 0.5, scale: linear}}",
    "{edit: free, target: act, with: {choices: [relu, gelu], role: scientific}}",
    "{edit: set, target: max_train_steps, with: {value: 100}}",
    "{edit: multiply, target: max_train_steps, with: {factor: 1.5}}",
    '{edit: trials, target: "", with: {at_least: "{limit}"}}',
    '{edit: repeat, target: "{study.best}", with: {repeats: 5}}',
]

BAD = [
    ("{edit: wide, target: lr}", "14:6", "did you mean `widen`"),
    ("{edit: wobble, target: lr}", "14:6", "expected one of widen, narrow"),
    (
        "{edit: widen, target: lr, with: {side: upper, too: 1}}",
        "14:51",
        "did you mean `to`",
    ),
    ("{edit: widen, target: lr, with: {side: upper}}", "14:5", "expected `to`"),
    ("{edit: widen, target: lr}", "14:5", "expected `side`"),
    (
        "{edit: widen, target: lr, with: {side: top, to: 1}}",
        "14:38",
        "an argument of `widen`",
    ),
    (
        "{edit: free, target: lr, with: {lower: little}}",
        "14:37",
        "an argument of `free`",
    ),
    (
        "{edit: set, target: steps, with: {value: 1}}",
        "14:17",
        "expected one of max_train_steps",
    ),
    ('{edit: fix, target: ""}', "14:17", "expected a target"),
    (
        "{edit: trials, target: lr, with: {at_least: 2}}",
        "14:20",
        "expected an empty target",
    ),
]


def write(tmp_path: Path, edit: str) -> Path:
    path = tmp_path / "search-space" / "example.yaml"
    path.parent.mkdir()
    path.write_text(RULE.replace("EDIT", edit))
    return path


@pytest.mark.parametrize("edit", GOOD)
def test_good_edits_load(tmp_path: Path, edit: str) -> None:
    assert load_rule(write(tmp_path, edit)).source.next_round


@pytest.mark.parametrize(("edit", "place", "words"), BAD)
def test_mistakes_are_located(
    tmp_path: Path, edit: str, place: str, words: str
) -> None:
    with pytest.raises(RuleError) as caught:
        load_rule(write(tmp_path, edit))
    assert words in str(caught.value)
    assert f"example.yaml:{place}:" in str(caught.value)


def test_every_kind_has_a_good_example() -> None:
    shown = {each.split("edit: ")[1].split(",")[0] for each in GOOD}
    assert shown == KINDS.keys()


def test_required_arguments_are_arguments() -> None:
    for kind in KINDS:
        assert set(required_of(kind)) <= set(arguments_of(kind))


def test_the_rules_that_ship_use_known_edits() -> None:
    used = {edit.edit for rule in load_rules() for edit in rule.source.next_round}
    assert used <= KINDS.keys()
    assert "widen" in used


def test_every_kind_and_argument_is_documented() -> None:
    section = DOCS.split("## Edits")[1].split("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    for kind in KINDS:
        (row,) = [each for each in rows if f"`{kind}`" in each.split("|")[1]]
        for argument in arguments_of(kind):
            assert f"`{argument}`" in row, (kind, argument)

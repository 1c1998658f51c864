"""Rule files: every mistake is located and names the nearest valid spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.engine.rule import load_rule
from advisor.errors import RuleError
from tests.example_rule import GOOD


def load(tmp_path: Path, text: str) -> RuleError:
    path = tmp_path / "search-space" / "example.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    with pytest.raises(RuleError) as caught:
        load_rule(path)
    return caught.value


def test_a_good_rule_loads(tmp_path: Path) -> None:
    path = tmp_path / "search-space" / "example.yaml"
    path.parent.mkdir()
    path.write_text(GOOD)
    rule = load_rule(path)
    assert (rule.id, rule.group) == ("example", "search-space")


def test_a_rule_that_is_no_text_is_located(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_bytes(b"\x80")
    with pytest.raises(RuleError, match=r"example\.yaml: expected readable text"):
        load_rule(path)


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (("id: example", "id: other"), "1:1", "the file's name"),
        (("summary:", "sumary:"), "2:1", "did you mean `summary`"),
        (("value: 10, reason", "value: 10, reasn"), "7:22", "did you mean `reason`"),
        (("limit: {value: 10", "limit: {value: [10]"), "7:11", "valid rule"),
        (("study.trials <", "study.trial <"), "8:1", "did you mean `study.trials`"),
        (("< limit", "< limt"), "8:1", "did you mean `limit`"),
        (("< limit", "<"), "8:1", "not an expression"),
        (("{study.trials} trials", "{trials} trials"), "10:1", "expected one of"),
        (("{is: info}", "{is: info, when: 'limit > 1'}"), "9:1", "without `when`"),
        (("{is: info}", "{is: fatal}"), "9:13", "valid rule file"),
        (("subject: study", "subject: run"), "5:1", "valid rule file"),
        (("why: Because.\n", ""), "1:1", "missing required field `why`"),
        (
            ("fires:", "features: {x: {feature: nothing}}\nfires:"),
            "8:16",
            "expected one of",
        ),
        (("study.trials < limit", "findings.y.hear"), "8:1", "did you mean `here`"),
        (("study.trials < limit", "item.to > 1"), "8:1", "expected one of"),
        (
            (
                "next_round: []",
                "features: {r: {feature: good_region}}\n"
                "next_round: [{edit: fix, target: '{item.nam}', each: r.cuts}]",
            ),
            "14:26",
            "did you mean `item.name`",
        ),
        (
            ("next_round: []", "next_round: []\nmeanwhile: [{edit: wide, target: x}]"),
            "14:14",
            "did you mean `widen`",
        ),
        (
            ("next_round: []", "next_round: [{edit: fix, target: '{item.name}'}]"),
            "13:26",
            "a look-up of several",
        ),
    ],
)
def test_mistakes_are_located(
    tmp_path: Path, change: tuple[str, str], place: str, words: str
) -> None:
    error = load(tmp_path, GOOD.replace(*change))
    assert f"example.yaml:{place}:" in str(error)
    assert words in str(error)


def test_a_tag_is_refused(tmp_path: Path) -> None:
    error = load(tmp_path, GOOD.replace("Because.", "!!python/name:os.system x"))
    assert "expected no tag" in str(error)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    assert "each key once" in str(load(tmp_path, GOOD + "why: Again.\n"))

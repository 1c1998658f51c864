"""Runs the cases of every rule: tests/rules/<rule>.yaml, both sides of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from synthetic import make_study

from advisor.engine.evaluate import Conclusions, evaluate_study
from advisor.engine.rule import load_rule
from advisor.engine.rule_paths import rule_paths
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.finding import Outcome
from advisor.safe_yaml import parse_yaml

CASES = Path(__file__).parent / "rules"


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        content = parse_yaml(path.read_text("utf-8"), path, trusted_author=True).data
        assert content["rule"] == path.stem
        for name, case in content["cases"].items():
            yield pytest.param(path.stem, case, id=f"{path.stem}-{name}")


def conclude(rule_id: str, case: Mapping[str, Any]) -> Conclusions:
    settings = RuleSettings(parameters={rule_id: case.get("parameters", {})})
    return evaluate_study(make_study(case["study"]), load_rules(settings), settings)


@pytest.mark.parametrize(("rule_id", "case"), list(cases()))
def test_case(rule_id: str, case: Mapping[str, Any]) -> None:
    conclusions = conclude(rule_id, case)
    verdicts = [each for each in conclusions.verdicts if each.rule == rule_id]
    found = conclusions.findings.get(rule_id, [])
    if "inconclusive" in case:
        reasons = [v.reason for v in verdicts if v.outcome is Outcome.INCONCLUSIVE]
        assert any(case["inconclusive"] in reason for reason in reasons), verdicts
    if "not_evaluated" in case:
        missing = [v.reason for v in verdicts if v.outcome is Outcome.NOT_EVALUATED]
        assert any(case["not_evaluated"] in reason for reason in missing), verdicts
    wanted = case.get("findings", [])
    assert len(found) == len(wanted), [each.message for each in found]
    for finding, expected in zip(found, wanted, strict=True):
        seen = {
            "subject": finding.subject.name,
            "severity": str(finding.severity),
            "message": finding.message,
            "superseded": finding.superseded_by is not None,
        }
        assert {key: seen[key] for key in expected} == dict(expected)
    if case.get("findings") == []:
        outcomes = {each.outcome for each in verdicts}
        assert outcomes == {Outcome.CLEAR}, verdicts


@pytest.mark.parametrize("path", rule_paths(), ids=lambda path: path.stem)
def test_answers_to_questions_are_whole_lines(path: Path) -> None:
    for question in load_rule(path).source.asks:
        assert question.example.startswith(("facts: {{", "hyperparameters: {{"))


@pytest.mark.parametrize("path", rule_paths(), ids=lambda path: path.stem)
def test_every_rule_is_proven_on_both_sides(path: Path) -> None:
    twin = CASES / path.name
    assert twin.exists(), f"write {twin.name}"
    content = parse_yaml(twin.read_text("utf-8"), twin, trusted_author=True).data
    cases = content["cases"].values()
    assert any(case.get("findings") for case in cases), "no case fires"
    assert any(case.get("findings") == [] for case in cases), "no case is clear"
    assert any({"inconclusive", "not_evaluated"} & case.keys() for case in cases)
    assert any(
        "message" in finding for case in cases for finding in case.get("findings") or ()
    ), "no case compares the message"

"""*Do these next*: what is asked for, and in which order."""

from __future__ import annotations

from dataclasses import replace

from advisor.engine.recommend import recommend
from advisor.engine.rule_set import find_rule
from advisor.model.finding import Action, Finding, Severity, Subject

RULES = [find_rule(name) for name in ("optimum-at-boundary", "diverged")]


def finding(rule: str, name: str, severity: Severity = Severity.WARNING) -> Finding:
    subject = Subject("s", "trial", name)
    return Finding(rule, subject, severity, "", (), (Action(f"mend {rule}"),))


def test_what_another_finding_explains_asks_for_nothing() -> None:
    cause = finding("diverged", "a")
    below = replace(finding("optimum-at-boundary", "b"), superseded_by=cause.id)
    (made,) = recommend([below, cause], RULES)
    assert made.findings == (cause,)


def test_severity_comes_first_then_what_makes_others_doubtful() -> None:
    bound, broke = finding("optimum-at-boundary", "a"), finding("diverged", "b")
    grave = replace(bound, severity=Severity.ERROR)
    assert [each.action.do for each in recommend([bound, broke], RULES)] == [
        *("mend diverged", "mend optimum-at-boundary")
    ]
    assert recommend([broke, grave], RULES)[0].findings == (grave,)


def test_trials_of_a_study_share_one_recommendation() -> None:
    many = [finding("diverged", name) for name in "abc"]
    (made,) = recommend(many, RULES)
    assert made.findings == tuple(many)

"""Verdicts, chaining, superseding, questions and traces, on rules made for the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic_searches as searches

from advisor.engine.evaluate import Conclusions, evaluate_study
from advisor.engine.facts import fact
from advisor.engine.rule import Rule, load_rule
from advisor.engine.rule_set import RuleSettings
from advisor.features.good_region import good_region
from advisor.model.curve import Curve
from advisor.model.finding import Edit, Outcome, Severity, Subject
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial

COMMON = """
why: Because.
playbook: "#x"
next_round:
  - {edit: widen, target: "{study.name}", with: {side: upper, to: "{limit}"}}
  - {edit: fix, target: "{study.name}", with: {value: "at {limit}"}}
confirm: {seeds: "{limit}"}
known_problems: none known
"""

COUNT = (
    """
id: count
summary: Few trials.
subject: study
parameters: {limit: {value: 10, reason: "ten"}}
requires:
  - {when: "study.metric != none", missing: "an objective", enable: "log one"}
inconclusive: [{when: "study.trials < 2", because: "only {study.trials} trial"}]
fires: "study.trials < limit"
severity: [{when: "study.trials < 4", is: error}, {is: warning}]
message: "{study.trials} trials, {limit} wanted"
evidence: [study.trials, limit]
advice: [{do: "Train more."}, {do: "Never.", when: "study.trials > 99"}]
asks:
  - fact: budget
    question: How many?
    because: It says how many.
    example: "facts: {{budget: 10}}"
"""
    + COMMON
)

EACH = (
    """
id: each
summary: A trial is infeasible.
subject: trial
parameters: {limit: {value: 1, reason: "one"}}
fires: "trial.infeasible and findings.count.count >= limit"
severity: [{is: info}]
message: "{trial.name} is infeasible"
evidence: [trial.cause, findings.count.here]
advice: [{do: "Look."}]
yields_to: [{rule: count, when: "trial.cause == 'diverged'"}]
"""
    + COMMON
)


def rule(tmp_path: Path, text: str) -> Rule:
    name = text.split("id: ")[1].split("\n")[0]
    path = tmp_path / "tracking" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return load_rule(path)


def study(trials: int = 3, *, objective: bool = True) -> Study:
    diverged = Infeasibility("diverged", "loss is NaN", 7)
    return Study(
        name="study",
        trials=tuple(
            Trial(
                name=f"trial-{i}",
                hyperparameters={"lr": 0.1 * (i + 1)},
                curves={"training_loss": Curve(np.arange(5), np.ones(5))},
                error=None if i == 0 else float(i),
                infeasibility=diverged if i == 0 else None,
            )
            for i in range(trials)
        ),
        objective=Objective("val_loss", Goal.MINIMIZE) if objective else None,
        search_space=SearchSpace((Hyperparameter("lr", "float", 0.1, 0.1 * trials),)),
    )


def conclude(
    tmp_path: Path,
    *texts: str,
    of: Study | None = None,
    settings: RuleSettings | None = None,
) -> Conclusions:
    rules = [rule(tmp_path, text) for text in texts]
    return evaluate_study(of or study(), rules, settings or RuleSettings())


UNDECIDED = COUNT.replace(
    "fires:",
    "meanwhile: [{edit: trials, target: '', with: {at_least: '{limit}'}, "
    "when: study.trials > 0}]\nfires:",
)


def test_what_is_undecided_asks_for_its_own_edits(tmp_path: Path) -> None:
    (lead,) = conclude(tmp_path, UNDECIDED, of=study(1)).leads
    assert lead.because == "only 1 trial"
    assert lead.edits == (Edit("trials", "", {"at_least": 10}),)
    assert lead.id.startswith("count-")
    assert not conclude(tmp_path, UNDECIDED, of=study(1)).findings


@pytest.mark.parametrize(("trials", "when"), [(3, "> 0"), (30, "> 0"), (1, "> 1")])
def test_what_is_decided_or_does_not_apply_asks_for_nothing(
    tmp_path: Path, trials: int, when: str
) -> None:
    text = UNDECIDED.replace("study.trials > 0", f"study.trials {when}")
    assert conclude(tmp_path, text, of=study(trials)).leads == []


def test_what_another_finding_explains_asks_for_nothing(tmp_path: Path) -> None:
    other = COUNT.replace("id: count", "id: other").replace("study.trials < 2", "false")
    text = UNDECIDED + "yields_to: [{rule: other}]\n"
    assert conclude(tmp_path, other, text, of=study(1)).leads == []


def test_fires_with_evidence_advice_and_edits(tmp_path: Path) -> None:
    conclusions = conclude(tmp_path, COUNT)
    (finding,) = conclusions.findings["count"]
    assert finding.message == "3 trials, 10 wanted"
    assert finding.severity is Severity.ERROR
    assert [each.do for each in finding.actions] == ["Train more."]
    assert finding.edits[0].arguments == {"side": "upper", "to": 10}
    assert finding.edits[1].arguments == {"value": "at 10"}
    assert finding.confirm == {"seeds": 10}
    assert [(each.name, each.value) for each in finding.evidence] == [
        ("study.trials", 3),
        ("limit", 10),
    ]
    assert finding.evidence[1].meaning == "ten"
    assert [step.purpose for step in finding.trace] == [
        "requires",
        "inconclusive if",
        "fires if",
        "error if",
    ]


@pytest.mark.parametrize(
    ("trials", "objective", "outcome", "reason"),
    [
        (3, True, Outcome.FIRES, ""),
        (12, True, Outcome.CLEAR, ""),
        (1, True, Outcome.INCONCLUSIVE, "only 1 trial"),
        (3, False, Outcome.NOT_EVALUATED, "an objective"),
    ],
)
def test_four_verdicts(
    tmp_path: Path, trials: int, objective: bool, outcome: Outcome, reason: str
) -> None:
    of = study(trials, objective=objective)
    (verdict,) = conclude(tmp_path, COUNT, of=of).verdicts
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_findings_are_facts_for_later_rules_and_supersede(tmp_path: Path) -> None:
    conclusions = conclude(tmp_path, COUNT, EACH)
    (count,) = conclusions.findings["count"]
    (each,) = conclusions.findings["each"]
    assert each.subject.name == "trial-0"
    assert each.superseded_by == count.id
    assert each.trials == ("trial-0",)
    assert conclude(tmp_path, COUNT, EACH, of=study(12)).findings == {}


def test_only_warnings_count_as_warnings(tmp_path: Path) -> None:
    each = EACH.replace("findings.count.count", "findings.count.warnings")
    assert "each" in conclude(tmp_path, COUNT, each).findings
    mild = COUNT.replace(
        '{when: "study.trials < 4", is: error}, {is: warning}', "{is: info}"
    )
    findings = conclude(tmp_path, mild, each).findings
    assert "count" in findings
    assert "each" not in findings


def test_an_edit_may_be_made_for_each_of_several(tmp_path: Path) -> None:
    edit = """
  - edit: narrow
    each: region.cuts
    target: "{item.name}"
    with: {side: "{item.side}", to: "{item.to}"}
confirm:"""
    text = COUNT.replace("\nconfirm:", edit).replace("value: 10", "value: 99")
    text = text.replace("fires:", "features: {region: {feature: good_region}}\nfires:")
    of = searches.search(trials=60, weights=(1.0, 1.0))
    (finding,) = conclude(tmp_path, text, of=of).findings["count"]
    made = [each for each in finding.edits if each.kind == "narrow"]
    assert [
        (each.target, each.arguments["side"], each.arguments["to"]) for each in made
    ] == [(cut.name, cut.side, cut.to) for cut in good_region(of.design).cuts]
    assert len(made) == 4


def test_parameters_and_switches_of_the_user(tmp_path: Path) -> None:
    settings = RuleSettings(parameters={"count": {"limit": 3}})
    assert conclude(tmp_path, COUNT, settings=settings).findings == {}
    settings = RuleSettings(disabled={"count": "we know"})
    (verdict,) = conclude(tmp_path, COUNT, settings=settings).verdicts
    assert verdict.outcome is Outcome.NOT_EVALUATED
    assert verdict.reason == "switched off: we know"


def test_questions_are_asked_until_answered(tmp_path: Path) -> None:
    (question,) = conclude(tmp_path, COUNT).questions.values()
    assert (question.fact, question.example) == ("budget", "facts: {budget: 10}")
    answered = study()
    answered = Study(
        answered.name,
        answered.trials,
        answered.objective,
        answered.search_space,
        facts={"budget": 10},
    )
    assert conclude(tmp_path, COUNT, of=answered).questions == {}


def test_the_first_wording_that_applies_is_used(tmp_path: Path) -> None:
    text = COUNT.replace(
        'message: "{study.trials} trials, {limit} wanted"',
        'message: [{when: "study.trials < 4", say: "few"}, {say: "{study.trials}"}]',
    )
    (finding,) = conclude(tmp_path, text).findings["count"]
    assert finding.message == "few"
    text = text.replace("study.trials < 4", "study.trials < 1")
    (finding,) = conclude(tmp_path, text).findings["count"]
    assert finding.message == str(len(study().trials))


ONLY = 'only: {when: "WHEN", missing: "a failure", enable: "fail"}\n'


def test_only_the_subjects_it_speaks_of_get_a_verdict(tmp_path: Path) -> None:
    some = conclude(tmp_path, EACH + ONLY.replace("WHEN", "trial.infeasible"))
    concerned = {v.subject.name for v in some.verdicts if v.rule == "each"}
    assert concerned == {trial.name for trial in study().infeasible}


def test_a_rule_that_speaks_of_no_subject_is_not_silent(tmp_path: Path) -> None:
    none = conclude(tmp_path, EACH + ONLY.replace("WHEN", "trial.rank > 99"))
    (verdict,) = (each for each in none.verdicts if each.rule == "each")
    assert verdict.outcome is Outcome.NOT_EVALUATED
    assert (verdict.reason, verdict.subject.kind) == ("a failure", "study")


def test_a_rule_without_subjects_is_not_silent(tmp_path: Path) -> None:
    text = EACH.replace("subject: trial", "subject: hyperparameter").replace(
        "trial.infeasible and ", ""
    )
    text = text.replace("{trial.name}", "x").replace("trial.cause == 'diverged'", "1")
    text = text.replace("trial.cause, ", "")
    bare = Study("s", (Trial("t", error=1.0),))
    (verdict,) = conclude(tmp_path, text, of=bare).verdicts
    assert verdict.outcome is Outcome.NOT_EVALUATED
    assert "hyperparameters" in verdict.reason


@pytest.mark.parametrize("axis", ["step", "epoch", "row"])
def test_a_trial_says_what_its_curves_count(axis: Any) -> None:
    curve = Curve(np.arange(3), np.zeros(3), axis=axis)
    one = Trial("t", curves={"training_loss": curve})
    subject = Subject("s", "trial", "t")
    assert fact("trial", "axis", subject, Study("s", (one,))) == axis


def test_what_is_behind_a_clear_verdict_is_looked_up_when_asked(tmp_path: Path) -> None:
    # At the end, when all rules are through, the same is seen as when it was judged.
    conclusions = conclude(tmp_path, COUNT, EACH)
    clear = [each for each in conclusions.verdicts if each.outcome is Outcome.CLEAR]
    assert [each.subject.name for each in clear] == ["trial-1", "trial-2"]
    for verdict in clear:
        (step,) = verdict.trace
        assert step.result is False
        assert [(each.name, each.value) for each in step.values] == [
            ("trial.infeasible", False),
            ("findings.count.count", 1),
            ("limit", 1),
        ]
        assert [(each.name, each.value) for each in verdict.evidence] == [
            ("trial.cause", None),
            ("findings.count.here", False),
        ]


@pytest.mark.parametrize("trials", [1, 3, 513, 1030])
def test_every_trial_of_a_large_study_is_judged(tmp_path: Path, trials: int) -> None:
    of = study(trials)
    verdicts = conclude(tmp_path, EACH.replace("findings.count.here", "limit"), of=of)
    assert [each.subject.name for each in verdicts.verdicts] == [
        trial.name for trial in of.trials
    ]

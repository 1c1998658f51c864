"""Which findings are tested first, and why others are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from advisor.confirm.session import in_order, prepare, priority, uncertainty
from advisor.errors import AdvisorError
from advisor.model.finding import Evidence, Finding, Severity, Subject
from advisor.pipeline import Checked
from tests.confirm.fake_pipeline import DIVERGING, HEALTHY, OVERFITTING, FakePipeline
from tests.confirm.studies import checked, finding_of, only


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("study")
    return checked(folder, HEALTHY, OVERFITTING, DIVERGING)


def order(study: Checked, *findings: Finding) -> list[str]:
    session = prepare(only(study, *findings).evaluation, FakePipeline())
    return [plan.experiment.finding.id for plan in session.plans]


def test_severity_times_uncertainty_over_cost(study: Checked) -> None:
    """12 trials before 24; an error before a warning; the doubtful before the sure."""
    long = replace(finding_of(study, "diverged"), evidence=())
    short = finding_of(study, "problematic-overfitting")
    unsure = replace(short, evidence=())
    assert order(study, long, unsure) == [unsure.id, long.id]
    grave = replace(long, severity=Severity.ERROR)
    light = replace(unsure, severity=Severity.INFO)
    assert order(study, light, grave) == [grave.id, light.id]
    sure = replace(unsure, evidence=(Evidence("error.p_value", 1e-9),))
    doubtful = replace(sure, evidence=(Evidence("error.p_value", 0.04),))
    assert uncertainty(doubtful) > uncertainty(sure)


def test_another_rule_comes_before_the_second_finding_of_one() -> None:
    finding = Finding("a", Subject("s", "trial", "t"), Severity.WARNING, "", (), ())
    plans = [
        SimpleNamespace(
            experiment=SimpleNamespace(finding=replace(finding, rule=rule)),
            seconds=lambda cost=cost: cost,
        )
        for rule, cost in (("a", 1.0), ("a", 1.1), ("b", 1.5), ("a", 1.2))
    ]
    order = in_order(plans)  # type: ignore[arg-type]
    assert [(p.experiment.finding.rule, p.seconds()) for p in order] == [
        ("a", 1.0),
        ("b", 1.5),
        ("a", 1.1),
        ("a", 1.2),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], 0.5),
        ([0.5], 1.0),
        ([0.1], 1.0),
        ([0.01], 0.5),
        ([1e-3, 0.5], 0.25),
        ([0.0], 0.25),
        ([float("nan")], 0.5),
    ],
)
def test_uncertainty_halves_with_every_tenth_down_to_a_floor(
    study: Checked, values: list[float], expected: float
) -> None:
    evidence = tuple(Evidence(f"x{i}.p_value", v) for i, v in enumerate(values))
    finding = replace(finding_of(study, "diverged"), evidence=evidence)
    assert uncertainty(finding) == pytest.approx(expected)


def test_priority_has_a_value_for_what_costs_nothing(study: Checked) -> None:
    (plan, *_) = prepare(study.evaluation, FakePipeline(guess=0.0)).plans
    assert priority(plan) > 0


def test_only_by_id_or_by_rule(study: Checked) -> None:
    finding = finding_of(study, "diverged")
    for name in (finding.id, finding.rule):
        session = prepare(study.evaluation, FakePipeline(), [name])
        assert [each.experiment.finding for each in session.plans] == [finding]
        assert session.untested == {}


def test_only_what_is_there(study: Checked) -> None:
    with pytest.raises(AdvisorError, match=r"found `diverge`; there are .*diverged"):
        prepare(study.evaluation, FakePipeline(), ["diverge"])


def test_explained_findings_wait_until_they_are_named(study: Checked) -> None:
    finding = finding_of(study, "diverged")
    below = replace(finding, superseded_by="another")
    assert order(study, below) == []
    named = prepare(only(study, below).evaluation, FakePipeline(), [below.id])
    assert len(named.plans) == 1


def test_without_a_pipeline_the_reason_says_what_to_add(study: Checked) -> None:
    """`steps-tuned` has no analogue; trials of unknown origin cannot be trained."""
    finding = finding_of(study, "diverged")
    bare = replace(finding, confirm={**finding.confirm, "analogue": ""})
    session = prepare(only(study, bare).evaluation)
    assert session.plans == ()
    assert "name a `command` or a `model`" in session.untested[bare.id]


def test_a_finding_whose_arms_cannot_be_made_is_not_tested(study: Checked) -> None:
    finding = finding_of(study, "problematic-overfitting")
    arms = [{"set": {"beam": 1}}, {"multiply": {"width": 1}}]
    odd = replace(finding, confirm={**finding.confirm, "counterfactual": arms})
    session = prepare(only(study, odd).evaluation, FakePipeline())
    assert session.untested == {odd.id: "a fake has no beam; width × 1 changes nothing"}


def test_of_several_trials_those_that_can_be_trained_are(study: Checked) -> None:
    """One of three has no width in its log."""
    finding = finding_of(study, "diverged")
    (whole,) = study.evaluation.studies
    bare = replace(
        whole.trials[0],
        hyperparameters={"learning_rate": 1.0},
    )
    changed = replace(whole, trials=(bare, *whole.trials[1:]))
    evaluation = replace(
        only(
            study,
            replace(
                finding,
                confirm={
                    "reproduce": {"trials": ("t0", "t1", "t2")},
                    "returns": "infeasible",
                },
            ),
        ).evaluation,
        studies=(changed,),
    )
    (plan,) = prepare(evaluation, FakePipeline()).plans
    assert [each.name for each in plan.experiment.trials] == ["t1", "t2"]
    assert plan.settings(plan.experiment.change, 0)["width"] == 200
    assert plan.settings(plan.experiment.change, 1)["width"] == 10


def test_the_journal_stays_empty(study: Checked, tmp_path: Path) -> None:
    """Preparing trains nothing."""
    pipeline = FakePipeline(journal=tmp_path / "journal")
    prepare(study.evaluation, pipeline)
    assert not (tmp_path / "journal").exists()

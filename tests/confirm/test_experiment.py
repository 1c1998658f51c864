"""Every rule's experiment, filled from a finding that really fired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from synthetic import make_study

from advisor.confirm.experiment import Change, Experiment, NoExperiment, experiment_of
from advisor.engine.evaluate import evaluate_study, judge_trial
from advisor.engine.rule_paths import rule_paths
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.errors import AdvisorError
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.finding import Finding, Outcome
from advisor.model.study import Study
from advisor.safe_yaml import parse_yaml
from advisor.trainer.configuration import TrialConfiguration

CASES = Path(__file__).parents[1] / "rules"
SETTINGS = {each.name for each in fields(TrialConfiguration)} | {"warmup_fraction"}
NOT_TESTABLE = {
    "adam-budget",
    "configuration-missing",
    "difference-within-study-variance",
    "gain-below-complexity",
    "narrow-around-optimum",
    "round-plan",
    "search-not-uniform",
    "seeds-not-varied",
    "selected-on-test",
    "throughput-not-scaling",
    "too-few-trials",
    "trial-variance-unknown",
    "tuning-saturated",
    "unequal-tuning",
    "validation-missing",
    "winner-from-lucky-step",
    "wrong-scale",
}


def firing() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        content = parse_yaml(path.read_text("utf-8"), path, trusted_author=True).data
        for name, case in content["cases"].items():
            if case.get("findings"):
                yield pytest.param(path.stem, case, id=f"{path.stem}-{name}")


def fired(rule: str, case: Mapping[str, Any]) -> tuple[list[Finding], Study, Any]:
    settings = RuleSettings(parameters={rule: case.get("parameters", {})})
    study = make_study(case["study"])
    conclusions = evaluate_study(study, load_rules(settings), settings)
    return conclusions.findings[rule], study, settings


@lru_cache
def first(rule: str, **wanted: str) -> tuple[Finding, Study]:
    cases = next(p.values[1] for p in firing() if p.values[0] == rule)
    findings, study, _ = fired(rule, cases)
    return findings[0], study


@pytest.mark.parametrize(("rule", "case"), list(firing()))
def test_every_finding_says_what_to_train(rule: str, case: Mapping[str, Any]) -> None:
    findings, study, settings = fired(rule, case)
    for finding in findings:
        experiment = experiment_of(finding, study)
        if rule in NOT_TESTABLE:
            assert isinstance(experiment, NoExperiment)
            assert len(experiment.reason) > 20
            continue
        assert isinstance(experiment, Experiment), experiment
        assert all(trial in study.trials for trial in experiment.trials)
        assert experiment.seeds >= 3
        assert experiment.arms or experiment.predicts is None
        own = {each.name for each in study.search_space.hyperparameters}
        for change in (experiment.change, *experiment.arms):
            _sensible(change, study, own)
        assert len(set(map(str, experiment.arms))) == len(experiment.arms)
        if finding.subject.kind == "trial":
            _measured(experiment, finding, study, settings)
        else:
            assert experiment.measure == "objective"


def _sensible(change: Change, study: Study, own: set[str]) -> None:
    for key, value in {**change.set, **change.multiply}.items():
        assert key in own or (read_key(key).alias or key) in SETTINGS | own, key
        assert "{" not in f"{key} {value}"
        assert value is not None
    assert all(factor != 1 for factor in change.multiply.values())
    assert not change.trial or change.trial in study.trials_by_name


def _measured(
    experiment: Experiment, finding: Finding, study: Study, settings: RuleSettings
) -> None:
    """The flagged trial itself shows the finding, and its measure."""
    measure = experiment.measure
    judged = judge_trial(
        study,
        load_rules(settings),
        finding.rule,
        finding.subject.name,
        settings,
        look_up=None if measure == "objective" else measure,
    )
    assert judged.outcome is Outcome.FIRES
    assert (judged.measure is None) == (measure == "objective")
    if experiment.at_least is not None:
        assert judged.measure is not None
        assert judged.measure >= experiment.at_least * 0.999


def test_every_rule_was_seen() -> None:
    assert {p.values[0] for p in firing()} == {path.stem for path in rule_paths()}


def test_arms_apply_where_their_condition_holds() -> None:
    finding, study = first("not-learning")
    experiment = experiment_of(finding, study)
    assert isinstance(experiment, Experiment)
    by_factor = [f"learning_rate × {x}" for x in ("10", "0.1", "1000", "0.001")]
    by_value = ["learning_rate = 0.01", "learning_rate = 0.1"]
    assert [str(arm) for arm in experiment.arms] in (by_factor, by_value)


def test_keys_are_the_names_of_the_study() -> None:
    """Two values beyond the bound of the hyperparameter that the finding names."""
    finding, study = first("optimum-at-boundary")
    experiment = experiment_of(finding, study)
    assert isinstance(experiment, Experiment)
    assert experiment.trials == (study.best,)
    name = finding.subject.name
    evidence = {each.name: each.value for each in finding.evidence}
    bound, side = evidence["location.bound"], evidence["location.side"]
    near, far = (arm.set[name] for arm in experiment.arms)
    assert isinstance(bound, float | int)
    assert (bound < near < far) if side == "upper" else (far < near < bound)


def test_the_best_trial_is_taken_beyond_the_wall() -> None:
    """To twice the rate at which training breaks, wherever the best trial lies."""
    finding, study = first("learning-rate-capped-by-instability")
    experiment = experiment_of(finding, study)
    assert isinstance(experiment, Experiment)
    (best,) = experiment.trials
    assert best is study.best
    rate, factor = best.hyperparameters["learning_rate"], experiment.change.multiply
    wall = {each.name: each.value for each in finding.evidence}["wall.threshold"]
    assert isinstance(rate, float)
    assert isinstance(wall, float)
    assert rate * factor["learning_rate"] == pytest.approx(2 * wall)


def test_saturation_is_tested_at_half_of_the_steps_too() -> None:
    finding, study = first("saturated-early")
    experiment = experiment_of(finding, study)
    assert isinstance(experiment, Experiment)
    shares = [arm.multiply["max_train_steps"] for arm in experiment.arms]
    assert len(shares) == 2
    assert shares[0] < shares[1] == 0.5
    assert (experiment.predicts, experiment.margin) == ("same", 1.0)


def test_rare_jumps_are_counted_over_all_seeds() -> None:
    experiment = experiment_of(*first("loss-spikes"))
    assert isinstance(experiment, Experiment)
    assert (experiment.measure, experiment.returns) == ("spikes.count", "always")


def test_several_trials_take_turns() -> None:
    finding, study = first("infeasible-fraction-high")
    experiment = experiment_of(finding, study)
    assert isinstance(experiment, Experiment)
    assert 1 < len(experiment.trials) <= len(study.infeasible)
    assert set(finding.trials) == {each.name for each in experiment.trials}
    assert experiment.predicts is None
    assert experiment.arms == ()


def test_names_of_trials_may_hold_anything() -> None:
    finding, study = first("infeasible-fraction-high")
    names = [each.name for each in study.trials[:2]]
    nasty = dict(zip(names, ("lr=0.1,wd=0.2", " ,"), strict=True))
    renamed = tuple(
        replace(each, name=nasty.get(each.name, each.name)) for each in study.trials
    )
    confirm = {**finding.confirm, "reproduce": {"trials": tuple(nasty.values())}}
    experiment = experiment_of(
        replace(finding, confirm=confirm), replace(study, trials=renamed)
    )
    assert isinstance(experiment, Experiment)
    assert [each.name for each in experiment.trials] == ["lr=0.1,wd=0.2", " ,"]


@pytest.mark.parametrize(
    ("confirm", "reason"),
    [
        ({}, "its rule names no experiment"),
        ({"none": "no way"}, "no way"),
        ({"reproduce": {"trial": "gone"}}, "there is no trial gone"),
        ({"reproduce": {"trial": ""}}, "there is no trial named"),
    ],
)
def test_no_experiment_has_a_reason(confirm: dict[str, Any], reason: str) -> None:
    finding, study = first("diverged")
    result = experiment_of(replace(finding, confirm=confirm), study)
    assert isinstance(result, NoExperiment)
    assert result.reason == reason


@pytest.mark.parametrize(
    "wrong",
    [{"predicts": "better"}, {"seeds": "many"}, {"seeds": 1}, {"at_least": "much"}],
)
def test_an_experiment_filled_wrongly_is_an_error(wrong: dict[str, Any]) -> None:
    finding, study = first("diverged")
    confirm = {**finding.confirm, **wrong}
    with pytest.raises(AdvisorError, match="rule diverged: expected"):
        experiment_of(replace(finding, confirm=confirm), study)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (Change(), "again"),
        (Change(set={"dropout": 0.30000000000000004}), "dropout = 0.3"),
        (Change(multiply={"learning_rate": 10}), "learning_rate × 10"),
        (Change(trial="t1", set={"a": "b"}), "the configuration of t1, a = b"),
    ],
)
def test_changes_in_words(change: Change, text: str) -> None:
    assert str(change) == text

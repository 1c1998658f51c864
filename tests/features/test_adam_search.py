"""What `adam_search` reads, and that rule and next round share one budget."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from synthetic_adam import adam

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule_set import RuleSettings, find_rule, load_rules
from advisor.features.adam_search import AdamSearch, adam_search
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter
from advisor.next_round.adam_budget import trials_for
from advisor.next_round.plan import next_round


def measured(**options: Any) -> AdamSearch:
    return adam_search(adam(**options))


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [("adamw", True), ("NAdam", True), ("LAMB", True), ("sgd", False), (None, False)],
)
def test_the_optimizer_is_read(optimizer: str | None, expected: bool) -> None:
    assert measured(optimizer=optimizer).adam is expected


def test_epsilon_alone_does_not_tell_the_optimizer() -> None:
    assert not measured(varied=("learning_rate", "epsilon"), optimizer=None).adam
    assert measured(varied=("learning_rate", "one_minus_beta2"), optimizer=None).adam


def test_parts_and_counts() -> None:
    found = measured(
        trials=20,
        varied=("learning_rate", "one_minus_beta2", "dropout"),
        fixed=("beta1", "epsilon"),
    )
    assert (found.trials, found.others) == (20, 1)
    assert (found.learning_rate, found.beta2) == ("learning_rate", "one_minus_beta2")
    assert (found.beta1, found.epsilon) == (None, None)
    assert (found.fixed_beta1, found.fixed_epsilon) == ("beta1", "epsilon")
    assert found.varied == ("learning_rate", "one_minus_beta2")


@pytest.mark.parametrize(
    ("trials", "beyond", "served"),
    [
        (9, ("beta1", "epsilon", "beta2"), "learning rate"),
        (10, ("epsilon", "beta2"), "learning rate, beta1"),
        (25, ("beta2",), "learning rate, beta1, epsilon"),
        (50, (), "learning rate, beta1, epsilon, beta2"),
    ],
)
def test_what_the_trials_do_not_serve(
    trials: int, beyond: tuple[str, ...], served: str
) -> None:
    varied = ("learning_rate", "beta1", "epsilon", "beta2")
    found = measured(trials=trials, varied=varied)
    assert (found.beyond, found.served) == (beyond, served)
    assert found.idle == ()


@pytest.mark.parametrize(
    ("trials", "idle"), [(14, ()), (15, ("beta1",)), (30, ("beta1", "epsilon"))]
)
def test_what_is_left_beside_another_hyperparameter(
    trials: int, idle: tuple[str, ...]
) -> None:
    found = measured(trials=trials, varied=("learning_rate", "dropout"))
    assert found.left == trials - 5
    assert found.idle == idle


def test_repeats_count_once() -> None:
    study = adam(trials=12)
    again = tuple(replace(each, name=f"{each.name}-b", seed=1) for each in study.trials)
    assert adam_search(replace(study, trials=study.trials + again)).trials == 12


def test_the_rule_and_the_next_round_have_one_budget() -> None:
    parameters = find_rule("adam-budget").source.parameters
    for name in ("beta1", "epsilon", "beta2"):
        axis = Hyperparameter(name, "float", 0.1, 0.9, alias=name)
        planned = PlannedHyperparameter(name, "nuisance", axis, axis)
        assert trials_for([planned]) == parameters[f"from_{name}"].value


def planned(**options: Any) -> Any:
    study, rules = adam(**options), load_rules()
    found = evaluate_study(study, rules, RuleSettings()).findings
    findings = [each for group in found.values() for each in group]
    return next_round(study, findings, {rule.id: rule.source.summary for rule in rules})


def test_the_next_round_fixes_what_does_not_fit() -> None:
    made = planned(
        trials=30,
        varied=("learning_rate", "beta1", "epsilon", "beta2"),
        noise_size=1.0,
    )
    (beta2,) = (each for each in made.newly_fixed if each.name == "beta2")
    assert beta2.changes[0].finding.startswith("adam-budget")


def test_the_next_round_frees_what_there_is_room_for() -> None:
    made = planned(trials=40, fixed=("beta1", "epsilon"), noise_size=1.0)
    searched = {each.name: each.space.bounds for each in made.searched}
    assert searched["beta1"] == (0.8, 0.99)
    assert searched["epsilon"] == (1e-10, 1e-3)
    assert made.trials >= 25

"""Points made into whole configurations of the trainer or of a command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.confirm.pipelines.bundled import BundledPipeline
from advisor.confirm.pipelines.command import CommandPipeline
from advisor.confirm.pipelines.pipeline import NotApplicableError
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration, TuneSettings
from advisor.tune.trainable import CommandTrials, TrainerTrials, trainable_of


@pytest.fixture
def digits() -> TrainerTrials:
    settings = TuneSettings("digits", fixed={"max_train_steps": 300, "dropout": 0.1})
    made = trainable_of(Configuration(tune=settings), [], None)
    assert isinstance(made, TrainerTrials)
    return made


def command(*parts: str, **base: float) -> CommandTrials:
    return CommandTrials(CommandPipeline(parts, Path(), 60.0), base)


def test_a_workload_begins_with_its_healthy_configuration(
    digits: TrainerTrials,
) -> None:
    assert isinstance(digits.pipeline, BundledPipeline)
    settings = digits.settings({"learning_rate": 0.05}, seed=7)
    assert settings["learning_rate"] == 0.05
    assert (settings["max_train_steps"], settings["dropout"]) == (300, 0.1)
    assert (settings["seed"], settings["data_seed"]) == (7, 7)


def test_names_of_other_frameworks_and_complements_are_understood(
    digits: TrainerTrials,
) -> None:
    values = {"lr": 0.02, "one_minus_momentum": 0.05, "warmup_fraction": 0.1}
    assert all(map(digits.takes, values))
    settings = digits.settings(values, seed=1)
    assert settings["learning_rate"] == 0.02
    assert settings["momentum"] == 0.95
    assert settings["warmup_steps"] == 30


def test_what_the_trainer_has_not_is_not_taken(digits: TrainerTrials) -> None:
    assert not digits.takes("mixup_alpha")
    with pytest.raises(NotApplicableError, match="momentum"):
        digits.settings({"momentum": 2.0}, seed=1)


def test_a_command_is_given_the_round_before_the_rest() -> None:
    made = command("train", "--lr={learning_rate}", "--wd={wd}", lr=0.1, wd=0.01)
    assert made.settings({"lr": 0.5}, seed=3) == {
        "learning_rate": 0.5,
        "wd": 0.01,
        "seed": 3,
    }
    assert made.takes("weight_decay")
    assert not made.takes("dropout")


def test_a_command_without_a_value_for_a_placeholder_is_refused() -> None:
    with pytest.raises(NotApplicableError, match="has no depth"):
        command("train", "--depth={depth}").settings({"lr": 0.5}, seed=3)


def test_a_workload_beside_a_command_is_a_mistake(tmp_path: Path) -> None:
    made = Configuration(path=tmp_path / "advisor.yaml", explicit=True)
    made = replace(
        made,
        confirm=replace(made.confirm, command=("train", "{lr}")),
        tune=TuneSettings("digits"),
    )
    with pytest.raises(AdvisorError, match="found both"):
        trainable_of(made, [], None)


def test_with_nothing_to_train_by_it_says_what_to_name() -> None:
    with pytest.raises(AdvisorError, match="name the `command` or `model`"):
        trainable_of(Configuration(), [], None)


def test_an_unknown_workload_is_named() -> None:
    settings = Configuration(tune=TuneSettings("imagenet"))
    with pytest.raises(AdvisorError, match="no workload is called `imagenet`"):
        trainable_of(settings, [], None)

"""Findings made into the trials of a round, as far as the pipeline can be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from advisor.confirm.pipelines.command import CommandPipeline
from advisor.model.finding import Evaluation, Finding
from advisor.model.log import Logs
from advisor.model.planned_space import PLAN, Change, Constraint
from advisor.next_round.plan import Wishes
from advisor.tune.planning import Planned, following_round
from advisor.tune.round import Round
from advisor.tune.trainable import CommandTrials
from tests.next_round.findings import finding
from tests.next_round.studies import study

ALL = ("lr", "momentum", "batch_size", "optimizer", "dropout", "max_train_steps")
LONGER = finding("short", ("multiply", "max_train_steps", {"factor": 1.5}))


def following(
    *findings: Finding,
    takes: tuple[str, ...] = ALL,
    rounds: tuple[Round, ...] = (),
    **wishes: Any,
) -> Planned:
    command = tuple(f"--{name}={{{name}}}" for name in takes)
    trainable = CommandTrials(CommandPipeline(command, Path(), 60.0))
    steps = {"max_train_steps": 100} if "max_train_steps" in takes else {}
    trainable = CommandTrials(trainable.pipeline, {"dropout": 0.1, **steps})
    evaluation = Evaluation(Logs((), ()), (study(),), (), findings)
    return following_round(
        evaluation, rounds, trainable, Wishes(trials=12, round=2, **wishes)
    )


def test_every_trial_has_its_values_and_all_settings() -> None:
    made = following()
    assert len(made.round.trials) == 12
    first = made.round.trials["001"]
    assert first.values.keys() == {"lr", "momentum", "batch_size", "optimizer"}
    assert first.settings["lr"] == first.values["lr"]
    assert first.settings["dropout"] == 0.1
    seeds = {each.settings["seed"] for each in made.round.trials.values()}
    assert len(seeds) == 12


def test_what_is_searched_is_that_of_the_round() -> None:
    cut = finding("wall", ("narrow", "lr", {"side": "upper", "to": 0.03}))
    fixed = finding("idle", ("fix", "momentum", {"value": 0.9}))
    made = following(cut, fixed).round
    assert made.searched["lr"].upper == 0.03
    assert "momentum" not in made.searched
    assert made.fixed == ("momentum",)
    assert {each.rule for each in made.changes} >= {"wall", "idle"}
    assert {each.settings["momentum"] for each in made.trials.values()} == {0.9}


def test_a_longer_training_begins_a_comparison_of_its_own() -> None:
    made = following(LONGER).round
    assert made.since == 2
    lengths = {each.settings["max_train_steps"] for each in made.trials.values()}
    assert lengths == {next(iter(lengths))}
    assert lengths != {100}
    assert following().round.since == 1


def test_a_length_that_the_command_cannot_be_told_changes_nothing() -> None:
    made = following(LONGER, takes=ALL[:-1]).round
    assert made.since == 1
    assert any(
        note.startswith("max_train_steps stays as it is, where") for note in made.notes
    )


def test_a_hyperparameter_that_it_cannot_be_told_is_not_searched() -> None:
    warmup = {"role": "nuisance", "lower": 10, "upper": 100, "scale": "log"}
    made = following(finding("early", ("free", "warmup_steps", warmup)))
    assert "warmup_steps" not in made.round.searched
    assert all("warmup_steps" not in point for point in made.made.points)
    assert "warmup_steps stays as it is: the command has no placeholder for it." in (
        made.round.notes
    )


def test_one_minus_a_hyperparameter_is_told_and_logged_as_itself() -> None:
    turn = ("reparameterise", "momentum", {"to": "one_minus_momentum"})
    made = following(finding("scale", turn))
    assert made.round.searched["momentum"].lower == 0.8
    assert "one_minus_momentum" not in made.round.searched
    point, trial = made.made.points[0], made.round.trials["001"]
    assert trial.settings["momentum"] == trial.values["momentum"]
    assert trial.values["momentum"] == round(1 - point["one_minus_momentum"], 12)  # type: ignore[operator]


def test_regions_left_out_before_stay_left_out() -> None:
    region = Constraint({"lr": 1.0}, 0.02, None, Change("left out", PLAN, "so"))
    rates = [
        each.values["lr"]
        for each in following(constraints=(region,)).round.trials.values()
    ]
    assert max(rates) <= 0.02  # type: ignore[type-var]
    assert max(e.values["lr"] for e in following().round.trials.values()) > 0.02  # type: ignore[type-var]

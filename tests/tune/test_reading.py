"""The logs of all rounds as one study: which count, and what they were trained with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from advisor.interpret.configuration import Configuration
from advisor.model.next_round import NextRound, PointSequence
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Goal, Objective, Study
from advisor.next_round import yaml_file
from advisor.tune.reading import FAILED, Reader
from advisor.tune.round import PLAN_YAML, Range, Round, Training, place_of
from advisor.tune.settings_file import write

RATE = Hyperparameter("lr", "float", 1e-4, 1e-1, "log", alias="learning_rate")
OBJECTIVE = Objective("val_loss", Goal.MINIMIZE)


def log(place: Path, rows: int = 20, **configuration: Any) -> None:
    place.mkdir(parents=True)
    lines = [f"{i},{1 / (i + 1):.4f},{1.1 / (i + 1):.4f}" for i in range(rows)]
    text = "\n".join(["epoch,loss,val_loss", *lines]) + "\n"
    (place / "training.csv").write_text(text)
    if configuration:
        (place / "config.json").write_text(json.dumps(configuration))


def a_round(
    folder: Path,
    number: int,
    rates: Sequence[float],
    *,
    since: int = 1,
    searched: Mapping[str, Range] | None = None,
) -> Round:
    """Its logs do not say what they were trained with."""
    trials = {
        f"{i:03d}": Training({"lr": rate}, {}) for i, rate in enumerate(rates, start=1)
    }
    for name in trials:
        log(place_of(folder, number) / name)
    return Round(
        number=number,
        phase="exploration",
        since=since,
        study="tuning",
        searched=dict(searched or {"lr": Range.of(RATE)}),
        trials=trials,
        reason="",
    )


def read(
    folder: Path,
    *rounds: Round,
    paths: tuple[Path, ...] = (),
    configuration: Configuration | None = None,
) -> Study:
    given = Study("given", (), OBJECTIVE) if paths else None
    reader = Reader.of(paths, folder, configuration or Configuration(), given)
    (study,) = reader.evaluation(rounds).studies
    return study


def test_trials_have_the_values_that_were_planned(tmp_path: Path) -> None:
    study = read(tmp_path, a_round(tmp_path, 1, [0.001, 0.01]))
    values = {each.name: each.hyperparameters["lr"] for each in study.trials}
    assert values == {"round-1/001": 0.001, "round-1/002": 0.01}
    assert study.search_space["lr"].bounds == RATE.bounds
    assert study.search_space["lr"].declared


def test_trials_that_were_trained_otherwise_are_left_aside(tmp_path: Path) -> None:
    log(tmp_path / "given" / "a", lr=0.05)
    folder, paths = tmp_path / "out", (tmp_path / "given",)
    second = a_round(folder, 2, [0.001, 0.01])
    alike = a_round(folder, 3, [0.02, 0.03])
    other = a_round(folder, 4, [0.04, 0.05], since=4)
    study = read(folder, second, alike, paths=paths)
    assert len(study.trials) == 5
    study = read(folder, second, alike, other, paths=paths)
    assert [each.name for each in study.trials] == ["round-4/001", "round-4/002"]


def test_a_choice_of_trials_does_not_leave_out_those_of_the_rounds(
    tmp_path: Path,
) -> None:
    for name in ("good", "bad"):
        log(tmp_path / "given" / name, lr=0.05)
    made = a_round(tmp_path / "out", 2, [0.001, 0.01])
    study = read(
        tmp_path / "out",
        made,
        paths=(tmp_path / "given",),
        configuration=Configuration(trials=("good",)),
    )
    names = {each.name for each in study.trials}
    assert names == {"good", "round-2/001", "round-2/002"}


def test_a_command_that_failed_half_way_crashed(tmp_path: Path) -> None:
    made = a_round(tmp_path, 1, [0.001, 0.01, 0.1])
    place = place_of(tmp_path, 1)
    (place / "002" / FAILED).write_text("out of memory")
    text = (place / "002" / "training.csv").read_text().splitlines()[:6]
    (place / "002" / "training.csv").write_text("\n".join(text) + "\n")
    (place / "003" / "training.csv").unlink()
    (place / "003" / FAILED).write_text("not found")
    causes = {
        each.name: each.infeasibility and each.infeasibility.cause
        for each in read(tmp_path, made).trials
    }
    assert causes == {
        "round-1/001": None,
        "round-1/002": "crashed",
        "round-1/003": "failed to start",
    }


def test_what_is_searched_as_one_minus_it_is_not_there_twice(tmp_path: Path) -> None:
    space = Hyperparameter("one_minus_momentum", "float", 0.01, 0.5, "log")
    searched = {"one_minus_momentum": Range.of(space)}
    made = a_round(tmp_path, 1, [0.1, 0.2], searched=searched)
    for name, training in made.trials.items():
        one_minus = training.values.pop("lr")
        training.values["one_minus_momentum"] = one_minus
        path = place_of(tmp_path, 1) / name / "config.json"
        path.write_text(json.dumps({"momentum": 1 - float(one_minus or 0)}))
    study = read(tmp_path, made)
    assert [each.name for each in study.search_space] == ["one_minus_momentum"]


def plan(folder: Path, number: int, lower: float, upper: float) -> None:
    """plan.yaml of a round that searches this range."""
    space = Hyperparameter("lr", "float", lower, upper, "log", alias="learning_rate")
    made = NextRound(
        study="tuning",
        round=number,
        phase="exploration",
        objective=OBJECTIVE,
        hyperparameters=(PlannedHyperparameter("lr", "nuisance", RATE, space),),
        trials=2,
        trials_reason="",
        sequence=PointSequence(),
    )
    (place_of(folder, number) / PLAN_YAML).write_text(yaml_file.render(made))


@pytest.mark.parametrize(
    ("rounds", "algorithm"), [(1, "quasi-random"), (2, "adaptive")]
)
def test_it_is_judged_in_the_space_of_the_last_round(
    tmp_path: Path, rounds: int, algorithm: str
) -> None:
    made = [a_round(tmp_path, i + 1, [0.001, 0.01]) for i in range(rounds)]
    plan(tmp_path, rounds, 0.002, 0.05)
    study = read(tmp_path, *made)
    assert study.search_space["lr"].bounds == (0.002, 0.05)
    assert study.algorithm == algorithm


def test_a_configuration_of_the_users_own_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text("facts: {compute_bound: true}\n")
    write(tmp_path, Configuration())
    assert path.read_text() == "facts: {compute_bound: true}\n"
    path.unlink()
    for facts in ({"a": 1}, {"a": 2}):
        write(tmp_path, Configuration(facts=facts))
        assert f"a: {facts['a']}" in path.read_text()

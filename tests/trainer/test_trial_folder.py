"""What `train` leaves on disk, read back by the project's own loaders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("tensorboard")

from small_trials import SMALL, small

from advisor.interpret.configuration import Configuration
from advisor.interpret.studies import interpret
from advisor.loaders.collect import collect
from advisor.model.study import Goal
from advisor.model.trial import TrialStatus
from advisor.trainer.checkpoints import read_checkpoint
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError
from advisor.trainer.result import TrialResult, read_result
from advisor.trainer.train import train

TRIALS: dict[str, TrialConfiguration] = {
    "lr-0.03/seed-0": small(),
    "lr-0.03/seed-1": small(seed=1, data_seed=1),
    "lr-1e30/seed-0": small(learning_rate=1e30),
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trials")


@pytest.fixture(scope="module")
def results(directory: Path) -> dict[str, TrialResult]:
    return train(TRIALS, directory)


def test_our_own_loader_reads_every_curve_and_setting(
    directory: Path, results: dict[str, TrialResult]
) -> None:
    logs = collect([directory])
    assert not logs.problems
    by_name = {logs.name_of(each): each for each in logs.trials}
    assert by_name.keys() == results.keys()
    for name, log in by_name.items():
        told = log.configuration
        assert {**told} == {**TRIALS[name].to_mapping()}
        assert log.state == ("failed" if "1e30" in name else "finished")
    log = by_name["lr-0.03/seed-1"]
    assert {tag: len(curve) for tag, curve in log.curves.items()} == {
        "train/loss": 60,
        "gradient_norm": 60,
        "learning_rate": 60,
        "train_subset/loss": 4,
        "train_subset/error": 4,
        "validation/loss": 4,
        "validation/error": 4,
        "throughput/examples_per_second": 3,
    }
    assert log.curves["train/loss"].steps[-1] == 60


def test_interpretation_needs_no_advisor_yaml(
    directory: Path, results: dict[str, TrialResult]
) -> None:
    (study,) = interpret(collect([directory]), Configuration())
    assert study.objective is not None
    assert study.objective.metric == "validation/error"
    assert study.objective.goal is Goal.MINIMIZE
    trials = {trial.name: trial for trial in study.trials}
    trial = trials["lr-0.03/seed-0"]
    assert trial.status is TrialStatus.COMPLETE
    assert trial.max_train_steps == 60
    assert trial.error == pytest.approx(results[trial.name].best_error)
    assert trial.best_step == results[trial.name].best_step
    assert trial.curves.keys() == {
        *("training_loss", "validation_loss", "validation_error"),
        *("learning_rate", "gradient_norm", "throughput"),
    }
    assert len(trial.curves["training_loss"]) == 60  # of every step, not the subset's
    lost = trials["lr-1e30/seed-0"]
    assert lost.status is TrialStatus.INFEASIBLE
    assert lost.infeasibility is not None
    assert lost.infeasibility.cause == "diverged"
    assert lost.max_train_steps == 60


def test_a_result_says_what_was_best_and_why_a_trial_is_infeasible(
    directory: Path, results: dict[str, TrialResult]
) -> None:
    good, lost = results["lr-0.03/seed-0"], results["lr-1e30/seed-0"]
    assert good.infeasible is None
    assert good.trials_together == 3
    assert good.best_step is not None
    assert good.best_error == good.checkpoints[0].validation_error
    assert lost.infeasible is not None
    assert lost.infeasible.step <= 5
    assert "gradient norm" in lost.infeasible.reason or "loss" in lost.infeasible.reason
    for name, result in results.items():
        assert read_result(directory / name) == result
        assert result.fingerprint == TRIALS[name].fingerprint
        written = json.loads((directory / name / "config.json").read_text())
        assert TrialConfiguration.from_mapping(written) == TRIALS[name]


def test_checkpoints_hold_every_weight(
    directory: Path, results: dict[str, TrialResult]
) -> None:
    name = "lr-0.03/seed-0"
    arrays = read_checkpoint(directory / name, results[name].checkpoints[0])
    assert {key: each.shape for key, each in arrays.items()} == {
        "hidden_0/kernel": (64, 16),
        "hidden_0/bias": (16,),
        "hidden_1/kernel": (16, 16),
        "hidden_1/bias": (16,),
        "outputs/kernel": (16, 10),
        "outputs/bias": (10,),
    }
    assert all(np.isfinite(each).all() for each in arrays.values())


def test_a_finished_trial_is_not_trained_again(
    directory: Path, results: dict[str, TrialResult]
) -> None:
    told: list[tuple[int, int]] = []
    again = train(TRIALS, directory, progress=lambda *counts: told.append(counts))
    assert again == results
    assert not told


def test_another_trial_in_the_same_folder_is_an_error(
    directory: Path, results: dict[str, TrialResult]
) -> None:
    with pytest.raises(TrainerError, match="holds a trial of another configuration"):
        train({"lr-0.03/seed-0": small(seed=9)}, directory)
    (directory / "mine").mkdir()
    with pytest.raises(TrainerError, match="holds no finished trial"):
        train({"mine": small()}, directory)


@pytest.mark.parametrize("name", ["", "/tmp/x", "../x", "a/../../x"])
def test_a_name_does_not_lead_out_of_the_directory(name: str, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="must be a relative path"):
        train({name: small()}, tmp_path)


def test_what_an_interruption_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".a.partial").mkdir()
    (tmp_path / ".a.partial" / "events.out.tfevents.1").write_text("half")
    told: list[tuple[int, int]] = []
    train({"a": SMALL}, tmp_path, progress=lambda *counts: told.append(counts))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert told == [(20, 60), (40, 60), (60, 60)]


def test_a_damaged_result_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"name": 3}')
    with pytest.raises(TrainerError, match="expected the result of a trial"):
        read_result(tmp_path)


def test_an_unknown_workload_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"no workload is called `mnist`.*digits"):
        train({"a": small(workload="mnist")}, tmp_path)

"""Tables with one row a step."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from advisor.loaders import training_csv
from advisor.model.log import TrialLog


def load(path: Path, text: str) -> TrialLog:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    (log,) = training_csv.load(path)
    return log


def points(log: TrialLog, tag: str) -> list[tuple[int, float]]:
    curve = log.curves[tag]
    return list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))


@pytest.mark.parametrize(
    ("header", "axis"),
    [
        ("epoch", "epoch"),
        ("Epoch", "epoch"),
        ("epochs", "epoch"),
        ("step", "step"),
        ("Step", "step"),
        ("_step", "step"),
        ("global_step", "step"),
        ("Global Step", "step"),
        ("trainer/global_step", "step"),
        ("iteration", "step"),
        ("iter", "step"),
        ("training_iteration", "step"),
        ("timesteps", "step"),
        ("time/total_timesteps", "step"),
    ],
)
def test_step_names(tmp_path: Path, header: str, axis: str) -> None:
    log = load(tmp_path / "log.csv", f"{header},loss\n5,2\n10,1\n")
    assert points(log, "loss") == [(5, 2), (10, 1)]
    assert log.curves["loss"].axis == axis
    assert list(log.curves) == ["loss"]


def test_without_a_step_column_rows_are_counted(tmp_path: Path) -> None:
    log = load(tmp_path / "log.csv", "loss,val_loss\n3,4\n2,\n1,nan\n")
    assert points(log, "loss") == [(0, 3), (1, 2), (2, 1)]
    assert log.curves["loss"].axis == "row"
    assert log.curves["val_loss"].steps.tolist() == [0, 2]
    assert math.isnan(log.curves["val_loss"].values[1])


def test_the_step_is_preferred_and_the_epoch_stays(tmp_path: Path) -> None:
    log = load(
        tmp_path / "metrics.csv", "epoch,step,train_loss\n0,4,2\n,9,1\n1,14,.5\n"
    )
    assert points(log, "train_loss") == [(4, 2), (9, 1), (14, 0.5)]
    assert points(log, "epoch") == [(4, 0), (14, 1)]


def test_sparse_rows(tmp_path: Path) -> None:
    text = "epoch,lr-Adam/pg1,step,train_loss,val_loss\n,.1,4,,\n0,,4,2,\n0,,15,,3\n"
    log = load(tmp_path / "metrics.csv", text)
    assert points(log, "train_loss") == [(4, 2)]
    assert points(log, "val_loss") == [(15, 3)]
    assert points(log, "lr-Adam/pg1") == [(4, 0.1)]


def test_repeated_steps_are_kept(tmp_path: Path) -> None:
    text = "global_step,loss,train/loss\n0,3,\n1,,2.5\n1,2,\n1,1.5,\n"
    log = load(tmp_path / "measurements.csv", text)
    assert points(log, "loss") == [(0, 3), (1, 2), (1, 1.5)]
    assert points(log, "train/loss") == [(1, 2.5)]


def test_steps_that_restart_in_each_epoch_are_added_up(tmp_path: Path) -> None:
    text = "epoch,step,loss\n0,0,4\n0,1,3\n1,0,2\n1,1,1\n"
    log = load(tmp_path / "log.csv", text)
    assert log.curves["loss"].steps.tolist() == [0, 1, 2, 3]
    assert "restarts in each epoch" in log.notes[0]


def test_steps_that_go_back_after_a_restart_stay(tmp_path: Path) -> None:
    text = "epoch,step,loss\n0,0,4\n0,1,3\n1,2,2\n1,3,1\n1,2,2\n1,3,1\n"
    log = load(tmp_path / "log.csv", text)
    assert log.curves["loss"].steps.tolist() == [0, 1, 2, 3, 2, 3]


def test_fractions_are_no_steps(tmp_path: Path) -> None:
    log = load(tmp_path / "log.csv", "epoch,loss\n0.5,2\n1.0,1\n")
    assert log.curves["loss"].axis == "row"
    assert points(log, "epoch") == [(0, 0.5), (1, 1.0)]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("time", (1.5, 2.5), [1.5, 2.5]),
        ("_timestamp", (1.7e9, 1.7e9 + 1), [1.7e9, 1.7e9 + 1]),
        ("timestamp", (1.7e12, 1.7e12 + 1e3), [1.7e9, 1.7e9 + 1]),
        ("time", (2.5, 1.5), None),
    ],
)
def test_wall_times(
    tmp_path: Path,
    name: str,
    cells: tuple[float, float],
    expected: list[float] | None,
) -> None:
    text = f"epoch,{name},loss\n0,{cells[0]},2\n1,{cells[1]},1\n"
    log = load(tmp_path / "log.csv", text)
    times = log.curves["loss"].wall_times
    assert (None if times is None else times.tolist()) == expected
    assert (name in log.curves) == (expected is None)


def test_constant_settings_are_configuration(tmp_path: Path) -> None:
    text = "epoch,loss,optimizer,seed,host,lr\n0,2,adam,3,a,1e-3\n1,1,adam,3,b,1e-3\n"
    log = load(tmp_path / "log.csv", text)
    assert log.configuration == {"optimizer": "adam", "seed": 3, "lr": 1e-3}
    assert set(log.curves) == {"loss", "lr"}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("0.0010000000474974513", 0.001), ("0.1", 0.1), ("0.5", 0.5), ("1e300", 1e300)],
)
def test_a_rate_in_32_bits(tmp_path: Path, cell: str, expected: float) -> None:
    log = load(tmp_path / "log.csv", f"epoch,loss,lr\n0,2,{cell}\n1,1,{cell}\n")
    assert log.configuration == {"lr": expected}
    assert points(log, "lr")[0] == (0, float(cell))


def test_changing_text_is_neither(tmp_path: Path) -> None:
    log = load(tmp_path / "log.csv", "epoch,loss,phase\n0,2,warmup\n1,1,main\n")
    assert set(log.curves) == {"loss"}
    assert log.configuration == {}


def test_a_damaged_cell_is_reported(tmp_path: Path) -> None:
    log = load(tmp_path / "log.csv", "epoch,loss\n0,3\n1,oops\n2,1\n3,.5\n")
    assert points(log, "loss") == [(0, 3), (2, 1), (3, 0.5)]
    assert [problem.line for problem in log.problems] == [3]


def test_nothing_below_the_header(tmp_path: Path) -> None:
    log = load(tmp_path / "metrics.csv", "epoch,loss\n")
    assert log.points == 0
    assert "numbers below the header" in str(log.problems[0])


def test_duplicate_names_and_the_index_of_pandas(tmp_path: Path) -> None:
    log = load(tmp_path / "log.csv", ",loss,loss\n0,3,30\n1,2,20\n")
    assert points(log, "loss") == [(0, 3), (1, 2)]
    assert points(log, "loss (column 3)") == [(0, 30), (1, 20)]


def test_one_folder_is_one_trial(tmp_path: Path) -> None:
    log = load(tmp_path / "a" / "metrics.csv", "epoch,loss\n0,1\n")
    assert (log.location, log.key) == (tmp_path / "a", "")


def test_files_with_the_same_columns_are_trials(tmp_path: Path) -> None:
    load(tmp_path / "lr_0.1.csv", "epoch,loss\n0,1\n1,2\n")
    (tmp_path / "lr_0.2.yaml").write_text("lr: 0.2")
    log = load(tmp_path / "lr_0.2.csv", "epoch,loss\n0,1\n1,2\n")
    assert (log.location, log.key) == (tmp_path, "lr_0.2")
    assert log.configuration == {"lr": 0.2}
    assert len(log.sources) == 2


def test_files_with_different_metrics_are_one_trial(tmp_path: Path) -> None:
    load(tmp_path / "losses.csv", "epoch,loss\n0,1\n1,2\n")
    assert load(tmp_path / "scores.csv", "epoch,f1\n0,1\n1,2\n").key == ""


def test_splits_are_one_trial(tmp_path: Path) -> None:
    train = load(tmp_path / "train.csv", "epoch,loss\n0,1\n1,2\n")
    val = load(tmp_path / "val_log.csv", "epoch,loss\n0,1\n1,2\n")
    assert train.key == val.key == ""
    assert (list(train.curves), list(val.curves)) == (["train/loss"], ["val/loss"])
    named = load(tmp_path / "test.csv", "epoch,test_loss\n0,1\n1,2\n")
    assert list(named.curves) == ["test_loss"]


def test_evaluations_that_stand_elsewhere_too(tmp_path: Path) -> None:
    text = "global_step,validation/loss\n1,2\n"
    assert load(tmp_path / "eval_measurements.csv", text).points == 1
    load(tmp_path / "measurements.csv", "global_step,loss,validation/loss\n1,,2\n")
    log = load(tmp_path / "eval_measurements.csv", text)
    assert log.points == 0
    assert "repeats" in log.notes[0]


@pytest.mark.parametrize(
    ("status", "state"),
    [("diverged", "failed"), ("done", "finished"), ("incomplete", "running")],
)
def test_init2winit_status(tmp_path: Path, status: str, state: str) -> None:
    (tmp_path / "meta_data.json").write_text(f'{{"status": "{status}"}}')
    log = load(tmp_path / "measurements.csv", "global_step,loss\n0,1\n1,2\n")
    assert log.state == state

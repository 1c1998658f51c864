"""W&B run directories: what is read of `.wandb` files and of what lies beside them."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from wandb_bytes import (
    configuration,
    ended,
    history,
    item,
    message,
    metric,
    number,
    run,
    slow_rows,
    summary,
    write,
)

from advisor.loaders import wandb_run
from advisor.loaders.collect import collect
from advisor.model.log import State, TrialLog

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = sorted((ROOT / "fixtures").glob("wandb-*"))
DIRECTORY = "wandb/offline-run-20240101_000000-abc"


def read(tmp_path: Path, *records: bytes) -> TrialLog:
    path = write(tmp_path / DIRECTORY / "run-abc.wandb", *records)
    (log,) = wandb_run.load(path)
    return log


def points(log: TrialLog, tag: str) -> list[tuple[int, float]]:
    curve = log.curves[tag]
    return list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))


# Runs by the real SDK; the truth is what the program itself logged.


@pytest.fixture(params=WRITTEN, ids=lambda path: path.name)
def written(request: pytest.FixtureRequest) -> Path:
    return request.param  # type: ignore[no-any-return]


def trials_of(folder: Path) -> dict[str, TrialLog]:
    logs = collect([folder])
    return {logs.name_of(trial).rpartition("-")[2]: trial for trial in logs.trials}


def test_two_versions_are_there() -> None:
    assert len(WRITTEN) == 2


@pytest.mark.parametrize("name", ["finished", "failed", "killed", "nothing"])
def test_every_number_is_as_the_program_logged_it(written: Path, name: str) -> None:
    expected = json.loads((written / "expected.json").read_text())[name]
    trial = trials_of(written)[name]
    counted = {"epoch"} if name == "finished" else set()  # steps of another metric
    assert set(trial.curves) == expected.keys() - counted
    for tag in trial.curves:
        truth = [(step, float(value)) for step, value in expected[tag]]
        if tag == "validation/loss":
            truth = [(step // 10, value) for step, value in truth]
        found = points(trial, tag)
        if name == "killed":
            # What was not on the disk yet is gone; what was is whole.
            assert 20 < len(found) < len(truth)
            truth = truth[: len(found)]
        np.testing.assert_array_equal(found, truth)


def test_a_run_of_the_sdk(written: Path) -> None:
    trial = trials_of(written)["finished"]
    assert dict(trial.configuration) == {
        "learning_rate": 0.01,
        "layers": 2,
        "optimizer.name": "sgd",
        "optimizer.momentum": 0.9,
        "betas.0": 0.9,
        "betas.1": 0.999,
        "late": True,
    }
    assert dict(trial.results) == {"test/accuracy": 0.93}
    assert (trial.display_name, trial.group) == ("run finished", "s1w2e3")
    assert trial.curves["validation/loss"].axis == "epoch"
    assert trial.curves["train/loss"].axis == "step"
    times = trial.curves["train/loss"].wall_times
    assert times is not None
    assert (np.diff(times) >= 0).all()
    assert times[0] > 1.7e9


def test_how_the_runs_ended(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wandb_run.time, "time", lambda: 4e9)
    trials = trials_of(written)
    assert {name: trial.state for name, trial in trials.items()} == {
        "finished": "finished",
        "failed": "failed",
        "killed": "crashed",
        "nothing": "failed",
    }
    (problem,) = collect([written]).problems
    assert problem.path.name == "run-killed.wandb"
    assert problem.found.startswith("the first ")


@pytest.mark.parametrize(("later", "state"), [(60, "running"), (7200, "crashed")])
def test_a_run_that_was_heard_of_lately_is_running(
    written: Path, later: float, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = written.rglob("run-killed.wandb")
    log = wandb_run._RunFile(path)
    heard = log.history.last_time()
    monkeypatch.setattr(wandb_run.time, "time", lambda: heard + later)
    assert log.state() == state


# States.


@pytest.mark.parametrize(
    ("code", "state"),
    [(0, "finished"), (1, "failed"), (255, "killed"), (137, "killed"), (-9, "failed")],
)
def test_exit_codes(tmp_path: Path, code: int, state: State) -> None:
    assert read(tmp_path, run(), ended(code)).state == state


def test_a_run_to_be_continued_has_not_ended(tmp_path: Path) -> None:
    log = read(tmp_path, run(), history(1, x=1), message(18, number(3, 1)))
    assert log.state == "crashed"  # long ago, and nobody continued it


def test_statistics_of_the_machine_are_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "run-abc.wandb", run(), message(7, message(2, number(1, 10**9))))
    log = wandb_run._RunFile(tmp_path / "run-abc.wandb")
    monkeypatch.setattr(wandb_run.time, "time", lambda: 1e9 + 60)
    assert log.state() == "running"
    monkeypatch.setattr(wandb_run.time, "time", lambda: 1e9 + 7200)
    assert log.state() == "crashed"


# Values and steps.


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (message(16, "1.5"), 1.5),
        (message(16, "-3"), -3.0),
        (message(16, "Infinity"), math.inf),
        (message(16, '"NaN"'), math.nan),
        (message(8, "0.25"), 0.25),
        (number(5, 7), -4.0),
        (number(5, 8), 4.0),
        (b"\x31" + struct.pack("<d", 0.1), 0.1),
        (message(16, "1" + "0" * 400), math.inf),
    ],
)
def test_typed_and_untyped_numbers(tmp_path: Path, raw: bytes, value: float) -> None:
    log = read(tmp_path, message(2, item(["x"], None, raw=raw)))
    np.testing.assert_array_equal(log.curves["x"].values, [value])


@pytest.mark.parametrize(
    "raw",
    [
        message(16, "true"),
        number(4, 1),
        number(3, 1),
        message(16, '"text"'),
        message(7, "text"),
        message(16, "[1, 2]"),
        message(16, "{"),
        message(16, '{"_type": "histogram", "values": [1], "count": 3}'),
        message(16, "[" * 100_000),
        message(16, '{"a":' * 900 + "1" + "}" * 900),
        b"",
    ],
)
def test_what_is_no_number_is_no_curve(tmp_path: Path, raw: bytes) -> None:
    items = item(["x"], None, raw=raw or None) if raw else message(1, message(2, "x"))
    log = read(tmp_path, message(2, items + item(["y"], 1.0)))
    assert set(log.curves) == {"y"}
    assert not log.problems


def test_nested_keys_are_dotted(tmp_path: Path) -> None:
    row = item(["a", "b"], 1.0) + item(["c"], {"d": {"e": 2}}) + item("f", 3)
    log = read(tmp_path, message(2, row))
    assert {tag: curve.values[0] for tag, curve in log.curves.items()} == {
        "a.b": 1.0,
        "c.d.e": 2.0,
        "f": 3.0,
    }


def test_long_keys_and_values_take_the_slower_way(tmp_path: Path) -> None:
    key = "k" * 300
    value = "0." + "1" * 200
    row = item([key], 0.5) + item(["x"], None, raw=message(16, value))
    log = read(tmp_path, message(2, row))
    assert log.curves[key].values.tolist() == [0.5]
    assert log.curves["x"].values.tolist() == [float(value)]


def test_steps_come_from_the_row_or_from_beside_it(tmp_path: Path) -> None:
    beside = message(2, item(["x"], 1.0) + message(2, number(1, 40)))
    log = read(tmp_path, history(30, x=0.5), beside, message(2, item(["x"], 2.0)))
    assert points(log, "x") == [(30, 0.5), (40, 1.0), (2, 2.0)]


@pytest.mark.parametrize("step", [math.nan, math.inf, 1e300, -1e300])
def test_impossible_steps_are_rows(tmp_path: Path, step: float) -> None:
    log = read(
        tmp_path, history(x=1.0), message(2, item(["x"], 2.0) + item("_step", step))
    )
    assert points(log, "x") == [(0, 1.0), (1, 2.0)]


def test_own_keys_of_wandb_are_no_curves(tmp_path: Path) -> None:
    assert set(read(tmp_path, history(1, x=1, _runtime=2, _wandb=3)).curves) == {"x"}


def rows_by(step_metric: str, values: list[Any]) -> list[bytes]:
    return [
        history(step, **{"loss": 0.1 * step, step_metric: value})
        for step, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("definition", "steps"),
    [
        (metric("loss", step_metric="at"), [10, 20, 30]),
        (metric(glob="*", step_metric="at"), [10, 20, 30]),
        (metric(glob="lo*", step_metric="at"), [10, 20, 30]),
        (metric(glob="acc*", step_metric="at"), [0, 1, 2]),
        (metric("loss", step_metric="absent"), [0, 1, 2]),
        (metric("loss", step_metric="loss"), [0, 1, 2]),
    ],
)
def test_a_step_metric_counts(
    tmp_path: Path, definition: bytes, steps: list[int]
) -> None:
    log = read(tmp_path, definition, *rows_by("at", [10, 20, 30]))
    assert log.curves["loss"].steps.tolist() == steps
    assert ("at" in log.curves) == (steps[0] == 0)


@pytest.mark.parametrize("values", [[0.5, 1.0, 1.5], [1, math.nan, 3]])
def test_a_step_metric_that_is_no_count_is_not_used(
    tmp_path: Path, values: list[float]
) -> None:
    definition = metric(glob="*", step_metric="at")
    log = read(tmp_path, definition, *rows_by("at", values))
    assert log.curves["loss"].steps.tolist() == [0, 1, 2]


def test_a_step_metric_may_be_logged_in_rows_of_its_own(tmp_path: Path) -> None:
    rows = [history(0, epoch=1), history(1, loss=0.5), history(2, epoch=2)]
    log = read(
        tmp_path, metric(glob="*", step_metric="epoch"), *rows, history(3, loss=0.25)
    )
    assert points(log, "loss") == [(1, 0.5), (2, 0.25)]
    assert log.curves["loss"].axis == "epoch"


def test_without_a_step_metric_at_the_start_steps_are_those_of_the_rows(
    tmp_path: Path,
) -> None:
    rows = [history(0, loss=0.5), history(1, epoch=7), history(2, loss=0.25)]
    log = read(tmp_path, metric(glob="*", step_metric="epoch"), *rows)
    assert points(log, "loss") == [(0, 0.5), (2, 0.25)]
    assert log.curves["loss"].axis == "step"


def test_the_last_definition_of_a_metric_counts(tmp_path: Path) -> None:
    rows = [history(step, loss=1, a=step + 10, b=step + 20) for step in range(2)]
    both = [metric("loss", step_metric=name) for name in ("a", "b")]
    assert read(tmp_path, *both, *rows).curves["loss"].steps.tolist() == [20, 21]


# Configuration, summary, names.


def test_long_and_short_values_are_taken_in_the_order_of_their_writing(
    tmp_path: Path,
) -> None:
    long = "x" * 300
    log = read(tmp_path, configuration(a="s"), configuration(a=long, b=long))
    assert dict(log.configuration) == {"a": long, "b": long}
    log = read(tmp_path, configuration(a=long), configuration(a="s"))
    assert dict(log.configuration) == {"a": "s"}


def test_what_was_logged_below_a_key_is_no_result(tmp_path: Path) -> None:
    row = message(2, item(["a", "b"], 1.0))
    log = read(tmp_path, row, summary(a={"b": 1.0, "c": 2.0}))
    assert dict(log.results) == {"a.c": 2.0}


def test_the_last_update_of_a_setting_counts(tmp_path: Path) -> None:
    started = message(17, message(4, item("lr", 1) + item("wd", 2)))
    removed = message(5, message(2, message(1, "wd")))
    log = read(tmp_path, started, configuration(lr=3, _wandb={"x": 1}), removed)
    assert dict(log.configuration) == {"lr": 3}


def test_of_the_summary_only_what_was_not_logged_is_a_result(tmp_path: Path) -> None:
    rows = history(0, loss=1), history(1, loss=2)
    log = read(
        tmp_path,
        *rows,
        summary(loss=2, best={"epoch": 3}, _step=1, note="text"),
        summary(test=0.5, best={"epoch": 4}),
    )
    assert dict(log.results) == {"best.epoch": 4.0, "test": 0.5}


def test_the_project_is_the_group_of_runs_without_a_sweep(tmp_path: Path) -> None:
    assert read(tmp_path, run(project="p")).group == "p"
    assert read(tmp_path, run(project="p", sweep_id="s")).group == "s"


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


CONFIG = "wandb_version: 1\n_wandb: {value: {t: 1}}\nlr: {desc: null, value: 0.1}\n"


def test_files_beside_fill_in_what_the_run_file_lacks(tmp_path: Path) -> None:
    files = tmp_path / DIRECTORY / "files"
    put(files / "config.yaml", CONFIG + "wd: {value: 0.5}\n")
    put(files / "wandb-summary.json", '{"test": "NaN", "loss": 9, "best": 1}')
    rows = history(1, loss=1), summary(best=2)
    log = read(tmp_path, run(), configuration(lr=0.2), *rows)
    assert log.results["best"] == 2.0
    assert dict(log.configuration) == {"lr": 0.2, "wd": 0.5}
    assert math.isnan(log.results["test"])
    assert "loss" not in log.results
    (trial,) = collect([tmp_path]).trials
    assert {path.name for path in trial.sources} == {
        "run-abc.wandb",
        "config.yaml",
        "wandb-summary.json",
    }


@pytest.mark.parametrize("below", ["files", "."])
def test_a_copy_without_the_run_file_is_a_trial(tmp_path: Path, below: str) -> None:
    files = tmp_path / DIRECTORY / below
    put(files / "config.yaml", CONFIG)
    put(files / "wandb-summary.json", '{"val": {"loss": 0.5}, "_wandb": {"x": 1}}')
    put(files / "wandb-metadata.json", "{}")
    put(tmp_path / "wandb/sweep-s1/config-abc.yaml", CONFIG)
    logs = collect([tmp_path])
    (trial,) = logs.trials
    assert logs.name_of(trial) == DIRECTORY
    assert dict(trial.configuration) == {"lr": 0.1}
    assert dict(trial.results) == {"val.loss": 0.5}
    assert trial.group == "s1"
    assert trial.state is None
    assert not logs.problems


def test_a_summary_that_is_broken_costs_only_itself(tmp_path: Path) -> None:
    put(tmp_path / DIRECTORY / "files/wandb-summary.json", '{"a": ')
    log = read(tmp_path, history(1, loss=1))
    assert log.points == 1
    assert [problem.path.name for problem in log.problems] == ["wandb-summary.json"]


def test_an_unreadable_run_file_leaves_what_lies_beside_it(tmp_path: Path) -> None:
    put(tmp_path / DIRECTORY / "run-abc.wandb", "")
    logs = collect([tmp_path])
    assert not logs.trials
    assert [problem.found for problem in logs.problems] == ["an empty file"]
    put(tmp_path / DIRECTORY / "files/config.yaml", CONFIG)
    logs = collect([tmp_path])
    assert [dict(trial.configuration) for trial in logs.trials] == [{"lr": 0.1}]
    assert [problem.found for problem in logs.problems] == ["an empty file"]


# Directories.


def test_links_to_the_latest_run_count_nothing_twice(tmp_path: Path) -> None:
    write(tmp_path / DIRECTORY / "run-abc.wandb", history(1, loss=1))
    (tmp_path / "wandb/latest-run").symlink_to(Path(DIRECTORY).name)
    put(tmp_path / "cache/core-debug.log", "")
    (tmp_path / DIRECTORY / "logs").mkdir()
    core = tmp_path / DIRECTORY / "logs/debug-core.log"
    core.symlink_to(tmp_path / "cache/core-debug.log")
    for root in (tmp_path / "wandb", tmp_path):
        logs = collect([root])
        names = [logs.name_of(trial) for trial in logs.trials]
        assert names == [(tmp_path / DIRECTORY).relative_to(root).as_posix()]
        assert not logs.problems
    (trial,) = collect([tmp_path / "wandb/latest-run"]).trials
    assert trial.points == 1


def test_directories_of_one_run_id_are_one_resumed_run(tmp_path: Path) -> None:
    for name, steps in (
        ("run-20240102_000000-abc", range(3, 6)),
        ("offline-run-20240101_000000-abc", range(4)),
        ("run-20240101_000000-other", range(2)),
    ):
        code = ended(1) if name.startswith("offline") else ended(0)
        rows = [history(step, loss=step) for step in steps]
        run_id = name.rpartition("-")[2]
        write(
            tmp_path / "wandb" / name / f"run-{run_id}.wandb", run(run_id), *rows, code
        )
    logs = collect([tmp_path])
    found = {logs.name_of(trial): trial for trial in logs.trials}
    assert set(found) == {
        "wandb/offline-run-20240101_000000-abc",
        "wandb/run-20240101_000000-other",
    }
    trial = found["wandb/offline-run-20240101_000000-abc"]
    assert trial.curves["loss"].steps.tolist() == [0, 1, 2, 3, 3, 4, 5]
    assert trial.state == "finished"


def test_the_first_directory_of_a_run_is_the_earliest(tmp_path: Path) -> None:
    for name in ("run-20240101_000000-abc", "offline-run-20240102_000000-abc"):
        write(tmp_path / name / "run-abc.wandb", history(1, loss=1))
    logs = collect([tmp_path])
    assert [logs.name_of(trial) for trial in logs.trials] == ["run-20240101_000000-abc"]


def test_links_in_the_directory_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere/config.yaml", CONFIG)
    (tmp_path / DIRECTORY / "files").mkdir(parents=True)
    link = tmp_path / DIRECTORY / "files/config.yaml"
    link.symlink_to(tmp_path / "elsewhere/config.yaml")
    assert not read(tmp_path, history(1, loss=1)).configuration


def test_run_files_put_into_one_folder_are_trials(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"run-{name}.wandb", history(1, loss=1))
    logs = collect([tmp_path])
    assert [logs.name_of(trial) for trial in logs.trials] == ["a", "b"]


@pytest.mark.parametrize("name", ["config.yaml", "wandb-summary.json"])
def test_only_files_of_run_directories_are_claimed(tmp_path: Path, name: str) -> None:
    put(tmp_path / "other" / name, "{}")
    claimed: Callable[[Path, bytes], bool] = wandb_run.claims
    assert claimed(tmp_path / "other" / name, b"{}") == (name != "config.yaml")


def test_rows_are_those_of_the_second_reader(written: Path) -> None:
    for path in written.rglob("*.wandb"):
        (log,) = wandb_run.load(path)
        rows = slow_rows(path)
        for tag, curve in log.curves.items():
            if "." not in tag:
                assert len(curve) == sum(tag in row for row in rows), (path, tag)

"""JSON histories: which files are one, and what their rows say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from advisor.loaders.collect import collect
from advisor.model.log import Logs, TrialLog

LINES = ("result.json", "metrics.json", "log.txt")


def put(path: Path, rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jsonl" or path.name in LINES:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        path.write_text(json.dumps(rows))
    return path


def only(logs: Logs) -> TrialLog:
    (trial,) = logs.trials
    return trial


def points(trial: TrialLog) -> dict[str, list[tuple[int, float]]]:
    return {
        tag: list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        for tag, curve in trial.curves.items()
    }


ROWS = [{"step": 10 * i, "loss": 1.0 / (i + 1), "lr": 0.1 - 0.01 * i} for i in range(5)]


@pytest.mark.parametrize(
    "name", ["metrics.jsonl", "history.jsonl", "any.jsonl", "log.txt"]
)
def test_lines_are_rows(tmp_path: Path, name: str) -> None:
    put(tmp_path / "trial" / name, ROWS)
    trial = only(collect([tmp_path]))
    assert trial.location == tmp_path / "trial"
    assert points(trial) == {
        "loss": [(row["step"], row["loss"]) for row in ROWS],
        "lr": [(row["step"], row["lr"]) for row in ROWS],
    }


def test_a_log_in_prose_is_counted_as_unread(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("Epoch 1: loss 0.5\n")
    assert collect([tmp_path]).unclaimed == {"log.txt": 1}


def test_the_log_of_detectron2(tmp_path: Path) -> None:
    rows = [{"iteration": 19 + 20 * i, "total_loss": 1 - 0.1 * i} for i in range(4)]
    rows.append({"iteration": 79, "bbox/AP": 31.5})  # evaluated in a row of its own
    put(tmp_path / "metrics.json", rows)
    assert points(only(collect([tmp_path]))) == {
        "total_loss": [(19, 1.0), (39, 0.9), (59, 0.8), (79, pytest.approx(0.7))],
        "bbox/AP": [(79, 31.5)],
    }


def test_rows_that_name_their_split_are_told_apart(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = []
    for epoch in range(1, 4):
        rows += [
            {"mode": "train", "epoch": epoch, "loss": 1 / epoch},
            {"mode": "val", "epoch": epoch, "loss": 2 / epoch, "acc": 0.1 * epoch},
        ]
    put(tmp_path / "log.jsonl", rows)
    found = points(only(collect([tmp_path])))
    assert set(found) == {"train/loss", "val/loss", "val/acc"}
    assert found["val/loss"][2] == (3, 2 / 3)


def test_files_named_after_their_split_are_one_trial(tmp_path: Path) -> None:
    put(tmp_path / "train.jsonl", ROWS)
    put(tmp_path / "val.jsonl", [{"step": 40, "loss": 0.5}, {"step": 80, "loss": 0.4}])
    found = points(only(collect([tmp_path])))
    assert set(found) == {"train/loss", "train/lr", "val/loss"}


def test_several_histories_of_a_folder_are_trials(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        put(tmp_path / name, ROWS)
    logs = collect([tmp_path])
    assert [logs.name_of(trial) for trial in logs.trials] == ["a", "b"]


RAY = [
    {
        "training_iteration": i,
        "info": {"loss": 1 / i},
        "config": {"lr": 0.1, "opt": {"beta": 0.9}},
        "trial_id": "abc",
        "time_this_iter_s": 0.5,
        "done": i == 3,
    }
    for i in range(1, 4)
]


def test_results_of_ray_are_read_where_there_is_no_csv(tmp_path: Path) -> None:
    put(tmp_path / "trial/result.json", RAY)
    trial = only(collect([tmp_path]))
    assert points(trial)["info/loss"] == [(1, 1.0), (2, 0.5), (3, pytest.approx(1 / 3))]
    assert dict(trial.configuration) == {"lr": 0.1, "opt.beta": 0.9}
    (tmp_path / "trial/progress.csv").write_text("training_iteration,loss\n1,2\n2,1\n")
    trial = only(collect([tmp_path]))
    assert set(trial.curves) == {"loss"}


@pytest.mark.parametrize(
    "value",
    [
        {"loss": [1.0, 0.5], "val_loss": [2.0, 1.5]},
        [{"loss": 1.0, "val_loss": 2.0}, {"loss": 0.5, "val_loss": 1.5}],
    ],
)
def test_a_history_of_keras_as_one_value(tmp_path: Path, value: Any) -> None:
    put(tmp_path / "history.json", value)
    assert points(only(collect([tmp_path]))) == {
        "loss": [(0, 1.0), (1, 0.5)],
        "val_loss": [(0, 2.0), (1, 1.5)],
    }


def test_what_was_not_measured_is_no_point(tmp_path: Path) -> None:
    rows = [
        {"step": 1, "loss": math.nan, "x": None, "y": 1},
        {"step": 2, "loss": math.inf, "x": 2},
        {"step": 3, "loss": 1, "x": [1, 2], "z": {"a": {"b": 7}}},
    ]
    put(tmp_path / "log.jsonl", rows)
    found = points(only(collect([tmp_path])))
    assert [step for step, _ in found["loss"]] == [1, 2, 3]
    assert math.isnan(found["loss"][0][1])
    assert found["x"] == [(2, 2.0)]
    assert found["z/a/b"] == [(3, 7.0)]


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": "a", "label": 1}] * 3,
        [{"prompt": "p", "completion": "c"}] * 3,
        [{"id": i, "score": 0.5, "question": "why " * 30 + str(i)} for i in range(9)],
        [
            {"step": i, "loss": 1, "output": "some words " * 9 + str(i)}
            for i in range(9)
        ],
        [{"trial": i, "lr": 0.1, "loss": 1} for i in range(9)],
        [[1, 2], [3, 4]],
        ["a", "b"],
        [],
    ],
)
def test_data_and_other_lines_are_no_history(tmp_path: Path, rows: Any) -> None:
    put(tmp_path / "data.jsonl", rows)
    logs = collect([tmp_path])
    assert not logs.trials
    assert not logs.problems
    assert dict(logs.unclaimed) == {".jsonl": 1}


def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    path = put(tmp_path / "log.jsonl", ROWS)
    lines = path.read_text().splitlines(keepends=True)
    lines[2] = '{"step": \n'
    lines.append('{"step": 50, "lo')
    path.write_text("".join(lines))
    logs = collect([tmp_path])
    assert [step for step, _ in points(only(logs))["loss"]] == [0, 10, 30, 40]
    assert [problem.line for problem in logs.problems] == [3, 6]


def test_a_file_cut_off_anywhere_keeps_its_whole_lines(tmp_path: Path) -> None:
    path = put(tmp_path / "log.jsonl", ROWS)
    whole = path.read_bytes()
    for size in range(whole.index(b"\n", 80), len(whole)):
        path.write_bytes(whole[:size])
        expected = whole[:size].count(b"}")
        assert len(only(collect([path])).curves["loss"]) == expected


def test_too_many_names_are_refused(tmp_path: Path) -> None:
    rows = [{"step": 1, "loss": 1}, {"step": 2, **{f"x{i}": i for i in range(10_001)}}]
    put(
        tmp_path / "log.jsonl", [{"step": i, "loss": 1} for i in range(-5000, 0)] + rows
    )
    logs = collect([tmp_path])
    assert [problem.expected for problem in logs.problems] == [
        "at most 10000 different names"
    ]


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '{"a": []}', "[1, 2]", "[" * 99_999])
def test_a_broken_history_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "history.json").write_text(text)
    logs = collect([tmp_path])
    assert not logs.trials
    assert len(logs.problems) == 1

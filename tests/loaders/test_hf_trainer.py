"""Hugging Face's trainer_state.json, its checkpoints and its model card."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from event_bytes import scalar, write

from advisor.loaders.collect import collect
from advisor.model.log import Logs

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "fixtures/hf-trainer"
CARD = """\
# model

## Training procedure

### Training hyperparameters

The following hyperparameters were used during training:
- learning_rate: 5e-05
- train_batch_size: 8
- optimizer: Use adamw_torch with betas=(0.9,0.999)
- lr_scheduler_type: linear

### Training results
- not_one: 3
"""


def rows(count: int) -> list[dict[str, float]]:
    return [{"loss": 1 / step, "step": step} for step in range(1, count + 1)]


def put(folder: Path, history: Any, **more: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    state = {"global_step": 0, "max_steps": 50, "log_history": history, **more}
    (folder / "trainer_state.json").write_text(json.dumps(state))


def only(logs: Logs) -> Any:
    (trial,) = logs.trials
    return trial


@pytest.mark.parametrize("name", ["trial-0", "trial-1"])
def test_every_number_is_as_the_trainer_logged_it(name: str) -> None:
    logs = collect([WRITTEN])
    trial = next(each for each in logs.trials if logs.name_of(each) == name)
    expected: dict[str, list[tuple[int, float]]] = {}
    *history, last = json.loads((WRITTEN / "expected.json").read_text())[name]
    for row in history:
        for tag, value in row.items():
            if tag != "step":
                expected.setdefault(tag, []).append((row["step"], float(value)))
    if name == "trial-1":  # was logged to event files, too, in single precision
        assert {path.suffix for path in trial.sources} == {".json", ".0"}
        expected = {
            f"eval/{tag[5:]}" if tag.startswith("eval_") else f"train/{tag}": points
            for tag, points in expected.items()
        }
        for tag, points in expected.items():
            curve = trial.curves[tag]
            found = list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
            np.testing.assert_allclose(found[: len(points)], points, rtol=1e-6)
            assert curve.wall_times is not None
        assert trial.configuration["per_device_train_batch_size"] == 8
        assert trial.configuration["learning_rate"] == 0.005
        return
    found = {
        tag: list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        for tag, curve in trial.curves.items()
    }
    assert found == expected
    assert trial.results["train_runtime"] == float(last["train_runtime"])
    assert trial.state == "finished"
    assert trial.configuration["train_batch_size"] == 8
    assert not logs.problems


def test_checkpoints_are_copies_of_one_history(tmp_path: Path) -> None:
    for step in (10, 20, 100):
        put(tmp_path / f"checkpoint-{step}", rows(step), global_step=step)
    trial = only(collect([tmp_path]))
    assert trial.location == tmp_path
    assert trial.curves["loss"].steps.tolist() == list(range(1, 101))
    put(tmp_path, rows(20))  # left over from an earlier end
    trial = only(collect([tmp_path]))
    assert trial.curves["loss"].steps.tolist() == list(range(1, 101))


def test_a_broken_checkpoint_costs_only_itself(tmp_path: Path) -> None:
    put(tmp_path / "checkpoint-10", rows(10))
    put(tmp_path / "checkpoint-20", rows(20))
    path = tmp_path / "checkpoint-20/trainer_state.json"
    path.write_text(path.read_text()[:-30])
    logs = collect([tmp_path])
    assert len(only(logs).curves["loss"]) == 10
    assert [problem.path.parent.name for problem in logs.problems] == ["checkpoint-20"]


@pytest.mark.parametrize("place", ["runs/a", "runs/b", "logs"])
@pytest.mark.parametrize("state", ["", "checkpoint-10"])
def test_event_files_of_the_trainer_are_no_other_trial(
    tmp_path: Path, place: str, state: str
) -> None:
    put(tmp_path / "out" / state, rows(10))
    (tmp_path / "out" / place).mkdir(parents=True)
    events = [scalar(step, "train/loss", 1 / step) for step in range(1, 15)]
    write(tmp_path / "out" / place / "events.out.tfevents.1700000000.host", *events)
    trial = only(collect([tmp_path]))
    assert trial.location == tmp_path / "out"
    assert {tag: len(curve) for tag, curve in trial.curves.items()} == {
        "train/loss": 14
    }
    assert trial.notes == (
        "1 metric is in both tensorboard and hf-trainer; tensorboard was used",
    )


def test_event_files_elsewhere_stay_where_they_are(tmp_path: Path) -> None:
    put(tmp_path / "out", rows(3))
    for name in ("other", "out/deep/er"):
        place = tmp_path / name
        place.mkdir(parents=True)
        write(place / "events.out.tfevents.1700000000.host", scalar(1, "loss", 1.0))
    logs = collect([tmp_path])
    assert {logs.name_of(trial) for trial in logs.trials} == {
        "other",
        "out",
        "out/deep/er",
    }
    assert set(logs.trials[0].curves) == {"loss"}


def test_one_checkpoint_alone_can_be_passed(tmp_path: Path) -> None:
    put(tmp_path / "out/checkpoint-10", rows(10))
    logs = collect([tmp_path / "out/checkpoint-10/trainer_state.json"])
    assert only(logs).points == 10


@pytest.mark.parametrize(
    ("done", "last", "state"),
    [(50, {}, "finished"), (49, {}, None), (9, {"train_runtime": 1}, "finished")],
)
def test_when_training_has_ended(
    tmp_path: Path, done: int, last: dict[str, float], state: str | None
) -> None:
    put(tmp_path, [*rows(3), {"step": done, **last}], global_step=done)
    assert only(collect([tmp_path])).state == state


def test_the_mean_loss_of_the_whole_training_is_no_measurement(tmp_path: Path) -> None:
    put(tmp_path, [*rows(3), {"train_loss": 9.0, "train_runtime": 1.0, "step": 3}])
    trial = only(collect([tmp_path]))
    assert set(trial.curves) == {"loss"}
    assert dict(trial.results) == {"train_runtime": 1.0}


def test_what_was_evaluated_after_training_is_a_result(tmp_path: Path) -> None:
    put(tmp_path, rows(3))
    (tmp_path / "all_results.json").write_text(
        '{"eval_loss": 0.5, "epoch": 3, "x": "y"}'
    )
    assert dict(only(collect([tmp_path])).results) == {"eval_loss": 0.5}


def test_what_later_checkpoints_measured_is_no_result(tmp_path: Path) -> None:
    put(tmp_path / "checkpoint-1", rows(1))
    put(tmp_path, [*rows(1), {"eval_loss": 0.5, "step": 1}])
    (tmp_path / "all_results.json").write_text('{"eval_loss": 0.5}')
    assert not only(collect([tmp_path])).results


def test_hyperparameters_come_from_the_model_card(tmp_path: Path) -> None:
    put(tmp_path, rows(3), train_batch_size=4, trial_params={"learning_rate": 0.1})
    (tmp_path / "README.md").write_text(CARD)
    trial = only(collect([tmp_path]))
    assert dict(trial.configuration) == {
        "learning_rate": 0.1,  # what the search tried
        "train_batch_size": 8,
        "optimizer": "Use adamw_torch with betas=(0.9,0.999)",
        "lr_scheduler_type": "linear",
        "max_steps": 50,
    }


def test_a_pickle_beside_it_is_never_opened(tmp_path: Path) -> None:
    put(tmp_path, rows(3))
    (tmp_path / "training_args.bin").write_bytes(b"\x80\x04garbage")
    logs = collect([tmp_path])
    assert not logs.problems
    assert {path.name for path in only(logs).sources} == {"trainer_state.json"}


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    strange = [math.nan, math.inf, "NaN", "text", None, True, [1], {"a": 1}, 10**400]
    put(tmp_path, [{"step": i, "loss": each} for i, each in enumerate(strange)])
    curve = only(collect([tmp_path])).curves["loss"]
    assert curve.steps.tolist() == [0, 1, 2]
    assert [math.isnan(each) for each in curve.values] == [True, False, True]


@pytest.mark.parametrize("step", [None, "a", math.inf, math.nan, 1e300, [1]])
def test_rows_without_a_step_are_counted(tmp_path: Path, step: Any) -> None:
    put(tmp_path, [{"step": step, "loss": 1.0}, {"step": step, "loss": 2.0}])
    assert only(collect([tmp_path])).curves["loss"].steps.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "Expecting value"),
        ("[]", "none"),
        ('{"log_history": 3}', "none"),
        ('{"log_history": [', "Expecting value"),
        ("[" * 100_000, "deep nesting"),
        ('{"log_history": [' + "9" * 5000 + "]}", "a number too long"),
    ],
)
def test_broken_files_are_reported(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "trainer_state.json").write_text(text)
    logs = collect([tmp_path])
    assert not logs.trials
    assert [problem.found for problem in logs.problems] == [found]


def test_a_file_cut_off_anywhere_is_reported(tmp_path: Path) -> None:
    put(tmp_path, rows(3))
    path = tmp_path / "trainer_state.json"
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        logs = collect([path])
        assert not logs.trials
        assert len(logs.problems) == 1

"""Folders of other people as a whole: trials and points as other readers find them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from event_bytes import slow_points
from test_csv_real_logs import frame, numbers
from wandb_bytes import slow_rows

from advisor.loaders.collect import collect
from advisor.model.log import Logs, TrialLog

LOGS = Path(__file__).resolve().parents[2] / "../shared/logs"
pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="needs the shared logs")

Counts: TypeAlias = Mapping[str, int]
"""Points by tag."""


@cache
def logs_of(folder: str) -> Logs:
    return collect([LOGS / folder])


def counts(trial: TrialLog) -> Counts:
    return {tag: len(curve) for tag, curve in trial.curves.items()}


def events_in(place: Path) -> Counts:
    """Scalars by tag in the event files of one folder."""
    found: Counter[str] = Counter()
    for path in place.glob("*tfevents*"):
        for tag, points in slow_points(path).items():
            found[tag] += len(points)
    return found


def longer(*records: Counts) -> Counts:
    """Of a metric in several formats, the longer record counts."""
    tags = {tag for record in records for tag in record}
    return {tag: max(each.get(tag, 0) for each in records) for tag in tags}


def cells_in(place: Path, name: str, *without: str) -> Counts:
    path = place / name
    return numbers(path, without=without) if path.is_file() else {}


def algoperf(place: Path) -> Counts:
    table = cells_in(place, "measurements.csv", "global_step", "total_duration")
    return longer(events_in(place), table)


def ultralytics(place: Path) -> Counts:
    return longer(events_in(place), cells_in(place, "results.csv", "epoch"))


def keras(place: Path) -> Counts:
    return cells_in(place, "log.csv")


def ray(place: Path) -> Counts:
    table = cells_in(place, "progress.csv", "training_iteration", "timestamp")
    return {tag: count for tag, count in table.items() if tag != "checkpoint_dir_name"}


def hugging_face(place: Path) -> Counts:
    path = place / "trainer_state.json"
    if not path.is_file():
        return events_in(place)
    found: Counter[str] = Counter()
    for row in json.loads(path.read_text())["log_history"]:
        if "train_runtime" not in row:
            found.update(key for key in row if key != "step")
    return found


def wandb(place: Path) -> Counts:
    (path,) = place.glob("*.wandb")
    rows = slow_rows(path)
    return Counter(key for row in rows for key in row if not key.startswith("_"))


def monitors(place: Path) -> Counts:
    tables = [frame(path, skiprows=1) for path in place.glob("*.monitor.csv")]
    episodes = sum(map(len, tables))
    with np.load(place / "evaluations.npz") as arrays:
        evaluations = len(arrays["timesteps"])
    return {
        "r": episodes,
        "l": episodes,
        "eval/mean_reward": evaluations,
        "eval/mean_ep_length": evaluations,
    }


FOLDERS: dict[str, tuple[int, Callable[[Path], Counts]]] = {
    "algoperf-amos": (75, algoperf),
    "cs336-wandb-sweep": (12, wandb),
    "deepcave-raytune": (87, ray),
    "deepfd-keras": (20, keras),
    "sb3-zoo": (30, monitors),
    "simple-sb2-tb": (7, events_in),
    "trainproof-labelled": (20, hugging_face),
    "yolov5-node": (55, ultralytics),
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_as_many_trials_and_points_as_another_reader_finds(folder: str) -> None:
    trials, count = FOLDERS[folder]
    logs = logs_of(folder)
    assert len(logs.trials) == trials
    assert len({logs.name_of(trial) for trial in logs.trials}) == trials
    for trial in logs.trials:
        assert counts(trial) == count(trial.location), trial.location


def test_charts_are_a_trial_for_each_run() -> None:
    logs = logs_of("wandb-colu-charts")
    columns = [
        (column.rpartition(" - ")[0], int(table[column].count()))
        for path in sorted((LOGS / "wandb-colu-charts").glob("*.csv"))
        for table in [frame(path)]
        for column in table.columns[1:]
        if "__" not in column
    ]
    assert sorted((trial.key, trial.points) for trial in logs.trials) == sorted(columns)


def test_every_folder_is_looked_at() -> None:
    known = {*FOLDERS, "wandb-colu-charts", "deepcave-bohb", "deepcave-mnist"}
    assert {path.name for path in LOGS.iterdir() if path.is_dir()} == known


def test_nothing_of_one_folder_depends_on_the_others() -> None:
    whole = collect([LOGS])
    alone = [logs_of(path.name) for path in sorted(LOGS.iterdir()) if path.is_dir()]
    assert len(whole.trials) == sum(len(logs.trials) for logs in alone)
    assert sum(trial.points for trial in whole.trials) == sum(
        trial.points for logs in alone for trial in logs.trials
    )
    assert len(whole.problems) == sum(len(logs.problems) for logs in alone)


# What a person reading the logs sees.


def test_nine_of_twelve_wandb_runs_failed_before_the_first_step() -> None:
    trials = logs_of("cs336-wandb-sweep").trials
    silent = [trial for trial in trials if not trial.points]
    assert [trial.state for trial in silent] == ["failed"] * 9
    assert Counter(trial.state for trial in trials if trial.points) == {
        "crashed": 2,
        "finished": 1,
    }
    assert len({trial.group for trial in trials}) == 6
    assert all(len(trial.configuration) > 20 for trial in trials)
    (problem,) = logs_of("cs336-wandb-sweep").problems
    assert problem.path.name == "run-7exzgvj1.wandb"


def test_values_of_a_wandb_run_are_those_of_another_reader() -> None:
    (trial,) = [
        each for each in logs_of("cs336-wandb-sweep").trials if each.state == "finished"
    ]
    (path,) = trial.location.glob("*.wandb")
    rows = [row for row in slow_rows(path) if "val_loss" in row]
    curve = trial.curves["val_loss"]
    np.testing.assert_array_equal(curve.values, [row["val_loss"] for row in rows])
    np.testing.assert_array_equal(curve.steps, [row["_step"] for row in rows])
    summary = json.loads((trial.location / "files/wandb-summary.json").read_text())
    assert curve.values[-1] == summary["val_loss"]


@pytest.mark.parametrize("seed", ["", "/seed43", "/seed44"])
def test_labelled_faults_are_in_the_numbers(seed: str) -> None:
    logs = logs_of("trainproof-labelled")
    found: dict[str, Any] = {logs.name_of(trial): trial for trial in logs.trials}

    def curve(label: str, tag: str) -> Any:
        return found[f"examples/gallery/{label}{seed}"].curves[tag].values

    assert curve("overfit", "eval_loss")[-1] > 2.5 * curve("overfit", "eval_loss").min()
    assert curve("overfit", "loss")[-1] < 0.1
    assert curve("lr_hot", "loss")[-1] > 5
    assert (curve("lr_zero", "learning_rate") == 0).all()
    assert curve("healthy", "loss")[-1] < curve("healthy", "loss")[0]

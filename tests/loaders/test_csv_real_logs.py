"""Other people's CSV logs: as many trials and points as pandas finds."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from advisor.loaders import (
    sb3_monitor,
    training_csv,
    wandb_chart_csv,
)
from advisor.model.log import TrialLog

LOGS = Path(__file__).resolve().parents[2] / "../shared/logs"
LOADERS = [
    importlib.import_module(f"advisor.loaders.{name}")
    for name in (
        "training_csv",
        "long_table",
        "trial_table",
        "wandb_chart_csv",
        "wandb_runs_csv",
        "sb3_monitor",
    )
]

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="needs the shared logs")


@cache
def claimed() -> dict[Path, list[str]]:
    found = {}
    for path in sorted(LOGS.rglob("*.csv")):
        with path.open("rb") as file:
            head = file.read(4096)
        found[path] = [each.NAME for each in LOADERS if each.claims(path, head)]
    return found


def files(folder: str, name: str) -> Iterator[Path]:
    found = sorted((LOGS / folder).rglob(name))
    assert found
    yield from found


def frame(path: Path, **options: object) -> pd.DataFrame:
    read = pd.read_csv(path, skipinitialspace=True, **options)  # type: ignore[call-overload]
    read.columns = read.columns.str.strip()
    return read  # type: ignore[no-any-return]


def numbers(path: Path, *, without: tuple[str, ...]) -> dict[str, int]:
    """Measured cells by column, as pandas counts them."""
    numeric = frame(path).select_dtypes("number").drop(columns=list(without))
    counts = numeric.count()
    return {name: int(count) for name, count in counts.items() if count}


def test_every_log_is_claimed_once_and_no_data_set() -> None:
    for path, names in claimed().items():
        expected = 0 if path.name == "monitor_features.csv" else 1
        assert len(names) == expected, path


def one(path: Path) -> TrialLog:
    (log,) = training_csv.load(path)
    return log


def test_algoperf() -> None:
    # A constant count of examples is kept as well; the step and the clock are axes.
    trials = list(files("algoperf-amos", "measurements.csv"))
    assert len(trials) == 75
    for path in trials:
        log = one(path)
        expected = numbers(path, without=("global_step", "total_duration"))
        assert {tag: len(curve) for tag, curve in log.curves.items()} == expected
        assert log.problems == ()
    for path in files("algoperf-amos", "eval_measurements.csv"):
        assert one(path).points == 0


def test_algoperf_values() -> None:
    path = LOGS / "algoperf-amos/study_2/wmt_jax/trial_4/measurements.csv"
    table = frame(path)[["global_step", "validation/loss"]].dropna()
    curve = one(path).curves["validation/loss"]
    np.testing.assert_array_equal(curve.steps, table["global_step"])
    np.testing.assert_array_equal(curve.values, table["validation/loss"])


def test_ultralytics() -> None:
    trials = list(files("yolov5-node", "results.csv"))
    assert len(trials) == 28
    for path in trials:
        log = one(path)
        expected = numbers(path, without=("epoch",))
        assert {tag: len(curve) for tag, curve in log.curves.items()} == expected
        assert all(curve.axis == "epoch" for curve in log.curves.values())


def test_keras_without_an_epoch() -> None:
    trials = list(files("deepfd-keras", "log.csv"))
    assert len(trials) == 20
    for path in trials:
        log = one(path)
        assert {tag: len(curve) for tag, curve in log.curves.items()} == {
            **numbers(path, without=()),
        }
        assert all(curve.axis == "row" for curve in log.curves.values())


def test_ray() -> None:
    trials = list(files("deepcave-raytune", "progress.csv"))
    assert len(trials) == 87
    for path in trials:
        log = one(path)
        expected = numbers(path, without=("training_iteration", "timestamp"))
        expected.pop("checkpoint_dir_name", None)
        assert {tag: len(curve) for tag, curve in log.curves.items()} == expected


def test_wandb_charts() -> None:
    for path in files("wandb-colu-charts", "*.csv"):
        columns = [name for name in frame(path).columns[1:] if "__" not in name]
        logs = list(wandb_chart_csv.load(path))
        assert [f"{log.key} - train/loss" for log in logs] == columns
        for log, column in zip(logs, columns, strict=True):
            assert log.points == frame(path)[column].count()


def test_stable_baselines_monitors() -> None:
    folders = {path.parent for path in files("sb3-zoo", "*.monitor.csv")}
    for folder in folders:
        paths = sorted(folder.glob("*.monitor.csv"))
        parts = [log for path in paths for log in sb3_monitor.load(path)]
        tables = [frame(path, skiprows=1) for path in paths]
        episodes = sum(len(table) for table in tables)
        (whole,) = [log for log in parts if log.points]
        assert len(whole.curves["r"]) == len(whole.curves["l"]) == episodes
        assert whole.curves["r"].steps[-1] == sum(table["l"].sum() for table in tables)
        assert whole.curves["r"].rewinds() == 0


def test_an_empty_file_is_reported() -> None:
    path = LOGS / "simple-sb2-tb/logs/progress.csv"
    with pytest.raises(training_csv.LogError, match="an empty file"):
        list(training_csv.load(path))

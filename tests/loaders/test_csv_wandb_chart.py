"""Charts exported from the W&B page."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.loaders.wandb_chart_csv import load, split_name
from advisor.model.log import TrialLog


def chart(tmp_path: Path, text: str, name: str = "chart.csv") -> list[TrialLog]:
    path = tmp_path / name
    path.write_text(text)
    return list(load(path))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a - loss", ("a", "loss")),
        ("a - b - train/loss", ("a - b", "train/loss")),
        ("a-b - loss", ("a-b", "loss")),
        ("Group: g - loss", ("Group: g", "loss")),
        (" - loss", ("", "loss")),
    ],
)
def test_splitting(name: str, expected: tuple[str, str]) -> None:
    assert split_name(name) == expected


def test_a_run_for_each_column(tmp_path: Path) -> None:
    text = (
        '"Step","a - b - loss","a - b - loss__MIN","a - b - loss__MAX",'
        '"c - loss","c - loss__MIN","c - loss__MAX"\n'
        '"0","1","1","1","5","5","5"\n"10","NaN","NaN","NaN","","",""\n'
    )
    first, second = chart(tmp_path, text)
    assert (first.location, first.key, first.display_name) == (
        tmp_path,
        "a - b",
        "a - b",
    )
    assert first.curves["loss"].steps.tolist() == [0, 10]
    assert second.curves["loss"].steps.tolist() == [0]
    assert "may be a sample" in first.notes[0]


def test_averages_over_buckets_are_noted(tmp_path: Path) -> None:
    text = "Step,a - loss,a - loss__MIN,a - loss__MAX\n0,2,1,3\n"
    (log,) = chart(tmp_path, text)
    assert "averages over buckets" in log.notes[0]
    assert list(log.curves) == ["loss"]


def test_groups_are_noted(tmp_path: Path) -> None:
    (log,) = chart(tmp_path, "Step,Group: g - loss\n0,1\n")
    assert log.key == "Group: g"
    assert "mean of a group" in log.notes[1]


def test_runs_that_share_a_name(tmp_path: Path) -> None:
    logs = chart(tmp_path, "Step,a - loss,a - loss\n0,1,2\n")
    assert [log.key for log in logs] == ["a", "a (2)"]
    assert [log.curves["loss"].values.tolist() for log in logs] == [[1], [2]]


def test_charts_of_a_folder_are_parts_of_the_same_trials(tmp_path: Path) -> None:
    (loss,) = chart(tmp_path, "Step,a - loss\n0,1\n", "1.csv")
    (accuracy,) = chart(tmp_path, "Step,a - acc\n0,1\n", "2.csv")
    assert (loss.location, loss.key) == (accuracy.location, accuracy.key)


@pytest.mark.parametrize(
    ("name", "cells", "axis", "steps"),
    [
        ("Step", ("0", "10"), "step", [0, 10]),
        ("train/global_step", ("0", "10"), "step", [0, 10]),
        ("epoch", ("0", "1"), "epoch", [0, 1]),
        ("epoch", ("0.5", "1.0"), "row", [0, 1]),
        ("Relative Time (Process)", ("0.5", "61.25"), "time", [0, 61]),
        ("Wall Time", ("1700000000000", "1700000001500"), "time", [17 * 10**8] * 2),
    ],
)
def test_x_axes(
    tmp_path: Path, name: str, cells: tuple[str, str], axis: str, steps: list[int]
) -> None:
    (log,) = chart(tmp_path, f"{name},a - loss\n{cells[0]},2\n{cells[1]},1\n")
    curve = log.curves["loss"]
    assert curve.axis == axis
    if name == "Wall Time":
        steps = [17 * 10**8, 17 * 10**8 + 1]
    assert curve.steps.tolist() == steps
    assert (curve.wall_times is not None) == (axis == "time")

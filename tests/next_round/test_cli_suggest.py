"""`advisor suggest` as a user gives it, from log files to the round after next."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result
from scipy.stats import qmc

from advisor.cli import main
from advisor.next_round.exporters import names

Run = Callable[..., Result]


def error_of(point: Mapping[str, Any]) -> float:
    """Lowest at a learning rate of 1, ten times the upper bound of the first round."""
    return 0.2 + 0.05 * math.log10(point["learning_rate"]) ** 2


def write_trial(folder: Path, point: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(len(list(folder.parent.iterdir())))
    error = error_of(point) + 0.002 * rng.standard_normal()
    rows = [
        f"{i},{error + math.exp(-i / 3):.6g},{error + math.exp(-i / 3):.6g}"
        for i in range(20)
    ]
    text = "\n".join(["epoch,loss,val_loss", *rows]) + "\n"
    (folder / "training.csv").write_text(text, "utf-8")
    (folder / "config.json").write_text(json.dumps(dict(point)), "utf-8")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Forty trials whose learning rate ends too early."""
    halton = qmc.Halton(2, scramble=True, rng=np.random.default_rng(0)).random(40)
    for i, (a, b) in enumerate(halton):
        point = {"learning_rate": 10 ** (-4 + 3 * a), "momentum": 0.8 + 0.19 * b}
        write_trial(tmp_path / "logs" / f"t{i:02d}", point)
    return tmp_path / "logs"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")

    def call(*arguments: str | Path) -> Result:
        words = ["suggest", *(str(each) for each in arguments)]
        return CliRunner().invoke(main, words, catch_exceptions=False)

    return call


def planned(folder: Path) -> dict[str, Any]:
    data = yaml.safe_load((folder / "next_round.yaml").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def test_the_table_fits_a_terminal(run: Run, logs: Path) -> None:
    done = run(logs)
    assert done.exit_code == 0
    assert all(len(line) <= 80 for line in done.output.splitlines())
    (row,) = [line for line in done.output.splitlines() if "learning_rate" in line]
    assert "optimum-at-boundary" in row
    assert "add --output FOLDER" in done.output


def test_two_rounds_end_to_end(run: Run, logs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(logs, "-o", out, "--export", "csv", "--trials", "8").exit_code == 0
    first = planned(out)
    rate = first["hyperparameters"]["learning_rate"]
    assert rate["upper"] > 0.5
    (change,) = rate["changes"]
    assert first["findings"][change["finding"]]["rule"] == "optimum-at-boundary"
    lines = (out / "next_round.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    for row in rows:
        point = {name: float(row[name]) for name in ("learning_rate", "momentum")}
        write_trial(logs / row["trial"], point)
    assert run(logs, "-o", out).exit_code == 0
    second = planned(out)
    assert (first["round"], second["round"]) == (2, 3)
    assert second["sequence"]["first"] == first["sequence"]["used"]
    assert not [each for each in second["points"] if each in first["points"]]


def test_the_round_after_goes_on_in_the_search_space_that_was_planned(
    run: Run, logs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(logs, "-o", out, "--trials", "8")
    first = planned(out)
    for i, point in enumerate(first["points"]):
        write_trial(logs / f"second-{i}", point)
    assert run(logs, "-o", out, "--trials", "8", "--last").exit_code == 0
    second = planned(out)
    rate, before = (
        each["hyperparameters"]["learning_rate"] for each in (second, first)
    )
    assert rate["before"]["upper"] == before["upper"]
    assert second["phase"] == "exploitation"
    assert second["trials"]["learned"]["points"] == 8


def test_the_same_call_plans_the_same_round(
    run: Run, logs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(logs, "-o", out)
    once = (out / "next_round.yaml").read_text("utf-8")
    run(logs, "-o", out)
    assert (out / "next_round.yaml").read_text("utf-8") == once
    run(logs, "-o", out, "--seed", "5")
    assert planned(out)["sequence"]["seed"] == 5


def test_every_export_is_written(run: Run, logs: Path, tmp_path: Path) -> None:
    options = [word for name in names() for word in ("--export", name)]
    done = run(logs, "-o", tmp_path / "out", *options)
    assert done.exit_code == 0
    files = sorted(each.name for each in (tmp_path / "out").iterdir())
    assert len(files) == 2 + len(names())
    assert {"next_round.md", "next_round.csv", "tuning_search_space.json"} <= set(files)


def test_the_users_own_command_is_exported(
    run: Run, logs: Path, tmp_path: Path
) -> None:
    (tmp_path / "cwd" / "advisor.yaml").write_text(
        "confirm: {command: [my-train, '--rate={learning_rate}', '{momentum}']}\n"
    )
    run(logs, "-o", tmp_path / "out", "--export", "shell")
    script = (tmp_path / "out" / "next_round.sh").read_text("utf-8")
    assert "my-train --rate=" in script
    assert "--learning_rate" not in script


def test_exports_need_a_folder(run: Run, logs: Path) -> None:
    done = run(logs, "--export", "csv")
    assert done.exit_code == 2
    assert "add --output" in done.output


def test_an_unknown_export_names_the_known_ones(run: Run, logs: Path) -> None:
    done = run(logs, "--export", "csw")
    assert done.exit_code == 2
    assert "keras-tuner" in done.output


def test_the_folder_of_another_study_is_refused(
    run: Run, logs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(logs, "-o", out)
    file = out / "next_round.yaml"
    text = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(["version: 1", "study: another", *text[2:]]), "utf-8")
    done = run(logs, "-o", out)
    assert done.exit_code == 2
    assert "choose another --output" in done.output


def test_many_studies_have_folders_of_their_own(run: Run, tmp_path: Path) -> None:
    for study in ("a", "b"):
        for i in range(4):
            write_trial(
                tmp_path / "two" / study / f"t{i}",
                {"learning_rate": 0.01 * (i + 1), "dataset": study},
            )
    done = run(tmp_path / "two", "-o", tmp_path / "out")
    assert done.exit_code == 0
    assert len(list((tmp_path / "out").glob("*/next_round.md"))) == 2


def test_hostile_names_reach_no_terminal(run: Run, tmp_path: Path) -> None:
    name = "\x1b[2J::error::\u202e`<b>|"
    for i in range(5):
        point = {
            "learning_rate": 0.01 * (i + 1),
            name: i,
            "optimizer": f"::{name}{i % 2}",
        }
        write_trial(tmp_path / "logs" / f"t{i}", point)
    out = tmp_path / "out"
    done = run(tmp_path / "logs", "-o", out, "--export", "csv", "--export", "shell")
    assert done.exit_code == 0
    written = [each.read_text("utf-8") for each in out.iterdir()]
    for text in (done.output, *written):
        assert "\x1b" not in text
        assert "\u202e" not in text
    for text in (done.output, (out / "next_round.md").read_text("utf-8")):
        assert not [
            line for line in text.splitlines() if line.lstrip().startswith("::")
        ]

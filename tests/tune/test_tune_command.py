"""`advisor tune` as a user gives it, with a command of the user's own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from tests.tune.project import SPACE, calls, make_project, tune


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def journal(folder: Path) -> str:
    return (folder / "advisor-tune" / "journal.md").read_text("utf-8")


def test_the_search_space_moves_to_the_optimum_outside_of_it(project: Path) -> None:
    result = tune("--rounds", 3, "--trials", 36)
    assert result.exit_code == 0, result.output
    best = json.loads((project / "advisor-tune/round-3/outcome.json").read_bytes())
    assert 0.03 < best["best"]["values"]["learning_rate"] < 0.3
    assert "the limit of 3 rounds is reached" in result.output
    text = journal(project)
    assert "| `learning_rate` | upper 0.01 → 0.1 | `optimum-at-boundary`" in text
    assert text.count("## Round") == 3
    assert calls(project) == 36


def test_other_commands_read_the_rounds_as_the_last_report_did(project: Path) -> None:
    tune("--rounds", 3, "--trials", 36)
    told = json.loads((project / "advisor-tune/round-3/outcome.json").read_bytes())
    words = ["check", "advisor-tune", "--format", "json"]
    checked = CliRunner().invoke(main, words, catch_exceptions=False)
    found = [
        (each["id"], each["severity"], each["message"])
        for each in json.loads(checked.stdout)["findings"]
        if each["superseded_by"] is None
    ]
    assert found == [
        (each["id"], each["severity"], each["message"]) for each in told["findings"]
    ]


def test_the_same_call_again_trains_nothing_and_says_the_same(project: Path) -> None:
    first = tune("--rounds", 2, "--trials", 20)
    before = journal(project)
    again = tune("--rounds", 2, "--trials", 20)
    assert (again.stdout, journal(project), calls(project)) == (
        first.stdout,
        before,
        20,
    )


def test_more_rounds_go_on_where_it_ended(project: Path) -> None:
    tune("--rounds", 1, "--trials", 10)
    result = tune("--rounds", 2, "--trials", 20)
    assert result.exit_code == 0, result.output
    assert calls(project) == 20
    assert journal(project).count("## Round") == 2


def test_a_dry_run_shows_the_commands_and_runs_none(project: Path) -> None:
    result = tune("--rounds", 2, "--trials", 20, "--dry-run")
    lines = result.output.splitlines()
    assert lines[0].startswith("round 1, exploration: 10 trials of")
    assert "lr=0.00" in lines[1]
    assert "directory=DIRECTORY" in lines[1]
    assert not (project / "advisor-tune").exists()
    assert calls(project) == 0


def test_a_round_that_ran_out_of_time_is_finished_by_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path, "wait=0.3")
    monkeypatch.chdir(tmp_path)
    result = tune("--rounds", 1, "--trials", 10, "--budget", "1s")
    done = calls(tmp_path)
    assert 0 < done < 10
    assert f"round 1 has {done} of 10 trials" in " ".join(result.output.split())
    result = tune("--rounds", 1, "--trials", 10)
    assert "the limit of 1 round is reached" in result.output
    assert calls(tmp_path) == 10


def test_killed_and_called_again_it_comes_to_the_same_end(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        make_project(folder, "wait=0.05")
    program = "from advisor.cli import main; main()"
    words = [sys.executable, "-c", program, "tune", "--no-plots"]
    words += ["--rounds", "2", "--trials", "20"]
    subprocess.run(words, cwd=whole, check=True, capture_output=True)
    process = subprocess.Popen(
        words, cwd=killed, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    while calls(killed) < 6 and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (killed / "advisor-tune/round-2").exists()
    subprocess.run(words, cwd=killed, check=True, capture_output=True)
    for name in ("journal.md", "round-2/plan.md", "round-2/round.json"):
        one, other = (each / "advisor-tune" / name for each in (whole, killed))
        assert one.read_bytes() == other.read_bytes()


def test_a_trial_whose_command_fails_is_infeasible_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = {**SPACE, "learning_rate": {"lower": 1e-3, "upper": 10.0, "scale": "log"}}
    make_project(tmp_path, space=space)
    monkeypatch.chdir(tmp_path)
    result = tune("--rounds", 1, "--trials", 20)
    assert result.exit_code == 0, result.output
    outcome = json.loads((tmp_path / "advisor-tune/round-1/outcome.json").read_bytes())
    assert outcome["infeasible"] == 5  # a quarter of four decades lies above 1
    failed = list((tmp_path / "advisor-tune/round-1").glob("*/failed.txt"))
    assert len(failed) == 5
    assert "the loss is NaN" in failed[0].read_text()


def test_a_command_that_always_fails_ends_with_what_it_said(project: Path) -> None:
    (project / "train.py").write_text("print('no such data set'); raise SystemExit(1)")
    result = tune("--rounds", 2, "--trials", 20)
    assert result.exit_code == 2
    assert "the first 3 trials failed" in result.output
    assert "no such data set" in result.output
    assert [each.name for each in (project / "advisor-tune/round-1").glob("0*")] == []


def test_it_goes_on_from_logs(project: Path) -> None:
    tune("--rounds", 1, "--trials", 15)
    planned = json.loads((project / "advisor-tune/round-1/round.json").read_bytes())
    for name, each in planned["trials"].items():
        shutil.move(project / "advisor-tune/round-1" / name, project / "logs" / name)
        place = project / "logs" / name / "config.json"
        place.write_text(json.dumps(each["values"]))
    result = tune("logs", "--output", "next", "--rounds", 1, "--trials", 8)
    assert result.exit_code == 0, result.output
    text = (project / "next/journal.md").read_text("utf-8")
    assert "| given logs |  | 15 | 0 |" in text
    assert "## Round 2" in text
    assert "In the given logs it was" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--output", "logs/tuning", "logs"), "choose another --output"),
        (("--budget", "soon"), "expected a budget such as"),
    ],
)
def test_what_cannot_be_is_refused(
    project: Path, words: tuple[str, ...], expected: str
) -> None:
    (project / "logs/a").mkdir(parents=True)
    (project / "logs/a/training.csv").write_text("epoch,loss,val_loss\n0,1,1\n1,1,1\n")
    result = tune(*words)
    assert result.exit_code == 2
    assert expected in result.output


def test_without_logs_or_search_space_it_says_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "advisor.yaml").write_text("tune: {workload: digits}\n")
    result = tune()
    assert result.exit_code == 2
    assert "advisor.yaml:1" in result.output
    assert "search_space: {learning_rate:" in result.output


def test_a_hyperparameter_that_the_command_does_not_take_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path, space={**SPACE, "clip": {"lower": 0.1, "upper": 1.0}})
    monkeypatch.chdir(tmp_path)
    result = tune()
    assert result.exit_code == 2
    assert "`clip`" in result.output
    assert "add a placeholder" in result.output

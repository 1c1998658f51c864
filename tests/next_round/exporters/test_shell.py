"""A script of commands, run by bash with a command that prints its arguments."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.next_round.exporters import ExportError, exporters

from .rounds import HOSTILE, hostile, rich

PRINT = "import json, sys; print(json.dumps(sys.argv[1:]))"


def commands(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines()[2:] if line and line[0] != "#"]
    return [shlex.split(line) for line in lines]


def test_without_a_command_every_value_is_an_option() -> None:
    made = rich()
    first = commands(exporters()["shell"].export(made))[0]
    assert first[:3] == ["python", "train.py", "--seed=2001"]
    assert f"--lr={made.points[0]['lr']!r}" in first
    assert "--batch_size=64" in first


def test_placeholders_take_values_by_name_alias_and_constants() -> None:
    command = ("train", "--rate={learning_rate}", "{width}", "--to={directory}")
    made = replace(rich(), command=command)
    first = commands(exporters()["shell"].export(made))[0]
    point = made.points[0]
    assert first[:4] == [
        "train",
        f"--rate={point['lr']!r}",
        str(point["width"]),
        "--to=next-round/round-2-001",
    ]
    assert "--lr" not in " ".join(first)
    assert f"--dropout={point['dropout']!r}" in first


def test_repeats_are_said_to_be() -> None:
    text = exporters()["shell"].export(rich())
    assert text.count("# trial-0 again") == 2


def test_an_unknown_placeholder_is_an_error() -> None:
    with pytest.raises(ExportError, match="no value"):
        exporters()["shell"].export(replace(rich(), command=("train", "{depth}")))


def test_a_value_may_not_become_an_option() -> None:
    made = replace(hostile(), command=("train", "{optimizer}"))
    aliased = replace(
        made,
        hyperparameters=tuple(
            replace(each, space=replace(each.space, alias="optimizer"))
            if each.name == HOSTILE and each.space is not None
            else each
            for each in made.hyperparameters
        ),
    )
    with pytest.raises(ExportError, match="read as an option"):
        exporters()["shell"].export(aliased)


def test_bash_runs_it_and_nothing_in_a_name_is_obeyed(tmp_path: Path) -> None:
    made = replace(hostile(), command=(sys.executable, "-c", PRINT, "--lr={lr}"))
    script = tmp_path / "round.sh"
    script.write_text(exporters()["shell"].export(made), "utf-8")
    done = subprocess.run(
        ["bash", script.name], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == len(made.planned_trials)
    assert "touch pwned" in done.stdout
    assert [each.name for each in tmp_path.iterdir()] == ["round.sh"]

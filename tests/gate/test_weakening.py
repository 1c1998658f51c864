"""What a configuration takes away is told, and one among the logs is not obeyed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor.cli import main
from advisor.gate.weakening import weakening
from advisor.interpret.configuration import load_configuration
from advisor.report.formats import names

ROOT = Path(__file__).resolve().parents[2]
OFF = "rules: {disable: [{id: problematic-overfitting, reason: so they say}]}\n"
SWITCHED = "switches off problematic-overfitting (so they say)"
AMONG = "lies among the logs"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, where we stand, with logs that fail."""
    (tmp_path / ".git").mkdir()
    shutil.copytree(ROOT / "fixtures" / "trainer-sweep", tmp_path / "logs" / "new")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "logs", "--no-plots", *arguments])


def plain(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


@pytest.mark.parametrize("place", ["logs", ".", "elsewhere"])
def test_a_configuration_is_told_and_where_it_came_from(
    repository: Path, place: str
) -> None:
    (repository / place).mkdir(exist_ok=True)
    path = repository / place / "advisor.yaml"
    path.write_text(OFF)
    named = ["--config", str(path)] if place == "elsewhere" else []
    told = plain(check(*named).output)
    assert f"advisor.yaml {SWITCHED}." in told
    assert (AMONG in told) is (place == "logs")
    assert "problematic-overfitting-" not in told


@pytest.mark.parametrize("name", names())
def test_every_format_tells_what_is_switched_off(repository: Path, name: str) -> None:
    (repository / "logs" / "advisor.yaml").write_text(OFF)
    told = plain(check("--format", name).output)
    assert SWITCHED in told
    assert AMONG in told


def test_without_search_one_among_the_logs_is_not_obeyed(repository: Path) -> None:
    (repository / "logs" / "advisor.yaml").write_text(OFF)
    told = plain(check("--no-search").output)
    assert SWITCHED not in told
    assert "problematic-overfitting-" in told


def test_without_search_the_one_where_we_stand_counts(repository: Path) -> None:
    (repository / "logs" / "advisor.yaml").write_text("no such key: 1\n")
    (repository / "pyproject.toml").write_text(
        "[[tool.advisor.rules.disable]]\nid = 'diverged'\nreason = 'ours'\n"
    )
    told = plain(check("--no-search").output)
    assert "pyproject.toml switches off diverged (ours)." in told
    assert AMONG not in told
    (repository / "pyproject.toml").unlink()
    assert check().exit_code == 2
    (repository / "own.yaml").write_text(OFF)
    assert SWITCHED in plain(check("--no-search", "--config", "own.yaml").output)


def test_every_way_to_judge_less_is_told(repository: Path) -> None:
    path = repository / "logs" / "advisor.yaml"
    path.write_text(
        "ignore: ['*/debug']\ntrials: ['new/*']\n"
        "rules: {parameters: {too-few-trials: {min_trials: 3}}}\n"
    )
    told = weakening(load_configuration(path, None), (repository / "logs",))
    assert [each.partition("advisor.yaml ")[2] for each in told[:-1]] == [
        "judges by thresholds of its own: too-few-trials.min_trials = 3.",
        "leaves out trials: */debug.",
        "checks only the trials new/*.",
    ]
    assert AMONG in told[-1]


def test_a_configuration_that_takes_nothing_away_is_not_told(repository: Path) -> None:
    path = repository / "logs" / "advisor.yaml"
    path.write_text("objective: {metric: validation_error, goal: minimize}\n")
    assert weakening(load_configuration(path, None), (repository / "logs",)) == ()

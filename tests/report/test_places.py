"""Places are paths of the repository, wherever the logs and the reader are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import Problem
from advisor.model.finding import Evaluation
from advisor.model.study import Study
from advisor.report.outputs import render
from advisor.report.places import NOWHERE, Places
from tests.report import example


def logged_at(folder: Path) -> Evaluation:
    """The example, its logs moved below a folder."""
    made = example.evaluation()

    def moved(study: Study) -> Study:
        trials = tuple(
            replace(
                each,
                sources=tuple(
                    folder / source.relative_to(example.ROOT) for source in each.sources
                ),
            )
            for each in study.trials
        )
        return replace(study, trials=trials)

    return replace(made, studies=tuple(map(moved, made.studies)))


def place(evaluation: Evaluation) -> str:
    return Places(evaluation).of(evaluation.findings[1])


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "sub").mkdir()
    monkeypatch.chdir(root)
    return root


def test_paths_are_relative_however_they_were_given(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = place(logged_at(Path("logs")))
    assert expected.startswith("logs/sweep/trial-")
    assert place(logged_at(repository / "logs")) == expected
    assert place(logged_at(Path("./sub/../logs"))) == expected
    monkeypatch.chdir(repository / "sub")
    assert place(logged_at(Path("../logs"))) == expected
    assert place(logged_at(repository / "logs")) == expected


def test_the_working_directory_stands_for_a_missing_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert place(logged_at(Path("logs"))).startswith("logs/sweep/trial-")


def test_logs_are_found_through_a_link_to_the_repository(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(repository)
    linked = place(logged_at(tmp_path / "link" / "logs"))
    assert linked == place(logged_at(Path("logs")))


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("folder", [Path("../logs"), Path("/elsewhere")])
def test_outside_the_repository_there_is_no_place(folder: Path) -> None:
    evaluation = logged_at(folder)
    assert place(evaluation) == NOWHERE
    assert Places(evaluation).relative(folder / "a.csv") is None
    assert "file=" not in render(evaluation, "github")
    assert str(folder) not in render(evaluation, "gitlab")


@pytest.mark.usefixtures("repository")
def test_problems_outside_the_repository_have_no_location() -> None:
    problems = tuple(
        Problem(path, "a log", "nothing", "log more", line=7)
        for path in (Path("/elsewhere/a.csv"), Path("logs/b c#.csv"))
    )
    evaluation = replace(example.empty(), problems=problems)
    (run,) = json.loads(render(evaluation, "sarif"))["runs"]
    told: list[dict[str, Any]] = run["invocations"][0]["toolExecutionNotifications"]
    outside, inside = told
    assert "locations" not in outside
    assert outside["message"]["text"].startswith("/elsewhere/a.csv:7: ")
    (location,) = inside["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "logs/b%20c%23.csv"},
        "region": {"startLine": 7},
    }

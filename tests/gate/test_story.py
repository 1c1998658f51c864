"""Four pull requests meet the gate: exactly the one that is better comes through."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor.cli import main

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

from tests.gate.story import make

PULL_REQUESTS = ("real-gain", "within-trial-variance", "unequal-tuning", "diverging")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of the incumbent and of each pull request, trained here."""
    folder = tmp_path_factory.mktemp("repository")
    make(folder)
    return folder


def advisor(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def compare(repository: Path, name: str) -> Result:
    return advisor("compare", repository / name, "--against", repository / "main")


def words(result: Result) -> str:
    return " ".join(result.output.split())


def test_exactly_the_real_gain_comes_through(repository: Path) -> None:
    through = [
        name
        for name in PULL_REQUESTS
        if advisor("check", repository / name).exit_code == 0
        and compare(repository, name).exit_code == 0
    ]
    assert through == ["real-gain"]


def test_the_adoption_tells_its_sum(repository: Path) -> None:
    text = words(compare(repository, "real-gain"))
    assert text.startswith("adopt: the candidate leads by ")
    assert "Welch, 5 and 5 trials" in text
    assert "Different: learning_rate 0.008 -> 0.02." in text


def test_a_gain_within_trial_variance_says_what_would_tell(repository: Path) -> None:
    result = compare(repository, "within-trial-variance")
    text = words(result)
    assert result.exit_code == 1
    assert text.startswith("do not adopt. Is the lead more than retraining varies?")
    assert "train each of the two 12 more times" in text


def test_a_gain_by_unequal_tuning_says_what_to_tune(repository: Path) -> None:
    result = compare(repository, "unequal-tuning")
    text = words(result)
    assert result.exit_code == 1
    assert text.startswith("do not adopt. Were both sides tuned alike?")
    assert "of the candidate 6 configurations were tried, of the incumbent 1" in text
    assert "Try 5 more configurations with incumbent" in text


def test_a_diverging_configuration_says_where_it_broke(repository: Path) -> None:
    result = compare(repository, "diverging")
    text = words(result)
    assert result.exit_code == 1
    assert "No: 5 of 5 trials of its configuration are infeasible" in text
    assert "Do these next 1. Add a learning rate warmup" in text

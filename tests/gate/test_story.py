"""Four pull requests meet the gate: exactly the one that is better comes through.

Their logs are trained here (`story.py`), and judged by the steps of the action: first
each pull request's own findings, then against the logs of what is used at present.
"""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

from tests.ci.runner import Done, run_action
from tests.gate.story import make

PULL_REQUESTS = ("real-gain", "within-trial-variance", "unequal-tuning", "diverging")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """What the gate says of each pull request."""
    repository = tmp_path_factory.mktemp("repository")
    make(repository)
    return {
        name: run_action(
            {"paths": name, "against": "main"},
            repository,
            tmp_path_factory.mktemp("runner"),
        )
        for name in PULL_REQUESTS
    }


def said(done: Done) -> str:
    """The comparison, as the summary of the job shows it."""
    _, _, comparison = done.summary.partition("### advisor compare\n")
    return " ".join(comparison.replace("\\", "").replace("*", "").split())


def test_exactly_the_real_gain_comes_through(gate: dict[str, Done]) -> None:
    codes = {name: done.code for name, done in gate.items()}
    assert codes == {
        "real-gain": 0,
        "within-trial-variance": 1,
        "unequal-tuning": 1,
        "diverging": 1,
    }


def test_the_adoption_tells_its_sum(gate: dict[str, Done]) -> None:
    text = said(gate["real-gain"])
    assert text.startswith("adopt: the candidate leads by ")
    assert "Welch, 5 and 5 trials" in text
    assert "| `learning_rate` | `0.008` | `0.02` |" in text


def test_a_gain_within_trial_variance_says_what_would_tell(
    gate: dict[str, Done],
) -> None:
    text = said(gate["within-trial-variance"])
    assert text.startswith(
        "do not adopt. Is the lead more than retraining varies? No: a lead of "
    )
    assert "train each of the two 12 more times" in text


def test_a_gain_by_unequal_tuning_says_what_to_tune(gate: dict[str, Done]) -> None:
    text = said(gate["unequal-tuning"])
    assert text.startswith("do not adopt. Were both sides tuned alike?")
    assert "of the candidate 6 configurations were tried, of the incumbent 1" in text
    assert "1. Try 5 more configurations of the incumbent" in text


def test_a_diverging_configuration_says_where_it_broke(gate: dict[str, Done]) -> None:
    done = gate["diverging"]
    assert "::error " in done.log  # the check alone refuses it
    text = said(done)
    assert "No: 5 of 5 trials of its configuration are infeasible" in text
    assert "1. Add a learning rate warmup" in text

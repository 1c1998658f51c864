"""Findings on single trials: which of them change the round."""

from __future__ import annotations

import pytest

from advisor.model.finding import Finding
from advisor.model.study import Study
from advisor.next_round.plan import next_round
from advisor.next_round.weight import without_weight

from .findings import finding
from .studies import ROWS, study

WARMUP = ("free", "warmup_steps", {"lower": 10, "upper": 10000, "scale": "log"})


def on(trial: str) -> Finding:
    return finding("diverged", WARMUP, kind="trial", subject=trial)


def of_twenty() -> Study:
    """Twenty trials, best first; the last six are infeasible."""
    rows = [{**ROWS[i % 5], "lr": 0.001 * (i + 1)} for i in range(20)]
    return study(rows, infeasible=range(14, 20))


@pytest.mark.parametrize(
    ("trials", "heard"),
    [
        ([0], True),  # the best
        ([2], True),
        ([3], False),
        ([19], False),
        ([17, 18, 19], False),
        ([16, 17, 18, 19], True),  # a fifth of all
    ],
)
def test_the_best_and_the_many_are_heard(trials: list[int], heard: bool) -> None:
    findings = [on(f"trial-{i}") for i in trials]
    made = next_round(of_twenty(), findings, {})
    assert (made.searched[-1].name == "warmup_steps") == heard
    assert bool(made.conflicts) != heard
    if not heard:
        assert f"it concerns {len(trials)} of 20 trials" in made.conflicts[0].because


def test_findings_on_the_study_are_always_heard() -> None:
    assert not without_weight(of_twenty(), [finding("unstable", WARMUP)])

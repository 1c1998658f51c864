"""The shipped sweep: what is planted in it is named, and nothing else beside it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from advisor.interpret.configuration import Configuration
from advisor.model.finding import Evaluation, Severity
from advisor.pipeline import check

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "trainer-sweep"


@cache
def evaluation() -> Evaluation:
    return check([FOLDER], Configuration()).evaluation


def subjects(rule: str) -> set[str]:
    return {each.subject.name for each in evaluation().findings if each.rule == rule}


def planted(pattern: str) -> set[str]:
    """Trials that ORIGIN.md, written by the trainer, names in a line."""
    text = " ".join((FOLDER / "ORIGIN.md").read_text("utf-8").split())
    (line,) = re.findall(pattern, text)
    return set(re.findall(r"trial-\d+", line))


def test_the_boundary_optimum_and_no_other() -> None:
    assert subjects("optimum-at-boundary") == {"weight_decay"}
    (finding,) = (f for f in evaluation().findings if f.rule == "optimum-at-boundary")
    assert "upper bound 0.025" in finding.message


def test_exactly_the_diverged_trials() -> None:
    broken = planted(r"Diverged, by a learning rate that is too large: (.*?)\. - The")
    assert len(broken) >= 3
    assert subjects("diverged") == broken
    (study,) = evaluation().studies
    assert {trial.name for trial in study.infeasible} == broken


def test_the_best_trial_overfits_and_weighs_most() -> None:
    (best,) = planted(r"The best trial, (trial-\d+), overfits")
    (study,) = evaluation().studies
    assert study.best is not None
    assert study.best.name == best
    errors = {
        f.subject.name for f in evaluation().findings if f.severity is Severity.ERROR
    }
    assert best in errors
    assert {f.rule for f in evaluation().findings if f.severity is Severity.ERROR} == {
        "problematic-overfitting"
    }


def test_nothing_else_is_a_warning() -> None:
    warned = {
        each.rule
        for each in evaluation().findings
        if each.severity >= Severity.WARNING and each.superseded_by is None
    }
    assert warned == {"optimum-at-boundary", "diverged", "problematic-overfitting"}

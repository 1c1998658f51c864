"""Points of Optuna: near what was good, away from what failed, and repeatable."""

from __future__ import annotations

import math
import sys
import warnings
from statistics import median

import numpy as np
import pytest

from advisor.errors import AdvisorError
from advisor.model.next_round import NextRound
from advisor.model.search_space import SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial
from advisor.next_round.plan import Wishes, next_round

from .findings import finding, learning_rate, momentum

DONE = finding("done", ("set", "phase", {"value": "exploitation"}))
TPE = Wishes(trials=12, sampler="tpe")
SPACE = SearchSpace((learning_rate(), momentum()))


@pytest.fixture
def optuna() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("optuna")


def searched(trials: int = 40) -> Study:
    """Lowest at lr 0.003; everything above 0.02 diverges."""
    rng = np.random.default_rng(0)
    made = []
    for i in range(trials):
        lr = float(10 ** rng.uniform(-4, -1))
        bad = lr > 0.02
        made.append(
            Trial(
                f"t{i}",
                {"lr": lr, "momentum": float(rng.uniform(0.8, 0.99))},
                error=None if bad else 0.1 + math.log10(lr / 0.003) ** 2,
                infeasibility=Infeasibility("diverged", "NaN") if bad else None,
            )
        )
    objective = Objective("val/loss", Goal.MINIMIZE)
    return Study("search", tuple(made), objective, SPACE)


def planned(*, region: bool = False) -> NextRound:
    findings = [DONE]
    if region:
        edit = ("exclude", "lr", {"below": 1e-3, "times": {"momentum": 0.0}})
        findings.append(finding("region", edit))
    return next_round(searched(), findings, {}, wishes=TPE)


def first_round() -> NextRound:
    """Points of the whole search space, with none of the trials known."""
    return next_round(searched(8), [], {}, wishes=Wishes(trials=12))


def distance(made: NextRound) -> float:
    rates = [float(each["lr"]) for each in made.points]  # type: ignore[arg-type]
    return median(abs(math.log10(rate / 0.003)) for rate in rates)


@pytest.mark.usefixtures("optuna")
def test_the_sampler_learns_from_the_trials_that_were_run() -> None:
    made = planned()
    assert made.learned is not None
    assert (made.learned.by, made.learned.trials) == ("Optuna's TPE", 40)
    assert len(made.points) == 12
    assert distance(made) < 0.6 * distance(first_round())
    assert sum(each["lr"] > 0.02 for each in made.points) <= 2  # type: ignore[operator]


@pytest.mark.usefixtures("optuna")
def test_the_same_trials_give_the_same_points() -> None:
    assert planned().points == planned().points


@pytest.mark.usefixtures("optuna")
def test_points_are_new_and_outside_of_regions() -> None:
    made = planned(region=True)
    assert made.constraints
    assert all(each["lr"] >= 1e-3 for each in made.points)  # type: ignore[operator]
    assert len({each["lr"] for each in made.points}) == len(made.points)


@pytest.mark.usefixtures("optuna")
def test_in_exploration_it_chooses_half_of_the_points() -> None:
    made = next_round(searched(), [], {}, wishes=TPE)
    assert made.learned is not None
    assert made.learned.points == made.points[:6]
    assert len(made.points) == 12


def test_without_optuna_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(AdvisorError, match=r"pip install 'advisor\[optuna\]'"):
        planned()

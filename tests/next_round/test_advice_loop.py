"""The loop of benchmarks/advice.py: one problem, one seed, and its bookkeeping."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.advice import measure_one
from benchmarks.advice_loop import ROUNDS, TRIALS, Bench, follow_advice, followed
from benchmarks.advice_peers import random_twice
from benchmarks.advice_problems import Problem
from benchmarks.advice_spaces import BAD, HEALTHY, HELD_OUT, PROBLEMS


def problem(name: str) -> Problem:
    return next(each for each in PROBLEMS if each.name == name)


def test_an_optimum_outside_is_reached_by_advice_alone() -> None:
    bench, plans = followed(problem("rate far too small"), 0)
    assert len(bench.points) == ROUNDS * TRIALS
    bounds = [
        each.space.bounds[1]
        for made in plans
        for each in made.hyperparameters
        if each.name == "learning_rate" and each.space is not None
    ]
    assert bounds[0] > 1e-4
    assert bounds == sorted(bounds)
    assert bench.regret < 0.1 < 0.5 < random_twice(problem("rate far too small"), 0)


def test_the_same_seed_gives_the_same_regret() -> None:
    wide = problem("two")
    assert follow_advice(wide, 3) == follow_advice(wide, 3)
    assert measure_one(("two", "advice", 3)) == follow_advice(wide, 3)


def test_later_rounds_keep_what_was_left_out() -> None:
    _, plans = followed(problem("half diverges"), 0)
    upper = [each.space.bounds[1] for made in plans for each in made.searched[:1]]  # type: ignore[union-attr]
    assert upper == sorted(upper, reverse=True)
    assert upper[-1] < 10


def test_regret_is_that_of_the_true_error() -> None:
    two = problem("two")
    bench = Bench(two, np.random.default_rng(0))
    assert bench.regret == 1.0
    best = {"learning_rate": 3e-3, "weight_decay": 1e-4}
    bench.train([best, {**best, "learning_rate": 0.1}])
    assert bench.regret == pytest.approx(0.0, abs=0.01)


def test_problems_are_many_and_of_both_kinds() -> None:
    names = [each.name for each in PROBLEMS]
    assert len(set(names)) == len(names)
    assert len(BAD) >= 12
    assert len(HEALTHY) >= 4
    assert all(each.held_out for each in HELD_OUT)
    for each in PROBLEMS:
        best, usual = each.best_and_range
        assert usual > 0
        assert best > 0
        assert 2 <= len(each.ranges) <= 6

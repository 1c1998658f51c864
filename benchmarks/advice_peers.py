"""What the advice competes with: random search, TPE and CMA-ES, in the given space."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from advisor.model.planned_space import Point
from benchmarks.advice_loop import ROUNDS, TRIALS, Bench
from benchmarks.advice_problems import Problem

BUDGET = ROUNDS * TRIALS


def random_twice(problem: Problem, seed: int) -> float:
    """Regret of random search with twice the budget."""
    rng = np.random.default_rng(seed)
    bench = Bench(problem, rng)
    spaces = [each.given for each in problem.ranges]
    points: list[Point] = []
    for row in rng.random((2 * BUDGET, len(spaces))).tolist():
        point = {}
        for space, x in zip(spaces, row, strict=True):
            value = space.value_at(x)
            point[space.name] = round(value) if space.kind == "integer" else value
        points.append(point)
    bench.train(points)
    return bench.regret


def tpe(problem: Problem, seed: int, told: str = "worst") -> float:
    """Regret of Optuna's TPE, one trial after the other."""
    return _sampled(
        problem, seed, told, lambda optuna: optuna.samplers.TPESampler(seed=seed)
    )


def cma_es(problem: Problem, seed: int, told: str = "pruned") -> float:
    """Regret of Optuna's CMA-ES, one trial after the other."""
    return _sampled(
        problem, seed, told, lambda optuna: optuna.samplers.CmaEsSampler(seed=seed)
    )


def _sampled(
    problem: Problem, seed: int, told: str, sampler: Callable[[Any], Any]
) -> float:
    """`told`: an infeasible trial is told with the worst error so far, or pruned."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    bench = Bench(problem, np.random.default_rng(seed))
    distributions = {
        each.name: _distribution(each.given, optuna) for each in problem.ranges
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(sampler=sampler(optuna))
        for _ in range(BUDGET):
            trial = study.ask(distributions)
            bench.train([trial.params])
            if bench.causes[-1] is None:
                study.tell(trial, bench.errors[-1])
            elif told == "pruned":
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            elif told == "failed":
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, _worst(bench))
    return bench.regret


def _worst(bench: Bench) -> float:
    pairs = zip(bench.errors, bench.causes, strict=True)
    return max((error for error, cause in pairs if cause is None), default=1.0)


def _distribution(space: Any, optuna: Any) -> Any:
    if space.kind == "integer":
        low, high = map(int, space.bounds)
        return optuna.distributions.IntDistribution(low, high, log=space.scale == "log")
    return optuna.distributions.FloatDistribution(
        *space.bounds, log=space.scale == "log"
    )

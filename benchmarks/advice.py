"""Whether following the advice pays: four rounds of it against searches without it."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.model.curve import FloatArray
from benchmarks.advice_loop import ROUNDS, TRIALS, follow_advice
from benchmarks.advice_peers import cma_es, random_twice, tpe
from benchmarks.advice_problems import Problem
from benchmarks.advice_spaces import PROBLEMS

SEEDS = range(1000, 1030)  # others than those that the planning was improved with
PROCESSES = 2
LEAST_AHEAD = 0.8
"""Share of problems with a bad space where the median beats that of every peer."""
FAR_BEHIND = 0.05
"""Of the problem's range: that much behind the best peer is far, anywhere."""
NOISE = 0.02
"""Of the range: trials that differ by less are not told apart by one training."""

Strategy = Callable[[Problem, int], float]
STRATEGIES: Mapping[str, Strategy] = {
    "advice": follow_advice,
    "random x2": random_twice,
    "TPE": tpe,
    "CMA-ES": cma_es,
}


@dataclass(frozen=True)
class Row:
    """Regrets on one problem, by strategy [seeds]."""

    problem: Problem
    regrets: Mapping[str, FloatArray]

    @property
    def behind(self) -> float:
        """Median regret less that of the best peer; negative is ahead."""
        medians = {name: float(np.median(x)) for name, x in self.regrets.items()}
        return medians.pop("advice") - min(medians.values())

    @property
    def within(self) -> tuple[float, float]:
        """Its 90% interval: all seeds drawn again, of each strategy apart."""
        rng = np.random.default_rng(0)
        drawn = {
            name: np.median(rng.choice(x, (1000, len(x))), axis=1)
            for name, x in self.regrets.items()
        }
        advice = drawn.pop("advice")
        differences = advice - np.min(list(drawn.values()), axis=0)
        low, high = np.quantile(differences, (0.05, 0.95))
        return float(low), float(high)


def measure(problems: Iterable[Problem], seeds: Sequence[int]) -> list[Row]:
    """Every strategy on every problem with every seed."""
    problems = list(problems)
    jobs = [
        (problem.name, name, seed)
        for problem in problems
        for name in STRATEGIES
        for seed in seeds
    ]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        regrets = iter(pool.map(measure_one, jobs, chunksize=len(seeds)))
    return [
        Row(
            problem,
            {name: np.array([next(regrets) for _ in seeds]) for name in STRATEGIES},
        )
        for problem in problems
    ]


def measure_one(job: tuple[str, str, int]) -> float:
    """The regret on a problem, by a strategy, with a seed."""
    problem, strategy, seed = job
    found = next(each for each in PROBLEMS if each.name == problem)
    return STRATEGIES[strategy](found, seed)


def show(title: str, rows: Sequence[Row]) -> None:
    """Median regrets in % of the range, and how far the advice is behind."""
    print(f"{title:36}" + "".join(f"{name:>10}" for name in STRATEGIES) + "    behind")
    for row in rows:
        medians = "".join(f"{np.median(x):>10.1%}" for x in row.regrets.values())
        low, high = row.within
        mark = " *" if row.problem.held_out else ""
        print(
            f"{row.problem.name + mark:36}{medians}{row.behind:>+10.1%}"
            f" ({low:+.1%} to {high:+.1%})"
        )
    print()


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    try:
        import cmaes  # noqa: F401
        import optuna  # noqa: F401
    except ImportError:
        print("the peers are not installed: pip install 'advisor[bench]'")
        return 1
    rows = measure(PROBLEMS, SEEDS)
    bad = [row for row in rows if not row.problem.healthy]
    healthy = [row for row in rows if row.problem.healthy]
    print(
        f"Median regret over {len(SEEDS)} seeds, {ROUNDS} rounds of {TRIALS} trials "
        "(random search: twice as many), in % of\nthe problem's range; behind: advice "
        "less the best peer, with its 90% interval; *: held out\n"
    )
    show("bad search space", bad)
    show("healthy search space", healthy)
    return 0 if _good(bad, healthy) else 1


def _good(bad: Sequence[Row], healthy: Sequence[Row]) -> bool:
    ahead = sum(row.behind < 0 for row in bad)
    surely = sum(row.within[1] < 0 for row in bad)
    level = sum(0 <= row.behind <= NOISE for row in bad)
    farthest = max(row.behind for row in bad)
    harm = max(row.behind for row in healthy)
    print(
        f"bad spaces: ahead of all peers on {ahead} of {len(bad)} ({surely} of them "
        f"surely), within {NOISE:.0%} on {level} more, {farthest:+.1%} at worst\n"
        f"healthy spaces: {harm:+.1%} at worst"
    )
    good = ahead >= LEAST_AHEAD * len(bad) and farthest <= FAR_BEHIND and harm <= NOISE
    print(f"advice: {'ok' if good else 'MISSED a goal'}")
    return good


if __name__ == "__main__":
    sys.exit(main())

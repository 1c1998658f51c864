"""False alarms and detection of infeasible-region and wrong-scale."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from advisor.engine.rule_set import find_rule
from advisor.model.study import Study
from benchmarks.search_tables import any_size, null, planted

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import synthetic_searches as searches
import synthetic_spaces as spaces


def _scattered(seed: int) -> Study:
    """5 to 40% fail at random; products of two hyperparameters are looked at too."""
    rng = np.random.default_rng(seed)
    return spaces.products(
        trials=any_size(rng),
        partner=("width", "momentum")[seed % 2],
        lost=0.0,
        failing=float(rng.uniform(0.05, 0.4)),
        seed=seed,
    )


def _many(seed: int) -> Study:
    """The same over five hyperparameters."""
    rng = np.random.default_rng(seed)
    return searches.search(
        trials=any_size(rng),
        weights=(1.0,) * 5,
        failing=float(rng.uniform(0.05, 0.4)),
        sampling=("halton", "uniform")[seed % 2],
        seed=seed,
    )


def _small(seed: int) -> Study:
    """Fewer than one trial in twenty is lost on one side."""
    rng = np.random.default_rng(seed)
    trials = int(rng.integers(40, 101))
    return searches.failures(
        trials=trials,
        infeasible=int(rng.integers(1, max(2, np.ceil(trials / 20)))),
        where="upper",
        column=1,
        seed=seed,
    )


def regions() -> bool:
    """Scattered failures and negligible regions; regions of one and two."""
    rule = find_rule("infeasible-region")
    print(f"\n{rule.id}")
    results = [
        null(rule, "5 to 40% of the trials fail at random", _scattered),
        null(rule, "the same, five hyperparameters", _many),
        null(rule, "a region of less than a twentieth of the trials", _small, 300),
    ]

    def one(share: float) -> Callable[[int, int], Study]:
        return lambda n, i: searches.failures(
            trials=n, infeasible=round(share * n), where="upper", column=1, seed=i
        )

    def two(partner: str, power: int, leak: float) -> Callable[[int, int], Study]:
        return lambda n, i: spaces.products(
            trials=n,
            partner=partner,
            power=power,
            leak=leak,
            failing=leak / 4,
            lost=0.3,
            seed=i,
        )

    planted(
        rule,
        [
            ("a tenth, on one side of one", one(0.1)),
            ("a quarter, on one side of one", one(0.25)),
            ("a product of two", two("width", 1, 0.0)),
            ("the same, a fifth survives, 5% fail else", two("width", 1, 0.2)),
            ("lr / (1 - momentum)", two("momentum", -1, 0.0)),
            ("the same, a fifth survives, 5% fail else", two("momentum", -1, 0.2)),
        ],
    )
    return all(results)


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    good = all([regions()])
    print(f"\nsearch_spaces: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""False alarms and detection of too-few-trials and search-not-uniform."""

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


def _enough(seed: int, noise: float) -> Study:
    """Ten to fifty trials for each of one to four hyperparameters."""
    rng = np.random.default_rng(seed)
    varied = int(rng.integers(1, 5))
    return searches.search(
        trials=int(varied * rng.integers(10, 51)),
        weights=(1.0 if noise < 1 else 0.0,) * varied,
        noise_size=noise,
        noise_kind=("normal", "heavy", "skewed")[seed % 3] if noise == 1 else "normal",
        sampling=("halton", "uniform")[seed % 2],
        seed=seed,
    )


def too_few() -> bool:
    """Studies whose best another doubling would change by less than a repeat."""
    rule = find_rule("too-few-trials")
    print(f"\n{rule.id}")
    results = [
        null(
            rule,
            "noise alone, 10 to 50 trials a hyperparameter",
            lambda i: _enough(i, 1),
        ),
        null(
            rule,
            "noise of a tenth, 10 to 50 trials a hyperparameter",
            lambda i: _enough(i, 0.1),
        ),
    ]

    def smooth(varied: int, noise: float) -> Callable[[int, int], Study]:
        return lambda n, i: searches.search(
            trials=n, weights=(1.0,) * varied, noise_size=noise, seed=i
        )

    planted(
        rule,
        [
            (f"{varied} matter, noise {noise:.0%}", smooth(varied, noise))
            for varied, noise in ((1, 0.1), (3, 0.1), (3, 0.01), (5, 0.1), (5, 0.01))
        ],
    )
    return all(results)


def _laid_out(trials: int, seed: int, sampling: str) -> Study:
    rng = np.random.default_rng(seed)
    varied = (
        int(rng.integers(3, 6)) if sampling != "uniform" else int(rng.integers(1, 6))
    )
    return searches.search(
        trials=trials,
        weights=(1.0,) * varied,
        sampling=sampling,
        declared=bool(rng.integers(2)),
        seed=seed,
    )


def not_uniform() -> bool:
    """Even points, also beside a crowd; crowds alone, and one change at a time."""
    rule = find_rule("search-not-uniform")
    print(f"\n{rule.id}")
    results = [
        null(
            rule,
            f"{sampling} points of 1 to 5 hyperparameters",
            lambda i, s=sampling: searches.search(  # type: ignore[misc]
                trials=any_size(np.random.default_rng(i)),
                weights=(1.0,) * (1 + i % 5),
                sampling=s,
                declared=bool(i % 3),
                seed=i,
            ),
        )
        for sampling in ("uniform", "halton", "choices", "half-crowded")
    ]
    planted(
        rule,
        [
            (sampling, lambda n, i, s=sampling: _laid_out(n, i, s))  # type: ignore[misc]
            for sampling in ("clustered", "loosely-clustered", "one-at-a-time")
        ],
    )
    return all(results)


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    good = all([too_few(), not_uniform()])
    print(f"\nsearch_designs: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

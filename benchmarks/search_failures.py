"""False alarms and detection of the rules on infeasible trials of a search."""

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


def _unrelated_failures(seed: int) -> Study:
    rng = np.random.default_rng(seed)
    return searches.search(
        trials=any_size(rng),
        optimum=float(rng.uniform(0.3, 1.2)),
        sampling=("halton", "uniform")[seed % 2],
        failing=float(rng.uniform(0.05, 0.4)),
        seed=seed,
    )


def _other_wall(seed: int) -> Study:
    rng = np.random.default_rng(seed)
    trials = any_size(rng)
    return searches.failures(
        trials=trials,
        infeasible=int(trials * rng.uniform(0.1, 0.4)),
        where="upper",
        column=1,
        seed=seed,
    )


def _far_wall(seed: int) -> Study:
    rng = np.random.default_rng(seed)
    return searches.search(
        trials=any_size(rng),
        optimum=float(rng.uniform(0.2, 0.5)),
        infeasible_above=float(rng.uniform(0.75, 0.9)),
        seed=seed,
    )


def _near_wall(trials: int, seed: int, *, leaky: bool, noise: float) -> Study:
    rng = np.random.default_rng(seed)
    wall = float(rng.uniform(0.6, 0.85))
    return searches.search(
        trials=trials,
        optimum=wall + float(rng.uniform(0, 0.3)),
        infeasible_above=wall,
        leak=0.2 if leaky else 0.0,
        failing=0.05 if leaky else 0.0,
        noise_size=noise,
        seed=seed,
    )


def capped() -> bool:
    """Failures that have nothing to do with the learning rate, and walls."""
    rule = find_rule("learning-rate-capped-by-instability")
    print(f"\n{rule.id}")
    results = [
        null(rule, "5 to 40% of the trials fail at random", _unrelated_failures),
        null(rule, "another hyperparameter makes them fail", _other_wall, 500),
        null(
            rule,
            "a wall 10 to 500 times above the best learning rate",
            _far_wall,
            500,
        ),
    ]
    planted(
        rule,
        [
            (
                "wall below the optimum",
                lambda n, i: _near_wall(n, i, leaky=False, noise=0.1),
            ),
            (
                "same, a fifth survives, 5% fail below",
                lambda n, i: _near_wall(n, i, leaky=True, noise=0.1),
            ),
            (
                "same, noise of 0.3",
                lambda n, i: _near_wall(n, i, leaky=True, noise=0.3),
            ),
        ],
    )
    return all(results)


def infeasible() -> bool:
    """Trials fail at random at the rate that is still acceptable, and above."""
    rule = find_rule("infeasible-fraction-high")
    print(f"\n{rule.id}")

    def failing(rate: float) -> Callable[[int, int], Study]:
        return lambda n, i: searches.search(trials=n, failing=rate, seed=i)

    results = [
        null(
            rule,
            f"{rate:.0%} of all trials fail",
            lambda i, r=rate: failing(r)(any_size(np.random.default_rng(i)), i),  # type: ignore[misc]
        )
        for rate in (0.1, 0.2)
    ]
    planted(
        rule, [(f"{rate:.0%} fail", failing(rate)) for rate in (0.3, 0.4, 0.6, 0.8)]
    )
    return all(results)


def _some_break(trials: int, seed: int, *, share: float, at: float = 0.02) -> Study:
    return spaces.breaking(trials=trials, share=share, at=at, seed=seed)


def _only_above(seed: int) -> Study:
    """Only rates above the best diverge, early, behind a sharp or a leaky wall."""
    rng = np.random.default_rng(seed)
    return spaces.breaking(
        trials=any_size(rng),
        above=float(rng.uniform(0.6, 0.9)),
        share=float(rng.uniform(0.7, 1.0)),
        optimum=float(rng.uniform(0.2, 0.5)),
        seed=seed,
    )


def early() -> bool:
    """Divergence that no warmup would help, and early divergence in general."""
    rule = find_rule("warmup-plan")
    print(f"\n{rule.id}")
    results = [
        null(rule, "only rates above the best diverge", _only_above),
        null(
            rule,
            "a tenth of all trials diverges early at random",
            lambda i: _some_break(any_size(np.random.default_rng(i)), i, share=0.1),
        ),
        null(
            rule,
            "half of all trials diverges, in the middle of training",
            lambda i: _some_break(
                any_size(np.random.default_rng(i)), i, share=0.5, at=0.4
            ),
        ),
    ]
    planted(
        rule,
        [
            (
                f"{share:.0%} of all trials diverge early",
                lambda n, i, s=share: _some_break(n, i, share=s),  # type: ignore[misc]
            )
            for share in (0.2, 0.3, 0.5)
        ],
    )
    return all(results)


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    good = all([capped(), infeasible(), early()])
    print(f"\nsearch_failures: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

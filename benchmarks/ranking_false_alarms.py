"""Errors of round-plan: how often it names a length at which trials rank otherwise."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from advisor.features.early_ranking import early_ranking

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from synthetic_rankings import rankings

STUDIES = 400
SIZES = (8, 12, 20, 40)
CORRELATIONS = (0.0, 0.5, 0.7, 0.9, 0.97)
ENOUGH = 0.7
MOST_ERRORS, LEAST_DETECTED = 0.05, 0.6


def named(correlation: float, trials: int) -> float:
    """Share of studies for which a length below the present one is named."""
    return float(
        np.mean(
            [
                early_ranking(
                    rankings(correlation=correlation, trials=trials, seed=seed),
                    enough=ENOUGH,
                ).short
                is not None
                for seed in range(STUDIES)
            ]
        )
    )


def main() -> int:
    """Prints a table; 1 if a goal was missed."""
    print(f"  {'a short length is named, %':34}", end="")
    print("".join(f"{size:>8}" for size in SIZES) + "  trials")
    wrong, detected = 0.0, 0.0
    for correlation in CORRELATIONS:
        shares = [named(correlation, size) for size in SIZES]
        title = f"true correlation {correlation}"
        print(f"  {title:34}" + "".join(f"{each:>8.1%}" for each in shares), flush=True)
        if correlation <= ENOUGH:
            wrong = max(wrong, *shares)
        if correlation == 0.97:
            detected = shares[SIZES.index(20)]
    good = wrong <= MOST_ERRORS and detected >= LEAST_DETECTED
    print(f"ranking_false_alarms: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

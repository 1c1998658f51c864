"""Errors of tuning-saturated: how often more trials would gain what it calls gone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, find_rule
from advisor.model.study import Study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from synthetic_repeats import searched

STUDIES, REPEATS = 400, 60
SIZES = (20, 35, 50, 100, 200)
NOISE = (0.01, 0.02, 0.05, 0.1, 0.2)
SMOOTH = ("parabola", "valley")
WORTH_IT = 1.0  # standard deviations of a repeat
MOST_ERRORS, LEAST_DETECTED = 0.05, 0.6


def fires(rule: Rule, study: Study) -> bool:
    """Whether tuning is called saturated."""
    return bool(evaluate_study(study, [rule], RuleSettings()).findings)


def planted(seed: int, shape: str) -> tuple[Study, float]:
    """One to five hyperparameters, 20 to 150 trials, two to six repeats."""
    rng = np.random.default_rng(seed)
    return searched(
        trials=round(float(np.exp(rng.uniform(np.log(20), np.log(150))))),
        varied=int(rng.integers(1, 6)),
        noise_size=float(np.exp(rng.uniform(np.log(NOISE[0]), np.log(NOISE[-1])))),
        repeats=int(rng.integers(1, 6)),
        shape=shape,
        sampling=("halton", "uniform")[seed % 2],
        seed=seed,
    )


def errors(rule: Rule) -> bool:
    """By shape; the cusp, whose gains cannot be foreseen, has no goal."""
    shares = {}
    for shape in (*SMOOTH, "cusp"):
        worth = wrong = fired = 0
        for seed in range(STUDIES):
            study, gain = planted(seed, shape)
            called = fires(rule, study)
            fired += called
            worth += gain > WORTH_IT
            wrong += called and gain > WORTH_IT
        shares[shape] = wrong / STUDIES
        print(
            f"  {shares[shape]:6.1%} of {STUDIES} are called saturated and gain more "
            f"than a deviation ({fired / STUDIES:.0%} are called so, "
            f"{worth / STUDIES:.0%} gain): {shape}",
            flush=True,
        )
    return max(shares[shape] for shape in SMOOTH) <= MOST_ERRORS


def detection(rule: Rule) -> bool:
    """Share that is called saturated, and the median of what is left to gain."""
    print(f"  {'saturated, % (left, deviations)':34}", end="")
    print("".join(f"{size:>12}" for size in SIZES) + "  trials")
    detected = 0.0
    for varied in (1, 3):
        for noise in NOISE:
            cells = []
            for size in SIZES:
                made = [
                    searched(
                        trials=size,
                        varied=varied,
                        noise_size=noise,
                        repeats=4,
                        shape="parabola",
                        sampling="halton",
                        seed=seed,
                    )
                    for seed in range(REPEATS)
                ]
                share = float(np.mean([fires(rule, study) for study, _ in made]))
                left = float(np.median([gain for _, gain in made]))
                cells.append(f"{share:.0%} ({left:.2f})")
                if (varied, noise, size) == (3, 0.1, 50):
                    detected = share
            title = f"{varied} matter, noise {noise:.0%}"
            print(
                f"  {title:34}" + "".join(f"{cell:>12}" for cell in cells), flush=True
            )
    print(f"  three that matter, noise of a tenth, 50 trials: {detected:.0%}")
    return detected >= LEAST_DETECTED


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    rule = find_rule("tuning-saturated")
    good = all([errors(rule), detection(rule)])
    print(f"saturation_false_alarms: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""False alarms and detection of the rules on how single curves end."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from advisor.engine.rule import Rule
from advisor.engine.rule_set import load_rules
from advisor.model.finding import Outcome
from advisor.model.study import Study
from benchmarks.steps_false_alarms import KINDS, Make, outcomes

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import synthetic_ends as endings

TRIALS, PLANTED = 1000, 400
MOST_ALARMS = 0.01


def late_gain(share: float) -> Make:
    """Single trials that fall in the first tenth and gain `share` of that after it."""
    return lambda rng, i: endings.late_gains(
        share=share,
        evaluations=int(rng.integers(20, 300)),
        noise_size=float(np.exp(rng.uniform(np.log(0.001), np.log(0.1)))),
        kind=KINDS[i % len(KINDS)],
        seed=i,
    )


def late_noise(apart: float, drop: float = 0.0) -> Make:
    """2 to 5 trials whose best and last differ by `apart` deviations of the noise."""

    def make(rng: np.random.Generator, i: int) -> Study:
        noise_size = float(np.exp(rng.uniform(np.log(0.002), np.log(0.05))))
        return endings.late_drops(
            height=drop,
            at=float(rng.uniform(0.7, 0.95)),
            gap=apart * noise_size,
            trials=int(rng.integers(2, 6)),
            noise_size=noise_size,
            evaluations=int(rng.integers(32, 300)),
            seed=i,
        )

    return make


def single(shape: str, schedule: str | None = None) -> Make:
    """Single trials of one shape."""
    return lambda rng, i: endings.ends(
        shape=shape,
        schedule=schedule,
        trials=1,
        evaluations=int(rng.integers(15, 200)),
        noise_size=float(np.exp(rng.uniform(np.log(0.003), np.log(0.1)))),
        kind=KINDS[i % len(KINDS)],
        seed=i,
    )


TRIAL_NULLS: tuple[tuple[str, str, Make], ...] = (
    ("still-improving", "flat ends", single("flat")),
    ("still-improving", "saturating", single("saturating")),
    ("still-improving", "a cosine, learning rate logged", single("cosine", "cosine")),
    ("still-improving", "a cosine, not logged", single("cosine")),
    ("still-improving", "a late drop, logged", single("linear-decay", "linear")),
    ("still-improving", "a late drop, not logged", single("linear-decay")),
    ("saturated-early", "gains 20% more after a tenth", late_gain(0.2)),
    ("saturated-early", "gains 10% more after a tenth", late_gain(0.1)),
    ("noisy-late-training", "leading trials 4 deviations apart", late_noise(4)),
    ("noisy-late-training", "the same, with a late drop", late_noise(4, drop=0.3)),
)
"""Rule, what is true of the null trials, and how they are made."""

TRIAL_TRUTHS: tuple[tuple[str, str, Make], ...] = (
    ("still-improving", "a logarithmic fall", single("logarithmic")),
    ("still-improving", "a power law", single("power")),
    ("saturated-early", "gains nothing after a tenth", late_gain(0.0)),
    ("saturated-early", "gains 5% more after a tenth", late_gain(0.05)),
    ("noisy-late-training", "leading trials 1 deviation apart", late_noise(1)),
    ("noisy-late-training", "leading trials half of one apart", late_noise(0.5)),
)
"""Where the rules should speak, or may (where 5% are gained)."""


def trial_rules(rules: dict[str, Rule]) -> bool:
    """Rules on single trials: nulls, then detection over the same mix of noises."""
    print(f"\n{TRIALS} single trials each: fires / inconclusive, in % of the trials")
    good = True
    for cases, counted in ((TRIAL_NULLS, True), (TRIAL_TRUTHS, False)):
        print("nulls" if counted else "planted")
        for name, title, make in cases:
            found = outcomes(rules[name], make, TRIALS if counted else PLANTED)
            missed = counted and found[Outcome.FIRES] > MOST_ALARMS
            good &= not missed
            print(
                f"{name:34}{title:40}{found[Outcome.FIRES]:6.1%} "
                f"{found[Outcome.INCONCLUSIVE]:6.1%}{'  MISSED' if missed else ''}"
            )
    return good


def main() -> int:
    """Prints both tables; 1 if any null fires more often than the goal."""
    good = trial_rules({rule.id: rule for rule in load_rules()})
    print(f"\ncurve_end_false_alarms: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

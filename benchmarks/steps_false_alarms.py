"""False alarms and detection of the rules on steps, throughput and repeats."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.finding import Outcome
from advisor.model.study import Study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import synthetic_curves as curves
import synthetic_ends as endings
import synthetic_studies as studies

STUDIES = 500
REPEATS = 100
MOST_ALARMS = 0.05
KINDS = ("white", "ar", "heavy", "varying")
KINDS_OF_OUTCOME = (Outcome.FIRES, Outcome.INCONCLUSIVE, Outcome.CLEAR)

Make = Callable[[np.random.Generator, int], Study]


def outcomes(rule: Rule, make: Make, count: int) -> dict[Outcome, float]:
    """Shares of the verdicts of a rule over `count` generated studies."""
    rng = np.random.default_rng(len(rule.id))
    seen: Counter[Outcome] = Counter()
    for i in range(count):
        verdicts = evaluate_study(make(rng, i), [rule], RuleSettings()).verdicts
        seen[verdicts[0].outcome] += 1
    return {kind: seen[kind] / count for kind in Outcome}


def ends(shape: str, schedule: str | None = None) -> Make:
    """Studies of 6 to 40 trials of one shape, noise of 0.3% to 10% of the fall."""
    return lambda rng, i: endings.ends(
        shape=shape,
        schedule=schedule,
        trials=int(rng.integers(6, 41)),
        evaluations=int(rng.integers(15, 200)),
        noise_size=float(np.exp(rng.uniform(np.log(0.003), np.log(0.1)))),
        kind=KINDS[i % len(KINDS)],
        seed=i,
    )


def healthy(rng: np.random.Generator, i: int) -> Study:
    """Healthy trials of mixed shapes, noises and lengths."""
    count = int(rng.integers(2, 25))
    return curves.make_curve_study(
        [curves.random_healthy_trial(rng, f"trial-{j}") for j in range(count)]
    )


def scaling(slope: float, slow: float = 1.0) -> Make:
    """2 to 6 batch sizes, 1 to 4 trials each, noise of 1% to 20%."""
    return lambda rng, i: studies.throughputs(
        sizes=[32 * 2**j for j in range(int(rng.integers(2, 7)))],
        a_size=int(rng.integers(1, 5)),
        slope=slope,
        slow=slow,
        noise_size=float(np.exp(rng.uniform(np.log(0.01), np.log(0.2)))),
        from_wall_times=bool(i % 2),
        seed=i,
    )


def leading(deviations: float) -> Make:
    """2 to 12 configurations, the best well ahead, repeats of one to all of them."""

    def make(rng: np.random.Generator, i: int) -> Study:
        others = int(rng.integers(1, 12))
        counts = [int(rng.integers(2, 9))]
        counts += [1 if i % 2 else int(rng.integers(1, 9)) for _ in range(others)]
        leads = [0.0, *(deviations + rng.exponential(1, others))]
        return studies.repeats(counts=counts, leads=leads, seed=i)

    return make


def stopped_early(rng: np.random.Generator, i: int) -> Study:
    """One configured length; half of the trials end before it, some crash."""
    count = int(rng.integers(2, 40))
    full = 1000
    return studies.lengths(
        configured=[full] * count,
        trained=[int(rng.integers(10, full + 1)) for _ in range(count)],
        infeasible=[j for j in range(count) if rng.random() < 0.1],
        longer_is_better=bool(i % 2),
    )


NULLS: tuple[tuple[str, str, Make], ...] = (
    ("steps-far-too-many", "flat ends: any evaluation may be best", ends("flat")),
    ("steps-far-too-many", "saturating", ends("saturating")),
    ("steps-far-too-many", "healthy trials of mixed shapes", healthy),
    ("steps-too-few", "flat ends", ends("flat")),
    ("steps-too-few", "saturating", ends("saturating")),
    ("steps-too-few", "a cosine, learning rate logged", ends("cosine", "cosine")),
    ("steps-too-few", "a cosine, not logged", ends("cosine")),
    ("steps-too-few", "a late drop, logged", ends("linear-decay", "linear")),
    ("steps-too-few", "a late drop, not logged", ends("linear-decay")),
    ("steps-tuned", "one length, many stopped early", stopped_early),
    ("throughput-not-scaling", "slope 1", scaling(1.0)),
    ("throughput-not-scaling", "slope 1, a trial at a third", scaling(1.0, 0.33)),
    ("throughput-not-scaling", "slope 0.8", scaling(0.8)),
    ("throughput-not-scaling", "slope 0.7, the threshold itself", scaling(0.7)),
    ("difference-within-trial-variance", "lead of 4 deviations", leading(4.0)),
    ("difference-within-trial-variance", "lead of 6 deviations", leading(6.0)),
)
"""Rule, what is true of the null studies, and how they are made."""


def false_alarms(rules: dict[str, Rule]) -> bool:
    """Every null; true if none fires too often."""
    print(f"{STUDIES} null studies each: fires / inconclusive, in % of the studies")
    good = True
    for name, title, make in NULLS:
        found = outcomes(rules[name], make, STUDIES)
        missed = found[Outcome.FIRES] > MOST_ALARMS
        good &= not missed
        print(
            f"{name:34}{title:40}{found[Outcome.FIRES]:6.1%} "
            f"{found[Outcome.INCONCLUSIVE]:6.1%}{'  MISSED' if missed else ''}"
        )
    return good


def detection(
    title: str,
    rule: Rule,
    sizes: Iterable[float],
    columns: Sequence[int],
    make: Callable[[float, int, int], Study],
) -> None:
    """A row per effect size, a column per number of trials or repeats."""
    print(f"\n{rule.id}: fires / inconclusive / clear of {REPEATS}, {title}")
    print(f"{'size':8}" + "".join(f"{n:>14}" for n in columns))
    for size in sizes:
        cells = []
        for n in columns:
            found = outcomes(
                rule,
                lambda rng, i, size=size, n=n: make(size, n, i),  # type: ignore[misc]
                REPEATS,
            )
            cells.append("/".join(f"{100 * found[k]:.0f}" for k in KINDS_OF_OUTCOME))
        print(f"{size:<8g}" + "".join(f"{cell:>14}" for cell in cells))


def detections(rules: dict[str, Rule]) -> None:
    """All tables of detection."""
    detection(
        "by the fraction of training at which trials are best (columns: trials)",
        rules["steps-far-too-many"],
        (0.02, 0.05, 0.08, 0.15),
        (2, 4, 8, 20),
        lambda size, n, i: endings.early_best(
            best=size, trials=n, evaluations=200, seed=i
        ),
    )
    for noise in (0.002, 0.01, 0.03):
        detection(
            "a logarithmic fall, by noise relative to it (columns: trials)",
            rules["steps-too-few"],
            (noise,),
            (4, 6, 10, 20, 40),
            lambda size, n, i: endings.ends(
                shape="logarithmic", trials=n, noise_size=size, seed=i
            ),
        )
    detection(
        "by the slope beyond the third of five batch sizes (columns: trials a size)",
        rules["throughput-not-scaling"],
        (0.0, 0.3, 0.5, 0.8),
        (1, 2, 3, 5),
        lambda size, n, i: studies.throughputs(
            bend=128, last_slope=size, a_size=n, noise_size=0.05, seed=i
        ),
    )
    detection(
        "by the lead in deviations between repeats (columns: repeats of both)",
        rules["difference-within-trial-variance"],
        (0.0, 0.5, 1.0, 2.0, 4.0),
        (2, 3, 5, 10, 20),
        lambda size, n, i: studies.repeats(counts=(n, n), leads=(0, size), seed=i),
    )


def main() -> int:
    """Prints all tables; 1 if any null fires more often than the goal."""
    rules = {rule.id: rule for rule in load_rules()}
    good = false_alarms(rules)
    detections(rules)
    print(f"\nsteps_false_alarms: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

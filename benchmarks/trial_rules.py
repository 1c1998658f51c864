"""The rules about trials: CPU time for each trial, and how it grows with their number.

The curves are at hand, 1,000 points of each of the 8 parts that a trial can log. All
trials are judged in one study, as `check` does it; every tenth has a planted defect. A
report that shows the evidence of every verdict, as JSON does, asks for it afterwards:
that is the second column.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import get_args

import numpy as np

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule_set import Rule, RuleSettings, load_rules
from advisor.model.curve import Curve, FloatArray
from advisor.model.finding import Verdict
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Part, Trial

GOAL = 0.3e-3
GROWTH = 1.2  # of the time for a trial, from the best of the smaller studies
POINTS = 1_000
SIZES = (100, 1_000, 10_000)
PARTS: tuple[Part, ...] = get_args(Part)
STEPS = np.arange(1, POINTS + 1) * 10
TIMES = STEPS / STEPS[-1]


def made_values(rng: np.random.Generator, part: Part) -> FloatArray:
    """One healthy curve: a fall with noise, or what else such a part looks like."""
    noise = rng.standard_normal(POINTS)
    match part:
        case "learning_rate":
            return 0.5 * (1 + np.cos(np.pi * TIMES)) * np.minimum(20 * TIMES, 1)
        case "gradient_norm" | "throughput":
            return 10 + noise
    floor, knee = rng.uniform(0.1, 0.4), rng.uniform(0.05, 0.5)
    return floor + np.exp(-3 * TIMES / knee) + 0.02 * noise


def damage(curves: dict[Part, FloatArray], kind: int) -> None:
    """Plants one defect: NaN, a spike, overfitting, no learning, or noise."""
    loss = curves["training_loss"]
    match kind:
        case 0:
            loss[POINTS // 2 :] = np.nan
        case 1:
            loss[POINTS // 2 : POINTS // 2 + 3] += 3
        case 2:
            curves["validation_error"] += np.maximum(TIMES - 0.5, 0)
        case 3:
            loss[:] = 1 + 0.02 * np.random.default_rng(kind).standard_normal(POINTS)
        case _:
            curves["validation_error"] += 0.2 * np.sin(STEPS * 17.0)


def made_trial(index: int) -> Trial:
    rng = np.random.default_rng(index)
    values = {part: made_values(rng, part) for part in PARTS}
    if index % 10 == 9:
        damage(values, index // 10 % 5)
    error = values["validation_error"]
    best = int(np.argmin(error))
    return Trial(
        f"trial-{index:05d}",
        {"learning_rate": float(10 ** rng.uniform(-4, 0))},
        curves={part: Curve(STEPS, each) for part, each in values.items()},
        error=float(error[best]),
        final_error=float(error[-1]),
        best_step=int(STEPS[best]),
        last_step=int(STEPS[-1]),
        max_train_steps=int(STEPS[-1]),
    )


def made_study(trials: int) -> Study:
    made = tuple(made_trial(index) for index in range(trials))
    space = SearchSpace((Hyperparameter("learning_rate", "float", 1e-4, 1.0),))
    return Study("study", made, Objective("validation/error", Goal.MINIMIZE), space)


def judged(study: Study, rules: Sequence[Rule]) -> tuple[float, float, list[Verdict]]:
    """CPU seconds for the verdicts and for their evidence; and the verdicts."""
    gc.disable()  # as the pipeline does
    start = time.process_time()
    verdicts = evaluate_study(study, rules, RuleSettings()).verdicts
    middle = time.process_time()
    for each in verdicts:
        len(each.evidence)
        len(each.trace)
    end = time.process_time()
    gc.enable()
    return middle - start, end - middle, verdicts


def main() -> int:
    """Prints milliseconds of CPU for each trial; 1 if a goal is missed."""
    rules = [rule for rule in load_rules() if rule.source.subject == "trial"]
    judged(made_study(20), rules)  # imports and tables that are made once
    print(f"{len(rules)} rules on {POINTS:,} points x {len(PARTS)} metrics a trial")
    print(f"\n{'trials':>8} {'verdicts':>12} {'all evidence':>13}   outcomes")
    costs = []
    for size in SIZES:
        verdicts, evidence, made = judged(made_study(size), rules)
        outcomes = Counter(each.outcome.value for each in made)
        shown = ", ".join(f"{count:,d} {name}" for name, count in outcomes.items())
        costs.append(verdicts / size)
        print(
            f"{size:8,d} {verdicts / size * 1e3:9.3f} ms "
            f"{evidence / size * 1e3:10.3f} ms   {shown}"
        )
    growth = costs[-1] / min(costs[:-1])
    missed = costs[-1] > GOAL or growth > GROWTH
    print(
        f"\ngoal: at most {GOAL * 1e3:g} ms a trial, in the largest study at most "
        f"{GROWTH:g} times as much as in smaller ones (it is {growth:.2f}); "
        f"{'missed' if missed else 'met'}"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

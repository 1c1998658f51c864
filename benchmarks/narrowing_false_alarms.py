"""Errors of narrow-around-optimum: how often its ranges cut the true optimum off."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.finding import Finding
from advisor.model.study import Study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import synthetic_searches as searches

RULE = "narrow-around-optimum"
# Those of its kind; the others read curves, which these studies do not have.
GROUP = "search-space"
STUDIES, REPEATS = 400, 100
SIZES = (20, 35, 50, 100, 200)
SHAPES = (
    "parabola",
    "valley",
    "cusp",
    "steep-beyond",
    "shallow-beyond",
    "wall-beyond",
    "ridge",
)
MOST_ERRORS, LEAST_DETECTED = 0.05, 0.5


def finding(rules: Sequence[Rule], study: Study) -> Finding | None:
    """The finding on a study, if there is one."""
    found = evaluate_study(study, rules, RuleSettings()).findings.get(RULE)
    return found[0] if found else None


def cuts_off(found: Finding, study: Study, optimum: Sequence[float]) -> bool:
    """Whether an edit leaves the optimum, given as places in the range, outside."""
    axes = {axis.name: i for i, axis in enumerate(study.search_space.axes)}
    for edit in found.edits:
        if edit.kind != "narrow":
            continue
        column = axes[edit.target]
        end = study.search_space.axes[column].position(float(edit.arguments["to"]))
        upper = edit.arguments["side"] == "upper"
        if end < optimum[column] if upper else end > optimum[column]:
            return True
    return False


def planted(seed: int, shape: str) -> tuple[Study, tuple[float, ...]]:
    """One to five hyperparameters that matter, optima anywhere inside."""
    rng = np.random.default_rng(seed)
    varied = int(rng.integers(1, 6))
    optimum = tuple(rng.uniform(0.1, 0.9, varied).tolist())
    study = searches.search(
        trials=round(float(np.exp(rng.uniform(np.log(20), np.log(200))))),
        weights=tuple(rng.uniform(0.3, 1, varied).tolist()),
        optimum=optimum,
        shape=shape,
        noise_size=float(rng.uniform(0.02, 0.25)),
        noise_kind=("normal", "heavy", "skewed")[seed % 3],
        multiplicative=bool(rng.integers(2)),
        sampling=("halton", "uniform")[seed % 2],
        infeasible_above=0.95 if rng.integers(2) else None,
        seed=seed,
    )
    return study, optimum


def errors(rules: Sequence[Rule]) -> bool:
    """By shape: of all studies, and of those that are narrowed."""
    worst = 0.0
    for shape in SHAPES:
        fired = cut = 0
        for seed in range(STUDIES):
            study, optimum = planted(seed, shape)
            found = finding(rules, study)
            if found is not None:
                fired += 1
                cut += cuts_off(found, study, optimum)
        share = cut / max(fired, 1)
        worst = max(worst, share)
        print(
            f"  {share:6.1%} of the {fired} that are narrowed lose their optimum, "
            f"of {STUDIES}: {shape}",
            flush=True,
        )
    return worst <= MOST_ERRORS


def bounds_and_noise(rules: Sequence[Rule]) -> bool:
    """Optima beyond a bound, and noise alone: nothing to narrow around."""
    rng = np.random.default_rng(5)
    beyond = [
        searches.search(
            trials=int(rng.integers(20, 101)),
            weights=(1.0, 1.0, 1.0),
            optimum=(float(rng.uniform(1, 1.5)), *rng.uniform(0.3, 0.7, 2).tolist()),
            seed=seed,
        )
        for seed in range(STUDIES)
    ]
    null = [
        searches.search(
            trials=int(rng.integers(20, 101)),
            weights=(0.0,) * int(rng.integers(1, 6)),
            noise_size=1.0,
            seed=seed,
        )
        for seed in range(STUDIES)
    ]
    shares = []
    for title, studies in (("an optimum beyond a bound", beyond), ("noise", null)):
        fired = [finding(rules, study) is not None for study in studies]
        shares.append(float(np.mean(fired)))
        print(f"  {shares[-1]:6.1%} of {STUDIES} are called done: {title}", flush=True)
    return max(shares) <= MOST_ERRORS


def detection(rules: Sequence[Rule]) -> bool:
    """How often exploration is called done, and how much of the space is left."""
    print(f"  {'done, % (% of the space left)':34}", end="")
    print("".join(f"{size:>12}" for size in SIZES) + "  trials")
    detected = 0.0
    for weights in ((1.0,), (1.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 0.0)):
        cells = []
        for size in SIZES:
            kept = []
            for seed in range(REPEATS):
                optimum = np.random.default_rng(seed).uniform(0.3, 0.7, len(weights))
                study = searches.search(
                    trials=size,
                    weights=weights,
                    optimum=tuple(optimum.tolist()),
                    seed=seed,
                )
                found = finding(rules, study)
                if found is not None:
                    values = {each.name: each.value for each in found.evidence}
                    kept.append(float(str(values["region.kept"])))
            share = len(kept) / REPEATS
            cells.append(f"{share:.0%} ({np.mean(kept) if kept else 1:.0%})")
            if (len(weights), size) == (3, 100):
                detected = share
        title = f"{sum(w > 0 for w in weights)} matter, {weights.count(0.0)} do not"
        print(f"  {title:34}" + "".join(f"{cell:>12}" for cell in cells), flush=True)
    print(f"  three that matter, 100 trials: {detected:.0%} are called done")
    return detected >= LEAST_DETECTED


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    rules = [rule for rule in load_rules() if rule.group == GROUP]
    good = all([errors(rules), bounds_and_noise(rules), detection(rules)])
    print(f"narrowing_false_alarms: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

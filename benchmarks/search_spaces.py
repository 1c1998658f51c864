"""False alarms and detection of infeasible-region and wrong-scale."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from advisor.engine.rule_set import find_rule
from advisor.model.search_space import SearchSpace
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


_NAMES = ("learning_rate", "weight_decay", "momentum", "dropout", "tau")
_RANGES = {"momentum": (0.5, 0.999), "dropout": (0.001, 0.5), "tau": (16.0, 4096.0)}
_SUITABLE = {"momentum": "one minus", "dropout": "linear"}


def _suits(seed: int, sampling: str) -> Study:
    """Drawn on the scale that suits the name, over two to four orders of magnitude."""
    rng = np.random.default_rng(seed)
    name = _NAMES[seed % len(_NAMES)]
    upper = float(10 ** rng.uniform(-2, 0))
    lower, upper = _RANGES.get(name, (upper * 10 ** -float(rng.uniform(2, 4)), upper))
    return spaces.drawn(
        name=name,
        lower=lower,
        upper=upper,
        scale=_SUITABLE.get(name, "log"),
        trials=int(rng.integers(5, 101)),
        sampling=sampling,
        declared=name == "tau" or bool(rng.integers(2)),
        seed=seed,
    )


def _adaptive(seed: int) -> Study:
    """A search on a log scale that moves towards an optimum anywhere."""
    rng = np.random.default_rng(seed)
    study = searches.adaptive(
        trials=any_size(rng), optimum=tuple(rng.random(5)), seed=seed
    )
    return replace(study, algorithm=None)


def _wider(seed: int) -> Study:
    """Two rounds on a log scale, the second an order of magnitude higher."""
    rng = np.random.default_rng(seed)
    trials = any_size(rng) // 2
    first, second = (
        spaces.drawn(lower=1e-4 * f, upper=0.1 * f, scale="log", trials=trials, seed=s)
        for f, s in ((1.0, seed), (10.0, seed + 10_000))
    )
    renamed = [replace(each, name=f"second-{each.name}") for each in second.trials]
    rate, other = first.search_space
    lowest = min(float(t.hyperparameters[rate.name]) for t in first.trials)  # type: ignore[arg-type]
    highest = max(float(t.hyperparameters[rate.name]) for t in renamed)  # type: ignore[arg-type]
    space = SearchSpace((replace(rate, lower=lowest, upper=highest), other))
    return replace(first, trials=(*first.trials, *renamed), search_space=space)


def scales() -> bool:
    """Draws on the suitable scale, and on the other one."""
    rule = find_rule("wrong-scale")
    print(f"\n{rule.id}")
    results = [
        null(rule, f"{s} draws on the suitable scale", lambda i, s=s: _suits(i, s))  # type: ignore[misc]
        for s in ("uniform", "halton", "choices")
    ]
    results += [
        null(rule, "an adaptive search on a log scale", _adaptive, 500),
        null(rule, "two rounds on a log scale, one higher", _wider, 500),
    ]

    def wrong(name: str, declared: bool) -> Callable[[int, int], Study]:
        lower, upper = _RANGES.get(name, (1e-5, 1e-1))
        return lambda n, i: spaces.drawn(
            name=name,
            lower=lower,
            upper=upper,
            scale="log" if name == "dropout" else "linear",
            trials=n,
            declared=declared,
            seed=i,
        )

    planted(
        rule,
        [
            (
                f"{name}, bounds {'' if declared else 'not '}declared",
                wrong(name, declared),
            )
            for name in _NAMES
            for declared in (True, False)
            if declared or name != "tau"
        ],
    )
    return all(results)


def main() -> int:
    """Prints the tables; 1 if a goal was missed."""
    good = all([regions(), scales()])
    print(f"\nsearch_spaces: {'ok' if good else 'MISSED a goal'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""Generated studies: search spaces, samplings and planted defects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from synthetic_designs import points
from synthetic_surfaces import bowl, noise, ridge

from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial

NAMES = ("learning_rate", "dropout", "momentum", "label_smoothing", "clip_norm")


def axis(name: str, **changes: Any) -> Hyperparameter:
    """A declared hyperparameter over [0, 1], or a learning rate over four decades."""
    if name == "learning_rate":
        plain = Hyperparameter(
            name, "float", 1e-5, 1e-1, "log", declared=True, alias="learning_rate"
        )
    else:
        plain = Hyperparameter(name, "float", 0.0, 1.0, "linear", declared=True)
    return replace(plain, **changes)


def study_of(
    positions: FloatArray,
    errors: FloatArray,
    axes: Sequence[Hyperparameter],
    *,
    infeasible: Mapping[int, str] | None = None,
    maximize: bool = False,
    algorithm: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Study:
    """A study from positions [n, D] and errors [n]; NaN errors are infeasible."""
    causes: dict[int, Any] = {
        int(i): "diverged" for i in np.flatnonzero(np.isnan(errors))
    } | dict(infeasible or {})
    trials = []
    for i, row in enumerate(positions):
        values = {
            each.name: round(each.value_at(float(x)), 12)
            for each, x in zip(axes, row, strict=True)
        }
        bad = causes.get(i)
        trials.append(
            Trial(
                name=f"trial-{i}",
                hyperparameters=values,
                error=None if bad else float(errors[i]),
                infeasibility=Infeasibility(bad, "loss is NaN") if bad else None,
            )
        )
    return Study(
        name="search",
        trials=tuple(trials),
        objective=Objective("error", Goal.MAXIMIZE if maximize else Goal.MINIMIZE),
        search_space=SearchSpace(tuple(axes)),
        algorithm=algorithm,
        facts=facts or {},
    )


def search(
    *,
    trials: int = 50,
    optimum: float | Sequence[float] = 0.5,
    weights: Sequence[float] = (1.0, 0.0, 0.0, 0.0, 0.0),
    shape: str = "parabola",
    noise_size: float = 0.1,
    noise_kind: str = "normal",
    multiplicative: bool = False,
    sampling: str = "halton",
    levels: int | None = None,
    infeasible_above: float | None = None,
    leak: float = 0.0,
    failing: float = 0.0,
    declared: bool = True,
    hard: Sequence[str] = (),
    scale: str = "log",
    alias: str | None = "learning_rate",
    algorithm: str | None = None,
    seed: int = 0,
) -> Study:
    """A study over up to five hyperparameters, the first a learning rate.

    The error is a sum of one curve a hyperparameter, `weights` high, with its optimum
    at a position in units of the range; noise is relative to the range of the error.
    `levels` and `infeasible_above`, a position, concern the first hyperparameter. A
    share `leak` above it works all the same; of all trials a share `failing` fails.
    """
    rng = np.random.default_rng(seed)
    x = points(sampling, trials, len(weights), rng)
    if levels:
        x[:, 0] = np.floor(x[:, 0] * levels * 0.999999) / (levels - 1)
    places = np.broadcast_to(np.asarray(optimum, dtype=np.float64), (len(weights),))
    if shape == "ridge":
        clean = ridge(x - places, rng)
    else:
        clean = bowl(shape, x, places) @ np.asarray(weights, dtype=np.float64)
    spread = float(np.ptp(clean)) or 1.0
    random = noise_size * noise(noise_kind, len(x), rng)
    if multiplicative:
        errors = 0.1 * np.exp(2 * clean / spread + 2 * random)
    else:
        errors = 0.2 + clean / spread + random
    if infeasible_above is not None:
        errors[(x[:, 0] > infeasible_above) & (rng.random(len(x)) >= leak)] = np.nan
    if failing:
        errors[rng.random(len(x)) < failing] = np.nan
    first = axis(
        "learning_rate",
        declared=declared,
        hard=frozenset(hard),
        scale=scale,
        alias=alias,
        **({} if scale == "log" else {"lower": 0.0, "upper": 1.0}),
    )
    axes = (first, *(axis(name) for name in NAMES[1 : len(weights)]))
    return study_of(x, errors, axes, algorithm=algorithm)


def adaptive(
    *,
    trials: int = 50,
    optimum: Sequence[float] = (0.5,) * 5,
    weights: Sequence[float] = (1.0,) * 5,
    noise_size: float = 0.1,
    step: float = 0.15,
    seed: int = 0,
) -> Study:
    """Ten random points, then steps from the best fifth of those before.

    Crowds as evolution and tree-structured Parzen estimators do.
    """
    rng = np.random.default_rng(seed)
    x, errors = np.empty((trials, len(weights))), np.empty(trials)
    for i in range(trials):
        if i < 10:
            x[i] = rng.random(len(weights))
        else:
            parent = rng.choice(np.argsort(errors[:i])[: i // 5])
            moved = x[parent] + step * rng.standard_normal(len(weights))
            x[i] = np.clip(moved, 0, 1)
        clean = float(bowl("parabola", x[i], np.asarray(optimum)) @ np.asarray(weights))
        errors[i] = 0.2 + clean + noise_size * rng.standard_normal()
    axes = tuple(axis(name) for name in NAMES[: len(weights)])
    return study_of(x, errors, axes, algorithm="tpe")


def failures(
    *,
    trials: int = 30,
    infeasible: int = 12,
    cause: str = "diverged",
    crashed: int = 0,
    where: str = "scattered",
    column: int = 0,
    weights: Sequence[float] = (1.0, 0.0, 0.0),
    seed: int = 0,
) -> Study:
    """A search of which `infeasible` trials fail, `crashed` of them by crashing.

    They are scattered, or are those furthest to one side of a hyperparameter.
    """
    rng = np.random.default_rng(seed)
    x = points("halton", trials, len(weights), rng)
    order = rng.permutation(trials)
    if where != "scattered":
        order = np.argsort(x[:, column])[:: -1 if where == "upper" else 1]
    causes = {int(i): cause for i in order[:infeasible]}
    causes |= {int(i): "crashed" for i in order[:crashed]}
    clean = bowl("parabola", x, 0.4) @ np.asarray(weights, dtype=np.float64)
    errors = 0.2 + clean + 0.05 * rng.standard_normal(trials)
    axes = tuple(axis(name) for name in NAMES[: len(weights)])
    return study_of(x, errors, axes, infeasible=causes)


def repeated(
    *,
    configurations: int = 5,
    seeds: int = 4,
    noise_size: float = 0.02,
    choices: int = 0,
    optimum: float = 0.5,
    weights: Sequence[float] = (1.0,),
    seed: int = 0,
) -> Study:
    """Configurations trained with several seeds; `choices` are of an optimizer."""
    rng = np.random.default_rng(seed)
    if choices:
        axes: tuple[Hyperparameter, ...] = (
            Hyperparameter(
                "optimizer", "categorical", choices=tuple("abcdefg"[:choices])
            ),
        )
        rows = [
            {"optimizer": axes[0].choices[i % choices]} for i in range(configurations)
        ]
        clean = 0.3 + 0.1 * (np.arange(configurations) % choices)
    else:
        axes = tuple(axis(name) for name in NAMES[: len(weights)])
        x = points("halton", configurations, len(weights), rng)
        rows = [
            {
                each.name: each.value_at(float(v))
                for each, v in zip(axes, row, strict=True)
            }
            for row in x
        ]
        clean = 0.2 + bowl("parabola", x, optimum) @ np.asarray(
            weights, dtype=np.float64
        )
    trials = tuple(
        Trial(
            name=f"trial-{i}-{j}",
            hyperparameters=rows[i],
            error=float(clean[i] + noise_size * rng.standard_normal()),
            seed=j,
        )
        for i in range(configurations)
        for j in range(seeds)
    )
    if configurations == 1:
        axes = tuple(
            replace(each, lower=rows[0][each.name], upper=rows[0][each.name])
            for each in axes
        )
    return Study("search", trials, Objective("error", Goal.MINIMIZE), SearchSpace(axes))

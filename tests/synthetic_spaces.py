"""Generated studies about the search space itself: regions and scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from synthetic_designs import points
from synthetic_searches import axis, study_of
from synthetic_surfaces import bowl

from advisor.interpret.hyperparameter_names import read_key
from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter, Scale, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial


def products(
    *,
    trials: int = 40,
    lost: float = 0.25,
    power: int = 1,
    partner: str = "width",
    side: str = "above",
    leak: float = 0.0,
    failing: float = 0.0,
    seed: int = 0,
) -> Study:
    """A share `lost` fails, on one side of learning_rate * partner ** power.

    A share `leak` there works all the same, of the others `failing` fails. The partner
    is the width, or the momentum, of which 1 - x counts. One more does not matter.
    """
    rng = np.random.default_rng(seed)
    x = points("uniform", trials, 3, rng)
    other = (
        Hyperparameter("width", "float", 16, 1024, "log", alias="width")
        if partner == "width"
        else Hyperparameter(
            "momentum", "float", 0.5, 0.999, alias="momentum", limits=(0.0, 1.0)
        )
    )
    axes = (axis("learning_rate"), replace(other, declared=True), axis("dropout"))
    values = np.array([axes[1].value_at(float(place)) for place in x[:, 1]])
    factor = values if partner == "width" else 1 - values
    product = np.log(1e4) * x[:, 0] + power * np.log(factor)
    order = np.argsort(product)[:: -1 if side == "above" else 1]
    beyond = np.isin(np.arange(trials), order[: round(lost * trials)])
    errors = 0.2 + bowl("parabola", x, 0.4) @ np.array([1.0, 0.0, 0.0])
    errors += 0.05 * rng.standard_normal(trials)
    errors[
        np.where(beyond, rng.random(trials) >= leak, rng.random(trials) < failing)
    ] = np.nan
    return study_of(x, errors, axes)


def drawn(
    *,
    name: str = "learning_rate",
    lower: float = 1e-4,
    upper: float = 1e-1,
    scale: str = "linear",
    trials: int = 30,
    sampling: str = "uniform",
    declared: bool = False,
    declared_scale: Scale | None = None,
    choices: Sequence[float] = (),
    zeros: int = 0,
    algorithm: str | None = None,
    seed: int = 0,
) -> Study:
    """A search over `name`, drawn on a scale, and a hyperparameter beside it.

    The scale is linear, log, or `one minus`: one minus it on a log scale. As the
    interpretation of logs does, names that usually have a log scale are read so. The
    first `zeros` trials have a value of zero.
    """
    rng = np.random.default_rng(seed)
    cube = points(sampling, trials, 2, rng)
    values = _on_scale(cube[:, 0], lower, upper, scale)
    if choices:
        values = rng.choice(choices, trials)
    values[:zeros] = 0.0
    key = read_key(name)
    positive = values[values > 0]
    ends = (lower, upper) if declared else (float(values.min()), float(values.max()))
    read_as: Scale = key.scale or "linear"
    if read_as == "log" and ends[0] <= 0:
        ends = float(positive.min()), ends[1]
    each = Hyperparameter(
        name,
        "float",
        *ends,
        read_as,
        declared=declared or bool(choices),
        choices=tuple(choices),
        alias=key.alias,
        limits=key.limits,
        sampled=declared_scale,
    )
    other = axis("clip_norm")
    made = [
        Trial(
            f"trial-{i}",
            hyperparameters={name: float(values[i]), "clip_norm": float(cube[i, 1])},
            error=float(rng.random()),
        )
        for i in range(trials)
    ]
    return Study(
        "search",
        tuple(made),
        Objective("error", Goal.MINIMIZE),
        SearchSpace((each, other)),
        algorithm=algorithm,
    )


def _on_scale(places: FloatArray, lower: float, upper: float, scale: str) -> FloatArray:
    if scale == "linear":
        return lower + (upper - lower) * places
    if scale == "log":
        return np.asarray(lower * (upper / lower) ** places)
    return 1 - _on_scale(places, 1 - upper, 1 - lower, "log")


def breaking(
    *,
    trials: int = 40,
    share: float = 0.3,
    at: float = 0.02,
    above: float | None = None,
    optimum: float = 0.5,
    rates: bool = True,
    length: int = 1000,
    seed: int = 0,
) -> Study:
    """A share of the trials diverges at the fraction `at` of training.

    They do at random, or with `above` given only beyond that position of the learning
    rate. Without `rates` every trial has the same learning rate.
    """
    rng = np.random.default_rng(seed)
    cube = points("halton", trials, 2, rng)
    errors = 0.2 + bowl("parabola", cube[:, :1], np.array([optimum]))[:, 0]
    errors += 0.02 * rng.standard_normal(trials)
    broken = rng.random(trials) < share
    if above is not None:
        broken &= cube[:, 0] > above
    errors[broken] = np.nan
    names = ("learning_rate", "dropout") if rates else ("dropout", "clip_norm")
    study = study_of(cube, errors, tuple(axis(name) for name in names))
    made = [
        replace(
            each,
            last_step=length,
            max_train_steps=length,
            infeasibility=each.infeasibility
            and replace(each.infeasibility, step=round(at * length * (1 + i / trials))),
        )
        for i, each in enumerate(study.trials)
    ]
    return replace(study, trials=tuple(made))


def in_the_middle(study: Study, cut: Callable[[Any], float]) -> dict[str, Any]:
    """Hyperparameters of the middle one of the feasible trials, ordered by `cut`."""
    left = [dict(t.hyperparameters) for t in study.trials if t.infeasibility is None]
    return sorted(left, key=cut)[len(left) // 2]

"""Generated searches over Adam's hyperparameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from synthetic_designs import points

from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial

RANGES = {
    "learning_rate": (1e-5, 1e-1, "log"),
    "beta1": (0.8, 0.99, "linear"),
    "epsilon": (1e-10, 1e-4, "log"),
    "beta2": (0.9, 0.9999, "linear"),
    "one_minus_beta2": (1e-4, 1e-1, "log"),
    "dropout": (0.0, 0.5, "linear"),
}
USUAL = {"learning_rate": 1e-3, "beta1": 0.9, "epsilon": 1e-8, "beta2": 0.999}


def adam(
    *,
    trials: int = 30,
    varied: Sequence[str] = ("learning_rate",),
    fixed: Sequence[str] = (),
    optimizer: str | None = "adamw",
    optimum: float = 0.5,
    noise_size: float = 0.2,
    seed: int = 0,
) -> Study:
    """A search over `varied`, with the usual values of `fixed` in the configuration."""
    rng = np.random.default_rng(seed)
    x = points("halton", trials, len(varied), rng)
    axes = [
        Hyperparameter(
            name,
            "float",
            RANGES[name][0],
            RANGES[name][1],
            RANGES[name][2],  # type: ignore[arg-type]
            declared=True,
            alias=name,
        )
        for name in varied
    ]
    constant = {name: USUAL[name] for name in fixed}
    space = [
        *axes,
        *(Hyperparameter(k, "float", v, v, alias=k) for k, v in constant.items()),
    ]
    settings: dict[str, float | str] = dict(constant)
    if optimizer is not None:
        settings["optimizer"] = optimizer
        space.append(
            Hyperparameter(
                "optimizer", "categorical", choices=(optimizer,), alias="optimizer"
            )
        )
    errors = np.square(x - optimum).sum(axis=1) + noise_size * rng.standard_normal(
        trials
    )
    return Study(
        "search",
        tuple(
            Trial(
                f"trial-{i}",
                hyperparameters={
                    **settings,
                    **{
                        axis.name: axis.value_at(float(place))
                        for axis, place in zip(axes, row, strict=True)
                    },
                },
                error=float(errors[i]),
            )
            for i, row in enumerate(x)
        ),
        Objective("error", Goal.MINIMIZE),
        SearchSpace(tuple(space)),
    )

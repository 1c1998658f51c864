"""Generated studies about the search space itself: regions and scales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from synthetic_designs import points
from synthetic_searches import axis, study_of
from synthetic_surfaces import bowl

from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study


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

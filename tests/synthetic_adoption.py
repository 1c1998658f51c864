"""Generated studies in which the values of a scientific hyperparameter compete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from synthetic_curves import curve, make_curve_study, make_trial

from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial


def optimizers(values: Sequence[str]) -> Hyperparameter:
    return Hyperparameter(
        "optimizer", "categorical", choices=tuple(values), role="scientific"
    )


def tuned(
    *,
    counts: Sequence[int] = (10, 10),
    leads: Sequence[float] | None = None,
    tops: Sequence[float] | None = None,
    infeasible: int = 0,
    about: str = "activation",
    scientific: bool = True,
    seed: int = 0,
) -> Study:
    """Two or more values, each with so many learning rates from 1e-4 to `tops`.

    Errors are spread over 0.1, `leads` lower; the first of the last value are
    infeasible.
    """
    rng = np.random.default_rng(seed)
    names = ("relu", "gelu", "tanh", "swish")[: len(counts)]
    made = []
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        top = tops[i] if tops is not None else 1e-2
        for j in range(count):
            rate = 1e-4 * (top / 1e-4) ** float((j + rng.random()) / count)
            error = 0.5 + 0.1 * rng.random() - (leads[i] if leads else 0.0)
            # The best of a wider range is at its end.
            error -= 0.05 * (rate > 1e-2)
            values = {about: name, "learning_rate": rate}
            made.append(
                Trial(f"{name}-{j}", hyperparameters=values, error=float(error))
            )
    if infeasible:
        from advisor.model.trial import Infeasibility

        cause = Infeasibility("diverged", "loss is NaN")
        for k in range(len(made) - infeasible, len(made)):
            made[k] = replace(made[k], error=None, infeasibility=cause)
    rates = [float(trial.hyperparameters["learning_rate"]) for trial in made]  # type: ignore[arg-type]
    axis = Hyperparameter("learning_rate", "float", min(rates), max(rates), "log")
    axis = replace(axis, alias="learning_rate")
    first = replace(optimizers(names), name=about)
    if not scientific:
        first = replace(first, role="nuisance")
    return make_curve_study(made, search_space=SearchSpace((first, axis)))


def seeded(
    *,
    seeds: Sequence[Sequence[int | None]] = ((0, 1, 2), (0, 1, 2)),
    copies: int = 0,
) -> Study:
    """Configurations whose repeats have these seeds; the first also as copies."""
    rng = np.random.default_rng(0)
    made = []
    for i, group in enumerate(seeds):
        for j, number in enumerate(group):
            error = float(0.5 + 0.1 * i + 0.01 * rng.standard_normal())
            made.append(
                Trial(
                    f"trial-{i}-{j}",
                    hyperparameters={"width": 64 * (i + 1)},
                    error=error,
                    final_error=error,
                    seed=number,
                )
            )
    made += [replace(made[0], name=f"trial-0-copy-{k}") for k in range(copies)]
    axis = Hyperparameter("width", "integer", 64, 64 * len(seeds))
    return make_curve_study(made, search_space=SearchSpace((axis,)))


def compared_by(
    *, metric: str = "val/accuracy", split: str = "validation", trials: int = 3
) -> Study:
    """Trials with results on one split."""
    objective = Objective(metric, Goal.MAXIMIZE, split=split)
    made = [Trial(f"trial-{i}", error=-0.9 + 0.01 * i) for i in range(trials)]
    return replace(make_curve_study(made), objective=objective)


def late_luck(
    *,
    noises: Sequence[float] = (0.05, 0.001),
    levels: Sequence[float] = (0.3, 0.3),
    repeats: int = 3,
    evaluations: int = 80,
    scientific: bool = True,
    seed: int = 0,
) -> Study:
    """Curves that end at `levels`, with noise from step to step; Adam, then SGD."""
    rng = np.random.default_rng(seed)
    names = ("adam", "sgd")
    made = []
    for name, noise, level in zip(names, noises, levels, strict=True):
        for j in range(repeats):
            times = np.arange(evaluations)
            values = level + 0.5 * np.exp(-times / 8)
            values = values + noise * rng.standard_normal(evaluations)
            made.append(
                replace(
                    make_trial(f"{name}-{j}", {"validation_error": curve(values)}),
                    hyperparameters={"optimizer": name},
                    seed=j,
                )
            )
    first = optimizers(names)
    if not scientific:
        first = replace(first, role="nuisance")
    return make_curve_study(made, search_space=SearchSpace((first,)))


def worth(
    *,
    lead: float = 5.0,
    count: int = 5,
    facts: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Study:
    """Two optimizers, repeated; the lead is in standard deviations of 0.01."""
    rng = np.random.default_rng(seed)
    made = []
    for i, name in enumerate(("adam", "sgd")):
        for j in range(count):
            error = float(0.5 + 0.01 * (lead * i + rng.standard_normal()))
            made.append(
                Trial(
                    f"{name}-{j}",
                    hyperparameters={"optimizer": name},
                    error=error,
                    final_error=error,
                    seed=j,
                )
            )
    space = SearchSpace((optimizers(("adam", "sgd")),))
    return make_curve_study(made, search_space=space, facts=facts or {})

"""Generated studies: lengths of training, repeats, throughput, configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from synthetic_curves import curve, make_curve_study, make_trial, steps_of

from advisor.model.curve import Curve
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Study
from advisor.model.trial import Infeasibility, Part, Trial


def numbers(name: str, lower: float, upper: float, **changes: Any) -> Hyperparameter:
    """An integer hyperparameter."""
    return Hyperparameter(name, "integer", lower, upper, alias=name, **changes)


def lengths(
    *,
    configured: Sequence[int | None] = (1000, 1000, 2000, 2000),
    trained: Sequence[int] | None = None,
    infeasible: Sequence[int] = (),
    batch_sizes: Sequence[int] | None = None,
    longer_is_better: bool = True,
    algorithm: str | None = None,
) -> Study:
    """Trials with configured lengths and last steps; `infeasible` are positions."""
    made = []
    for i, length in enumerate(configured):
        last = trained[i] if trained else (length or 1000)
        values: dict[str, Any] = {"learning_rate": 0.1 * (i + 1)}
        if length is not None:
            values["max_train_steps"] = length
        if batch_sizes is not None:
            values["batch_size"] = batch_sizes[i]
        bad = i in infeasible
        made.append(
            Trial(
                f"trial-{i}",
                hyperparameters=values,
                error=None
                if bad
                else (1000 / last if longer_is_better else last / 1e4),
                last_step=last,
                max_train_steps=length,
                infeasibility=Infeasibility("diverged", "loss is NaN") if bad else None,
            )
        )
    space = [Hyperparameter("learning_rate", "float", 0.1, 0.1 * len(configured))]
    if batch_sizes is not None:
        space.append(numbers("batch_size", min(batch_sizes), max(batch_sizes)))
    return make_curve_study(
        made, search_space=SearchSpace(tuple(space)), algorithm=algorithm
    )


def repeats(
    *,
    counts: Sequence[int] = (5, 5),
    leads: Sequence[float] | None = None,
    std: float = 0.01,
    decimals: int = 12,
    copies: int = 0,
    scientific: bool = False,
    configured: bool = True,
    facts: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Study:
    """Configurations trained `counts` times; `leads` in deviations from the best.

    The best trial of the first one is there `copies` more times, number by number.
    """
    rng = np.random.default_rng(seed)
    made = []
    for i, count in enumerate(counts):
        lead = leads[i] if leads is not None else 0.0
        for j in range(count):
            error = round(0.5 + std * (lead + rng.standard_normal()), decimals)
            made.append(
                Trial(
                    f"trial-{i}-{j}",
                    hyperparameters={"width": 64 * (i + 1)} if configured else {},
                    error=error,
                    final_error=error,
                    seed=j,
                )
            )
    first = made[0]
    for j in range(copies):
        made.append(
            Trial(
                f"copy-{j}",
                hyperparameters=first.hyperparameters,
                error=first.error,
                final_error=first.final_error,
                seed=first.seed,
            )
        )
    role = "scientific" if scientific else "nuisance"
    axis = numbers("width", 64, 64 * len(counts), role=role)
    return make_curve_study(
        made,
        search_space=SearchSpace((axis,) if configured else ()),
        facts=facts or {},
    )


def throughputs(
    *,
    sizes: Sequence[int] = (32, 64, 128, 256, 512),
    a_size: int = 3,
    bend: float = 1e9,
    slope: float = 1.0,
    last_slope: float = 0.0,
    noise_size: float = 0.03,
    slow: float = 1.0,
    from_wall_times: bool = False,
    seed: int = 0,
) -> Study:
    """Trials whose examples per second grow with `slope`, and `last_slope` after it.

    Every trial starts up ten times slower; wall times hold pauses for evaluation. One
    trial, chosen at random, runs at `slow` times its speed.
    """
    rng = np.random.default_rng(seed)
    made = []
    unlucky = int(rng.integers(len(sizes) * a_size))
    for i, size in enumerate(np.repeat(sizes, a_size).tolist()):
        level = (
            1000 * (min(size, bend) / 32) ** slope * max(size / bend, 1) ** last_slope
        )
        level *= float(np.exp(noise_size * rng.standard_normal()))
        level *= slow if i == unlucky else 1.0
        rates = level * np.exp(0.02 * rng.standard_normal(40))
        rates[:3] /= 10
        steps = steps_of(40)
        curves: dict[Part, Curve]
        if from_wall_times:
            seconds = np.diff(steps, prepend=0) * size / rates
            seconds[9::10] += 60.0
            curves = {"training_loss": Curve(steps, rates, np.cumsum(seconds))}
        else:
            curves = {"throughput": Curve(steps, rates)}
        made.append(make_trial(f"trial-{i}", curves, hyperparameters={"bs": size}))
    axis = Hyperparameter(
        "bs", "integer", min(sizes), max(sizes), "log", alias="batch_size"
    )
    return make_curve_study(made, search_space=SearchSpace((axis,)))


def configured_trials(*, trials: int = 4, configured: int = 0) -> Study:
    """Trials of which the first `configured` tell their learning rate."""
    made = [
        Trial(
            f"trial-{i}",
            hyperparameters={"learning_rate": 0.1 * (i + 1)} if i < configured else {},
            error=1.0 + i,
        )
        for i in range(trials)
    ]
    axes = (
        (Hyperparameter("learning_rate", "float", 0.1, 0.1 * trials),)
        if configured
        else ()
    )
    return make_curve_study(made, search_space=SearchSpace(axes))


def validated(
    *,
    training: int = 4,
    curves: int = 0,
    results: int = 0,
    infeasible: int = 0,
    split: str = "validation",
) -> Study:
    """`training` trials with a training loss, of which the first are validated.

    `curves` have a validation loss, `results` after them only a result, and the last
    `infeasible` broke before their first evaluation.
    """
    made = []
    for i in range(training):
        parts: dict[Part, Curve] = {"training_loss": curve([3.0, 2.0, 1.0])}
        if i < curves:
            parts["validation_loss"] = curve([3.0, 2.0, 1.5])
        has_result = i < curves + results
        broken = i >= training - infeasible
        made.append(
            Trial(
                f"trial-{i}",
                curves=parts,
                error=1.0 if has_result and not broken else None,
                infeasibility=(
                    Infeasibility("diverged", "loss is NaN") if broken else None
                ),
            )
        )
    return make_curve_study(made, split=split)

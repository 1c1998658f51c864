"""Generated studies by how their trials end, and where they are best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from synthetic_curves import STEPS, curve, make_curve_study, make_trial, noise, steps_of

from advisor.model.curve import Curve, FloatArray
from advisor.model.study import Study
from advisor.model.trial import Part


def fall(shape: str, times: FloatArray) -> FloatArray:
    """A clean error over fractions of training, from 1 down."""
    match shape:
        case "flat":  # learned within the first hundredth
            return np.where(times < 0.01, 1.0, 0.3)
        case "saturating":
            return 0.3 + 0.7 * np.exp(-times / 0.08)
        case "cosine":
            return 0.3 + 0.3 * np.exp(-times / 0.08) + 0.2 * (1 + np.cos(np.pi * times))
        case "linear-decay":  # saturated at the full rate, then a drop as it goes to 0
            late = np.clip((times - 0.6) / 0.4, 0, 1)
            return 0.3 + 0.5 * np.exp(-times / 0.08) + 0.2 * (1 - late**1.5)
        case "logarithmic":
            return 1 - 0.15 * np.log(times / times[0])
        case "power":
            return 0.2 + 0.8 * (1 + times / 0.1) ** -0.5
    raise LookupError(f"no fall is called {shape}")


def learning_rates(schedule: str, times: FloatArray) -> FloatArray:
    """Learning rates over fractions of training."""
    if schedule == "constant":
        return np.full(len(times), 0.1)
    if schedule == "cosine":
        return 0.05 * (1 + np.cos(np.pi * times)) + 1e-5
    return 0.1 * np.clip((1 - times) / 0.4, 1e-4, 1)


def ends(
    *,
    shape: str = "flat",
    trials: int = 10,
    evaluations: int = 60,
    noise_size: float = 0.02,
    kind: str = "white",
    schedule: str | None = None,
    spread: float = 0.02,
    facts: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Study:
    """Trials of one shape at different levels (`spread`), with noise all along."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(trials):
        times = steps_of(evaluations) / STEPS
        clean = fall(shape, times) + spread * rng.standard_normal()
        error = clean + noise_size * noise(kind, rng, clean)
        curves: dict[Part, Curve] = {"validation_error": curve(error)}
        if schedule is not None:
            curves["learning_rate"] = curve(learning_rates(schedule, times))
        made.append(make_trial(f"trial-{i}", curves))
    return make_curve_study(made, facts=facts or {})


def early_best(
    *,
    best: float = 0.05,
    rise: float = 0.2,
    trials: int = 10,
    evaluations: int = 100,
    noise_size: float = 0.005,
    seed: int = 0,
) -> Study:
    """Trials whose error is lowest at the fraction `best`, then rises by `rise`."""
    rng = np.random.default_rng(seed)
    times = steps_of(evaluations) / STEPS
    after = np.maximum(times - best, 0)
    clean = 0.3 + 20 * np.maximum(best - times, 0) + rise * np.sqrt(after)
    return make_curve_study(
        [
            make_trial(
                f"trial-{i}",
                {
                    "validation_error": curve(
                        clean + noise_size * rng.standard_normal(evaluations)
                    )
                },
            )
            for i in range(trials)
        ]
    )


def late_drops(
    *,
    height: float = 0.3,
    at: float = 0.85,
    gap: float = 0.05,
    trials: int = 5,
    noise_size: float = 0.005,
    evaluations: int = 100,
    seed: int = 0,
) -> Study:
    """Trials `gap` apart whose error drops by `height` late, as at a milestone."""
    rng = np.random.default_rng(seed)
    times = steps_of(evaluations) / STEPS
    return make_curve_study(
        [
            make_trial(
                f"trial-{i}",
                {
                    "validation_error": curve(
                        1
                        - height * (times > at)
                        + gap * i / max(trials - 1, 1)
                        + noise_size * rng.standard_normal(evaluations)
                    )
                },
            )
            for i in range(trials)
        ]
    )


def late_gains(
    *,
    share: float = 0.2,
    knee: float = 0.1,
    noise_size: float = 0.01,
    kind: str = "white",
    evaluations: int = 80,
    seed: int = 0,
) -> Study:
    """A trial that falls by 0.8 up to `knee`, and by `share` of that after it.

    The later fall follows the logarithm of the step; noise is relative to the first.
    """
    rng = np.random.default_rng(seed)
    times = steps_of(evaluations) / STEPS
    late = np.clip(np.log(np.maximum(times, knee) / knee) / -np.log(knee), 0, 1)
    clean = 0.4 + 0.8 * np.exp(-5 * times / knee) - 0.8 * share * late
    parts: tuple[Part, Part] = ("training_loss", "validation_error")
    curves = {
        part: curve(clean + 0.8 * noise_size * noise(kind, rng, clean))
        for part in parts
    }
    return make_curve_study([make_trial("trial-0", curves)])

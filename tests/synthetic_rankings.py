"""Generated studies whose trials rank early as at the end, or do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from synthetic_curves import STEPS, curve, make_curve_study, make_trial, steps_of
from synthetic_ends import fall

from advisor.model.study import Study


def rankings(
    *,
    correlation: float = 0.95,
    trials: int = 20,
    evaluations: int = 60,
    noise_size: float = 0.005,
    spread: float = 0.1,
    facts: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Study:
    """Levels that change at 0.6 of training; before and after they correlate."""
    rng = np.random.default_rng(seed)
    before = rng.standard_normal(trials)
    own = np.sqrt(1 - correlation**2) * rng.standard_normal(trials)
    after = correlation * before + own
    times = steps_of(evaluations) / STEPS
    made = []
    for i in range(trials):
        level = np.where(times > 0.6, after[i], before[i])
        errors = fall("logarithmic", times) + spread * level
        errors = errors + noise_size * rng.standard_normal(evaluations)
        made.append(make_trial(f"trial-{i}", {"validation_error": curve(errors)}))
    return make_curve_study(made, facts=facts or {})

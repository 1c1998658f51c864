"""Generated searches whose best configuration was trained again, and what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from synthetic_designs import points
from synthetic_searches import NAMES, axis, study_of
from synthetic_surfaces import bowl

from advisor.model.study import Study


def with_repeats(
    *,
    trials: int = 50,
    varied: int = 2,
    noise_size: float = 0.1,
    repeats: int = 4,
    shape: str = "parabola",
    sampling: str = "halton",
    seed: int = 0,
) -> Study:
    """A search with its optimum inside; the best is trained `repeats` more times."""
    return searched(
        trials=trials,
        varied=varied,
        noise_size=noise_size,
        repeats=repeats,
        shape=shape,
        sampling=sampling,
        seed=seed,
    )[0]


def searched(
    *,
    trials: int,
    varied: int,
    noise_size: float,
    repeats: int,
    shape: str,
    sampling: str,
    seed: int,
) -> tuple[Study, float]:
    """The study, and what as many trials again would gain in deviations of the noise.

    The gain is that of the best without its noise, a mean over 400 further searches.
    """
    rng = np.random.default_rng(seed)
    x = points(sampling, trials, varied, rng)
    optimum = rng.uniform(0.2, 0.8, varied)
    further = bowl(shape, rng.random((400 * trials, varied)), optimum).sum(axis=1)
    spread = float(np.ptp(further))
    clean = bowl(shape, x, optimum).sum(axis=1) / spread
    errors = 0.2 + clean + noise_size * rng.standard_normal(trials)
    study = study_of(x, errors, [axis(name) for name in NAMES[:varied]])
    best = int(np.argmin(errors))
    again = 0.2 + clean[best] + noise_size * rng.standard_normal(repeats)
    added = tuple(
        replace(study.trials[best], name=f"repeat-{i}", error=float(error), seed=i + 1)
        for i, error in enumerate(again)
    )
    new = further.reshape(400, trials).min(axis=1) / spread
    gains = clean.min() - np.minimum(new, clean.min())
    return (
        replace(study, trials=study.trials + added),
        float(gains.mean()) / noise_size,
    )

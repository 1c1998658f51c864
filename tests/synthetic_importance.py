"""Generated studies in which hyperparameters matter alone, together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from synthetic_designs import points
from synthetic_searches import NAMES, axis, study_of
from synthetic_surfaces import noise

from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Study

Surface = Callable[[FloatArray], FloatArray]


def _rate(x: FloatArray) -> FloatArray:
    return 4 * (x[:, 0] - 0.4) ** 2


SURFACES: Mapping[str, Surface] = {
    # The third, momentum, matters in all but the first two.
    "nothing": lambda x: 0 * x[:, 0],
    "rate": _rate,
    "line": lambda x: _rate(x) + x[:, 2],
    "bowl": lambda x: _rate(x) + 4 * (x[:, 2] - 0.5) ** 2,
    "product": lambda x: _rate(x) + 3 * (x[:, 1] - 0.5) * (x[:, 2] - 0.5),
    "exclusive-or": lambda x: (
        _rate(x) + 0.5 * np.sign(x[:, 1] - 0.5) * np.sign(x[:, 2] - 0.5)
    ),
    "waves": lambda x: (
        _rate(x) + 0.5 * np.cos(2 * np.pi * x[:, 1]) * np.cos(2 * np.pi * x[:, 2])
    ),
    "near-the-optimum": lambda x: (
        np.maximum(_rate(x), 0.1)
        + 1.6 * np.maximum(0.1 - _rate(x) / 4, 0) * 10 * (x[:, 2] - 0.5) ** 2
    ),
}
"""Errors over up to five hyperparameters in the unit cube [n, D]."""


def mattering(
    *,
    surface: str = "rate",
    trials: int = 80,
    varied: int = 4,
    noise_size: float = 0.1,
    noise_kind: str = "normal",
    multiplicative: bool = False,
    sampling: str = "halton",
    narrow: float | None = None,
    crowded: float | None = None,
    choices: Sequence[str] = (),
    choice_matters: bool = False,
    seed: int = 0,
) -> Study:
    """A study whose error depends on what the surface says; noise is in its range.

    `narrow` is upper over lower bound of the third on a log scale, `crowded` the part
    of its range that its values keep to; `choices` are of a further hyperparameter.
    """
    rng = np.random.default_rng(seed)
    x = points(sampling, trials, varied, rng)
    if crowded is not None:
        x[:, 2] = 0.5 + crowded * (x[:, 2] - 0.5)
    clean = SURFACES[surface](x)
    picked = np.zeros(len(x), dtype=np.int64)
    if choices:
        picked = rng.permutation(np.arange(len(x)) % len(choices))
        clean = clean + (0.5 * picked if choice_matters else 0)
    clean = clean / (float(np.ptp(clean)) or 1.0)
    random = noise_size * noise(noise_kind, len(x), rng)
    errors = (
        np.exp(2 * (clean + random)) / 10 if multiplicative else 0.2 + clean + random
    )
    axes = [axis(name) for name in NAMES[:varied]]
    if narrow is not None:
        axes[2] = replace(axes[2], lower=1.0, upper=narrow, scale="log")
    study = study_of(x, errors, axes)
    return _with_choices(study, choices, picked.tolist()) if choices else study


def _with_choices(study: Study, choices: Sequence[str], picked: Sequence[int]) -> Study:
    trials = tuple(
        replace(
            trial, hyperparameters={**trial.hyperparameters, "activation": choices[i]}
        )
        for trial, i in zip(study.trials, picked, strict=True)
    )
    added = Hyperparameter("activation", "categorical", choices=tuple(choices))
    space = SearchSpace((*study.search_space, added))
    return replace(study, trials=trials, search_space=space)

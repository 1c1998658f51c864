"""A table of ten columns, a noisy non-linear function of five, and a perceptron."""

from __future__ import annotations

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.workloads.workload import Workload

_SEED = 4
_TRAIN, _VALIDATION = 1000, 1000
_COLUMNS = 10
_NOISE = 1.0
_DEVIATION = 5.0


def _make() -> Data:
    """Friedman's first function (1991, Multivariate adaptive regression splines)."""
    rng = np.random.default_rng(_SEED)
    x = rng.uniform(0, 1, (_TRAIN + _VALIDATION, _COLUMNS))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    y = y + 10 * x[:, 3] + 5 * x[:, 4] + rng.normal(0, _NOISE, len(x))
    inputs = ((x - 0.5) * 12**0.5).astype(np.float32)
    targets = ((y - 14.4) / _DEVIATION).astype(np.float32)[:, None]
    return Data(inputs[:_TRAIN], targets[:_TRAIN], inputs[_TRAIN:], targets[_TRAIN:])


WORKLOAD = Workload(
    name="regression",
    model="perceptron",
    task="regression",
    inputs=(_COLUMNS,),
    outputs=1,
    make=_make,
    healthy=TrialConfiguration(
        workload="regression",
        max_train_steps=600,
        batch_size=64,
        learning_rate=0.02,
        schedule="cosine",
        width=32,
        depth=2,
        eval_every=20,
    ),
    expected=0.27,
    untrained=1.0,
)

"""A table of ten columns, a noisy non-linear function of five, and a perceptron.

Healthy: a validation rmse of 0.26 to 0.30 after 600 steps; predicting the mean is 1.0,
and the noise in the targets 0.2.

with the healthy settings and
------------------------------------------------------------------------------------
overfitting           train_examples 100, schedule constant; dropout 0.2 or
                      weight_decay 0.03 hold it back and lower the best error
divergence            learning_rate 1, schedule constant; clip_norm 0.1 cures it
"""

from __future__ import annotations

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.workloads.workload import Workload

_SEED = 4
_TRAIN, _VALIDATION = 2000, 1000
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
        learning_rate=0.05,
        schedule="cosine",
        width=32,
        depth=2,
        eval_every=20,
    ),
    expected=0.33,
    untrained=1.0,
)

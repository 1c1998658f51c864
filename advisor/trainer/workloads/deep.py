"""A deep perceptron without normalisation, unstable unless something steadies it.

Healthy, with warmup: a validation error of 2 to 4% after 600 steps, from a start of
87%. Residual branches without normalisation enlarge the activations layer by layer, so
that the first gradients are huge.

with the healthy settings and
------------------------------------------------------------------------------------
divergence at first   warmup_steps 0: NaN within 60 steps; clip_norm 1,
                      learning_rate 0.003 or normalization layer cure it as warmup
                      does
divergence later      learning_rate 0.15, schedule constant, after spikes
early saturation      learning_rate 0.1, schedule constant, clip_norm 1
"""

from __future__ import annotations

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.workloads.workload import Workload

_SEED = 5
_TRAIN, _VALIDATION = 1500, 1000
_COLUMNS = 16
_CLASSES = 8
_CENTRES = 24


def _make() -> Data:
    """Each class is three clouds of points; the clouds touch."""
    rng = np.random.default_rng(_SEED)
    centres = rng.normal(0, 1, (_CENTRES, _COLUMNS))
    cloud = rng.integers(0, _CENTRES, _TRAIN + _VALIDATION)
    x = centres[cloud] + rng.normal(0, 0.6, (len(cloud), _COLUMNS))
    inputs, targets = x.astype(np.float32), (cloud % _CLASSES).astype(np.int32)
    return Data(inputs[:_TRAIN], targets[:_TRAIN], inputs[_TRAIN:], targets[_TRAIN:])


WORKLOAD = Workload(
    name="deep",
    model="perceptron",
    task="classification",
    inputs=(_COLUMNS,),
    outputs=_CLASSES,
    make=_make,
    healthy=TrialConfiguration(
        workload="deep",
        max_train_steps=600,
        batch_size=64,
        learning_rate=0.03,
        schedule="cosine",
        warmup_steps=60,
        residual=True,
        width=32,
        depth=10,
        eval_every=20,
    ),
    expected=0.06,
    untrained=1 - 1 / _CLASSES,
)

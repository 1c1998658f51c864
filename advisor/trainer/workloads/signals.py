"""Noisy waveforms of six kinds, and a one-dimensional convolutional network.

Healthy: a validation error of 3.5 to 6% after 600 steps, from a start of 83%. Batch
norm makes it tolerant of the learning rate.
"""

from __future__ import annotations

import numpy as np

from advisor.model.curve import FloatArray
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.workloads.workload import Workload

_SEED = 2
_TRAIN, _VALIDATION = 1500, 1000
_LENGTH = 64
_KINDS = 6
_NOISE = 0.4


def _wave(kind: int, rng: np.random.Generator) -> FloatArray:
    """Sine, square, saw-tooth, rising tone, fading tone, pulses: [64]."""
    cycles, start = rng.uniform(3.0, 7.0), rng.uniform(0, 1)
    time = np.arange(_LENGTH) / _LENGTH
    phase = (cycles * time + start) % 1.0
    match kind:
        case 0:
            wave = np.sin(2 * np.pi * phase)
        case 1:
            wave = np.where(phase < 0.5, 1.0, -1.0)
        case 2:
            wave = 2 * phase - 1
        case 3:
            wave = np.sin(2 * np.pi * (cycles * time * (0.5 + time) + start))
        case 4:
            wave = 2 * np.sin(2 * np.pi * phase) * np.exp(-3 * time)
        case _:
            wave = np.where(phase < 0.15, 2.0, -0.35)
    return np.asarray(wave * rng.uniform(0.7, 1.3))


def _make() -> Data:
    rng = np.random.default_rng(_SEED)
    count = _TRAIN + _VALIDATION
    kinds = rng.integers(0, _KINDS, count)
    waves = np.stack([_wave(int(kind), rng) for kind in kinds])
    waves = waves + rng.normal(0, _NOISE, waves.shape)
    inputs, targets = waves[:, :, None].astype(np.float32), kinds.astype(np.int32)
    return Data(inputs[:_TRAIN], targets[:_TRAIN], inputs[_TRAIN:], targets[_TRAIN:])


WORKLOAD = Workload(
    name="signals",
    model="convolutional",
    task="classification",
    inputs=(_LENGTH, 1),
    outputs=_KINDS,
    make=_make,
    healthy=TrialConfiguration(
        workload="signals",
        max_train_steps=600,
        batch_size=16,
        learning_rate=0.1,
        schedule="cosine",
        normalization="batch",
        width=16,
        depth=3,
        eval_every=20,
    ),
    expected=0.07,
    untrained=1 - 1 / _KINDS,
)

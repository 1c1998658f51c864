"""The update rules of the playbook, for M trials with hyperparameters of their own.

Formulas: playbook, FAQ "What are the update rules for all the popular optimization
algorithms?"; AdamW: Loshchilov & Hutter 2019, Decoupled weight decay regularization.
Weight decay of the others is added to the (clipped) gradient, λθ.

Keras differs here: its velocity contains the learning rate, which is the same only
while the rate is constant; its RMSProp starts from v_0 = 0, the playbook's from 1; its
NAdam has a schedule of momenta (Dozat 2016), the playbook's none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import tensorflow as tf

from advisor.trainer.configuration import Optimizer
from advisor.trainer.tensor import Tensor

Slots: TypeAlias = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """Of one update; every tensor is shaped [M, 1 …] to stand beside the weight."""

    learning_rate: Tensor
    momentum: Tensor
    beta1: Tensor
    beta2: Tensor
    rho: Tensor
    epsilon: Tensor
    weight_decay: Tensor
    step: Tensor  # t + 1, as a float scalar

    @property
    def bias_correction(self) -> Tensor:
        """b_{t+1} of Adam and NAdam."""
        return tf.sqrt(1 - self.beta2**self.step) / (1 - self.beta1**self.step)


Update: TypeAlias = Callable[
    [Tensor, Tensor, Slots, Hyperparameters], tuple[Tensor, Slots]
]
"""Weight, gradient, slots and hyperparameters to the next weight and slots."""


def _sgd(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    return w - h.learning_rate * g, slots


def _momentum(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    v = h.momentum * slots[0] + g
    return w - h.learning_rate * v, (v,)


def _nesterov(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    v = h.momentum * slots[0] + g
    return w - h.learning_rate * (h.momentum * v + g), (v,)


def _rmsprop(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    v = h.rho * slots[0] + (1 - h.rho) * g * g
    m = h.momentum * slots[1] + h.learning_rate * g / tf.sqrt(v + h.epsilon)
    return w - m, (v, m)


def _moments(g: Tensor, slots: Slots, h: Hyperparameters) -> Slots:
    m = h.beta1 * slots[0] + (1 - h.beta1) * g
    v = h.beta2 * slots[1] + (1 - h.beta2) * g * g
    return m, v


def _adam(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    m, v = _moments(g, slots, h)
    rate = h.learning_rate * h.bias_correction
    return w - rate * m / (tf.sqrt(v) + h.epsilon), (m, v)


def _adamw(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    return _adam(w - h.learning_rate * h.weight_decay * w, g, slots, h)


def _nadam(
    w: Tensor, g: Tensor, slots: Slots, h: Hyperparameters
) -> tuple[Tensor, Slots]:
    m, v = _moments(g, slots, h)
    ahead = h.beta1 * m + (1 - h.beta1) * g
    rate = h.learning_rate * h.bias_correction
    return w - rate * ahead / (tf.sqrt(v) + h.epsilon), (m, v)


UPDATES: Mapping[Optimizer, Update] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
    "nadam": _nadam,
}
FIRST_SLOTS: Mapping[Optimizer, tuple[float, ...]] = {
    "sgd": (),
    "momentum": (0.0,),
    "nesterov": (0.0,),
    "rmsprop": (1.0, 0.0),
    "adam": (0.0, 0.0),
    "adamw": (0.0, 0.0),
    "nadam": (0.0, 0.0),
}
"""What the slots hold before the first update."""
COUPLED_DECAY = frozenset(UPDATES) - {"adamw"}

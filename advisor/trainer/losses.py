"""Losses and errors of M models, one number an example: [M, B]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import tensorflow as tf

from advisor.trainer.tensor import Array, Tensor

Loss: TypeAlias = Callable[[Tensor, Tensor, Tensor | None], Tensor]
"""Outputs, targets and label smoothing [M] (or None) to losses."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is minimised, and what is reported as the objective, lower being better."""

    loss: Loss
    error: Callable[[Tensor, Tensor], Tensor]
    error_name: str
    total: Callable[[Array], Array] = lambda means: means


def cross_entropy(outputs: Tensor, targets: Tensor, smoothing: Tensor | None) -> Tensor:
    """In nats; outputs are logits [M, B, …, classes], targets integers [M, B, …].

    Label smoothing: Szegedy et al. 2016, Rethinking the inception architecture for
    computer vision, section 7.
    """
    logs = tf.nn.log_softmax(outputs)
    indicators = tf.one_hot(targets, outputs.shape[-1])
    losses = -tf.reduce_sum(indicators * logs, -1)
    if smoothing is not None:
        shares = tf.reshape(smoothing, (-1, *(1 for _ in losses.shape[1:])))
        losses = (1 - shares) * losses - shares * tf.reduce_mean(logs, -1)
    return _by_example(losses)


def misclassified(outputs: Tensor, targets: Tensor) -> Tensor:
    """1 where the largest output is not the target's; ties and NaN count as wrong."""
    right = tf.one_hot(targets, outputs.shape[-1], True, False)
    of_target = tf.reduce_max(tf.where(right, outputs, -np.inf), -1)
    of_others = tf.reduce_max(tf.where(right, -np.inf, outputs), -1)
    return _by_example(1 - tf.cast(of_target > of_others, tf.float32))


def squared_error(outputs: Tensor, targets: Tensor, _: Tensor | None = None) -> Tensor:
    """Of outputs and targets [M, B, …]."""
    return _by_example(tf.math.squared_difference(outputs, targets))


def _by_example(losses: Tensor) -> Tensor:
    return tf.reduce_mean(losses, list(range(2, len(losses.shape))))


CLASSIFICATION = Task(cross_entropy, misclassified, "error")
REGRESSION = Task(squared_error, squared_error, "rmse", np.sqrt)
TASKS: Mapping[str, Task] = {
    "classification": CLASSIFICATION,
    "regression": REGRESSION,
}

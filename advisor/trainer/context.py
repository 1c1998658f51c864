"""What a model needs beside weights and inputs: mode, chance, running statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

import tensorflow as tf

from advisor.trainer.randomness import uniform
from advisor.trainer.tensor import Tensor, Tensors


@dataclass(slots=True)
class Context:
    """Of one pass through M models."""

    training: bool
    statistics: Tensors = field(default_factory=dict)  # running, of batch norm
    keys: Tensor | None = None  # uint32 [M]
    step: Tensor | None = None
    dropout: Tensor | None = None  # rates, [M]; None where no trial drops anything
    updated: dict[str, Tensor] = field(default_factory=dict)  # statistics afterwards
    added: Tensor | None = None  # to the loss, [M]: regularisation inside the model
    streams: int = 0

    def drop(self, activations: Tensor) -> Tensor:
        """Inverted dropout (Srivastava et al. 2014); activations [M, B, …]."""
        if not self.training or self.dropout is None:
            return activations
        self.streams += 1
        shape = activations.shape[1:]
        rates = tf.reshape(self.dropout, (-1, *(1 for _ in shape)))
        chance = uniform(self.keys, self.step, self.streams, shape)
        return tf.where(chance >= rates, activations / (1 - rates), 0.0)

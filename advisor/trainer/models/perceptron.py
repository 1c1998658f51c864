"""A multilayer perceptron: dense, normalisation, activation, dropout; then outputs."""

from __future__ import annotations

from math import prod

import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.layers import ACTIVATIONS, dense
from advisor.trainer.models.initial import InitialWeights
from advisor.trainer.normalization import normalize
from advisor.trainer.tensor import Tensor, Tensors


def initialize(
    configuration: TrialConfiguration, inputs: tuple[int, ...], outputs: int
) -> InitialWeights:
    """`depth` hidden layers of `width`, and a layer of outputs."""
    initial = InitialWeights(configuration)
    size = prod(inputs)
    for i in range(configuration.depth):
        initial.dense(f"hidden_{i}", size, configuration.width, hidden=True)
        initial.normalization(f"hidden_{i}", configuration.width)
        size = configuration.width
    initial.dense("outputs", size, outputs, hidden=False)
    return initial


def apply(
    weights: Tensors, x: Tensor, configuration: TrialConfiguration, context: Context
) -> Tensor:
    """Outputs [M, B, outputs] for x [M, B, …]; residual branches where shapes allow."""
    x = tf.reshape(x, (x.shape[0], x.shape[1], -1))
    activation = ACTIVATIONS[configuration.activation]
    for i in range(configuration.depth):
        name = f"hidden_{i}"
        y = dense(x, weights, name)
        y = activation(normalize(y, weights, name, configuration, context))
        y = context.drop(y)
        x = x + y if configuration.residual and x.shape == y.shape else y
    return dense(x, weights, "outputs")

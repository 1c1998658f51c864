"""A one-dimensional convolutional network: stages that shorten, mean over time."""

from __future__ import annotations

import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.layers import ACTIVATIONS, convolution, dense
from advisor.trainer.models.initial import InitialWeights
from advisor.trainer.normalization import normalize
from advisor.trainer.tensor import Tensor, Tensors


def stride(stage: int) -> int:
    """Four samples at first, then two; kernels are twice as long."""
    return 4 if stage == 0 else 2


def initialize(
    configuration: TrialConfiguration, inputs: tuple[int, ...], outputs: int
) -> InitialWeights:
    """`depth` convolutions of `width` channels on signals [length, channels]."""
    initial = InitialWeights(configuration)
    channels = inputs[-1]
    for i in range(configuration.depth):
        size = 2 * stride(i) * channels
        initial.dense(f"stage_{i}", size, configuration.width, hidden=True)
        initial.normalization(f"stage_{i}", configuration.width)
        channels = configuration.width
    initial.dense("outputs", channels, outputs, hidden=False)
    return initial


def apply(
    weights: Tensors, x: Tensor, configuration: TrialConfiguration, context: Context
) -> Tensor:
    """Outputs [M, B, outputs] for signals [M, B, length, channels].

    A residual branch adds every second sample of its input.
    """
    activation = ACTIVATIONS[configuration.activation]
    for i in range(configuration.depth):
        name = f"stage_{i}"
        y = convolution(x, weights, name, stride=stride(i))
        y = activation(normalize(y, weights, name, configuration, context))
        x = x[:, :, :: stride(i)]
        x = x + y if configuration.residual and x.shape == y.shape else y
    return dense(context.drop(tf.reduce_mean(x, 2)), weights, "outputs")

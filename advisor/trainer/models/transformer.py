"""A decoder-only transformer (Vaswani et al. 2017), normalised before each block."""

from __future__ import annotations

import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.layers import ACTIVATIONS, attention, dense
from advisor.trainer.models.initial import InitialWeights
from advisor.trainer.normalization import normalize
from advisor.trainer.tensor import Tensor, Tensors

HEADS = 2
EXPANSION = 2


def initialize(
    configuration: TrialConfiguration, inputs: tuple[int, ...], outputs: int
) -> InitialWeights:
    """`depth` blocks of `width` channels on sequences [length] of `outputs` symbols."""
    initial = InitialWeights(configuration)
    width = configuration.width
    initial.normal("symbols/embedding", (outputs, width), width**-0.5)
    initial.normal("places/embedding", (inputs[0], width), width**-0.5)
    for i in range(configuration.depth):
        name = f"block_{i}"
        initial.normalization(f"{name}/before_attention", width)
        initial.dense(
            f"{name}/attention/query_key_value", width, 3 * width, hidden=False
        )
        initial.dense(f"{name}/attention/output", width, width, hidden=False)
        initial.normalization(f"{name}/before_feedforward", width)
        initial.dense(f"{name}/expand", width, EXPANSION * width, hidden=True)
        initial.dense(f"{name}/contract", EXPANSION * width, width, hidden=False)
    initial.normalization("last", width)
    initial.dense("outputs", width, outputs, hidden=False)
    return initial


def apply(
    weights: Tensors, x: Tensor, configuration: TrialConfiguration, context: Context
) -> Tensor:
    """Outputs [M, B, length, symbols] for symbols [M, B, length]."""
    embedding = weights["symbols/embedding"]
    # A product with indicators is faster than gathering, forwards and backwards.
    x = tf.one_hot(x, embedding.shape[1])
    x = tf.einsum("mbls,msw->mblw", x, embedding)
    x = context.drop(x + weights["places/embedding"][:, None])
    activation = ACTIVATIONS[configuration.activation]

    def joined(x: Tensor, y: Tensor) -> Tensor:
        y = context.drop(y)
        return x + y if configuration.residual else y

    for i in range(configuration.depth):
        name = f"block_{i}"
        y = normalize(x, weights, f"{name}/before_attention", configuration, context)
        x = joined(x, attention(y, weights, f"{name}/attention", heads=HEADS))
        y = normalize(x, weights, f"{name}/before_feedforward", configuration, context)
        y = activation(dense(y, weights, f"{name}/expand"))
        x = joined(x, dense(y, weights, f"{name}/contract"))
    x = normalize(x, weights, "last", configuration, context)
    return dense(x, weights, "outputs")

"""Normalisation of activations [M, B, …, C], every trial by itself.

Batch norm: Ioffe & Szegedy 2015. Ghost batch norm, statistics of small parts of the
batch: Hoffer et al. 2017, Train longer, generalize better. Layer norm: Ba et al. 2016.
"""

from __future__ import annotations

import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.tensor import Tensor, Tensors

_EPSILON = 1e-5
_KEPT = 0.9  # of the running statistics at every step


def normalize(
    x: Tensor,
    weights: Tensors,
    name: str,
    configuration: TrialConfiguration,
    context: Context,
) -> Tensor:
    """As the configuration says; `none` hands `x` through."""
    kind = configuration.normalization
    if kind == "none":
        return x
    if kind == "layer":
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    elif context.training:
        size = configuration.batch_size
        if kind == "ghost_batch":
            size = configuration.ghost_batch_size or size
        return _by_batch(x, weights, name, size, context)
    else:
        mean = _beside(context.statistics[f"{name}/mean"], x)
        variance = _beside(context.statistics[f"{name}/variance"], x)
    return _scaled((x - mean) * tf.math.rsqrt(variance + _EPSILON), weights, name)


def _by_batch(
    x: Tensor, weights: Tensors, name: str, size: int, context: Context
) -> Tensor:
    """Statistics of `size` examples at a time; their mean enters the running ones."""
    trials, examples, *rest = x.shape
    groups = tf.reshape(x, (trials, examples // size, size, *rest))
    axes = list(range(2, len(groups.shape) - 1))
    mean, variance = tf.nn.moments(groups, axes=axes, keepdims=True)
    for part, found in (("mean", mean), ("variance", variance)):
        now = tf.reduce_mean(tf.reshape(found, (trials, -1, rest[-1])), 1)
        before = context.statistics[f"{name}/{part}"]
        kept = _KEPT * before + (1 - _KEPT) * now
        context.updated[f"{name}/{part}"] = tf.stop_gradient(kept)
    normal = (groups - mean) * tf.math.rsqrt(variance + _EPSILON)
    return _scaled(tf.reshape(normal, x.shape), weights, name)


def _scaled(normal: Tensor, weights: Tensors, name: str) -> Tensor:
    gain = _beside(weights[f"{name}/gain"], normal)
    return normal * gain + _beside(weights[f"{name}/offset"], normal)


def _beside(channels: Tensor, x: Tensor) -> Tensor:
    """[M, C] shaped to stand beside [M, B, …, C]."""
    between = (1 for _ in x.shape[1:-1])
    return tf.reshape(channels, (channels.shape[0], *between, channels.shape[-1]))

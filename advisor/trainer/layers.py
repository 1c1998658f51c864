"""Layers of M models side by side: activations [M, B, …, C], weights [M, …]."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import tensorflow as tf

from advisor.trainer.configuration import Activation
from advisor.trainer.tensor import Tensor, Tensors

ACTIVATIONS: Mapping[Activation, Callable[[Tensor], Tensor]] = {
    "relu": tf.nn.relu,
    "gelu": tf.nn.gelu,
    "tanh": tf.tanh,
    "sigmoid": tf.sigmoid,
}


def dense(x: Tensor, weights: Tensors, name: str) -> Tensor:
    """Over the last axis; one matrix product a trial, whatever lies between."""
    kernel, bias = weights[f"{name}/kernel"], weights[f"{name}/bias"]
    shape = x.shape
    rows = tf.reshape(x, (shape[0], -1, shape[-1]))
    y = tf.matmul(rows, kernel) + bias[:, None]
    return tf.reshape(y, (*shape[:-1], kernel.shape[-1]))


def convolution(x: Tensor, weights: Tensors, name: str, *, stride: int) -> Tensor:
    """One-dimensional, padded to L / stride outputs, which is whole: x [M, B, L, C].

    Written as a product with shifted blocks of `stride` samples, because grouped
    convolutions of many models have no fast form on processors. The kernel's size is a
    multiple of the stride.
    """
    trials, examples, length, channels = x.shape
    size = weights[f"{name}/kernel"].shape[1] // channels
    missing = size - stride
    x = tf.pad(x, ((0, 0), (0, 0), (missing // 2, missing - missing // 2), (0, 0)))
    blocks = tf.reshape(x, (trials, examples, -1, stride * channels))
    outputs = length // stride
    shifted = [blocks[:, :, i : i + outputs] for i in range(size // stride)]
    return dense(tf.concat(shifted, -1), weights, name)


def attention(x: Tensor, weights: Tensors, name: str, *, heads: int) -> Tensor:
    """Causal self-attention (Vaswani et al. 2017, section 3.2): x [M, B, L, C]."""
    trials, examples, length, channels = x.shape
    size = channels // heads
    joint = dense(x, weights, f"{name}/query_key_value")
    split = tf.reshape(joint, (trials, examples, length, 3, heads, size))
    query, key, value = tf.unstack(tf.transpose(split, (3, 0, 1, 4, 2, 5)))
    scores = tf.matmul(query, key, transpose_b=True) * size**-0.5
    past = tf.linalg.band_part(tf.ones((length, length), tf.bool), -1, 0)
    shares = tf.nn.softmax(tf.where(past, scores, -1e9))
    mixed = tf.transpose(tf.matmul(shares, value), (0, 1, 3, 2, 4))
    return dense(
        tf.reshape(mixed, (trials, examples, length, channels)),
        weights,
        f"{name}/output",
    )

"""Random numbers that depend on seed, step and place alone, alike on every machine.

A counter goes through a mixing function, so that a trial draws the same numbers alone
and in a batch, in whatever order steps run. The mixer is Wellons's `lowbias32`
(https://nullprogram.com/blog/2018/07/31/); the counter is spread by the golden ratio as
in SplitMix (Steele et al. 2014, Fast splittable pseudorandom number generators).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import tensorflow as tf

from advisor.trainer.tensor import Tensor

_GOLDEN = 0x9E3779B9


def uniform(keys: Tensor, step: Tensor, stream: int, shape: Sequence[int]) -> Tensor:
    """Numbers in [0, 1), [M, *shape], for the keys of M trials, uint32 [M]."""
    counter = tf.cast(step, tf.uint32) * _uint32(_GOLDEN) + _uint32(stream)
    start = _mixed(keys ^ _mixed(counter))[:, None]
    place = tf.constant(np.arange(prod(shape), dtype=np.uint32) * np.uint32(_GOLDEN))
    bits = _mixed(start + place[None])
    fraction = tf.cast(_shifted(bits, 8), tf.float32) * 2.0**-24
    return tf.reshape(fraction, (-1, *shape))


def _mixed(bits: Tensor) -> Tensor:
    bits = (bits ^ _shifted(bits, 16)) * _uint32(0x7FEB352D)
    bits = (bits ^ _shifted(bits, 15)) * _uint32(0x846CA68B)
    return bits ^ _shifted(bits, 16)


def _shifted(bits: Tensor, by: int) -> Tensor:
    return tf.bitwise.right_shift(bits, _uint32(by))


def _uint32(value: int) -> Tensor:
    return tf.constant(value, tf.uint32)

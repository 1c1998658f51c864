"""Names for what TensorFlow leaves untyped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Tensor: TypeAlias = Any
"""A tensor; comments state its shape. M is trials, B examples, T steps."""

Tensors: TypeAlias = Mapping[str, Tensor]
"""By the name of a weight, such as `hidden_0/kernel`."""

Array: TypeAlias = NDArray[Any]
Arrays: TypeAlias = Mapping[str, Array]
Float32Array: TypeAlias = NDArray[np.float32]

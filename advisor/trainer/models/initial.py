"""Initial weights of one model.

Kernels are normal with the standard deviation of He et al. 2015 before a ReLU or GELU,
of LeCun et al. 1998 elsewhere, times the configuration's `initialization_scale`.
"""

from __future__ import annotations

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.tensor import Float32Array


class InitialWeights:
    """Collects weights and running statistics, drawing in a fixed order."""

    def __init__(self, configuration: TrialConfiguration) -> None:
        self.weights: dict[str, Float32Array] = {}
        self.statistics: dict[str, Float32Array] = {}
        self._configuration = configuration
        self._rng = np.random.default_rng(configuration.seed)

    def dense(self, name: str, inputs: int, outputs: int, *, hidden: bool) -> None:
        """A kernel and a bias; `hidden` where an activation follows."""
        rectified = hidden and self._configuration.activation in ("relu", "gelu")
        deviation = ((2 if rectified else 1) / inputs) ** 0.5
        self.normal(f"{name}/kernel", (inputs, outputs), deviation)
        self.weights[f"{name}/bias"] = np.zeros(outputs, np.float32)

    def normal(self, name: str, shape: tuple[int, ...], deviation: float) -> None:
        """Of a mean of zero."""
        scale = deviation * self._configuration.initialization_scale
        self.weights[name] = self._rng.normal(0, scale, shape).astype(np.float32)

    def normalization(self, name: str, channels: int) -> None:
        """Gain, offset and running statistics, as the configured kind needs them."""
        kind = self._configuration.normalization
        if kind == "none":
            return
        self.weights[f"{name}/gain"] = np.ones(channels, np.float32)
        self.weights[f"{name}/offset"] = np.zeros(channels, np.float32)
        if kind != "layer":
            self.statistics[f"{name}/mean"] = np.zeros(channels, np.float32)
            self.statistics[f"{name}/variance"] = np.ones(channels, np.float32)

"""Generated surfaces: how the error depends on hyperparameters, and its noise."""

from __future__ import annotations

import numpy as np

from advisor.model.curve import FloatArray


def bowl(shape: str, x: FloatArray, optimum: FloatArray | float) -> FloatArray:
    """Error along one axis, zero at `optimum`; `beyond` is the side of larger x."""
    before, after = np.maximum(optimum - x, 0), np.maximum(x - optimum, 0)
    match shape:
        case "parabola":
            return (x - optimum) ** 2
        case "valley":
            return np.abs(x - optimum)
        case "cusp":
            return np.sqrt(np.abs(x - optimum))
        case "steep-beyond":
            return before + 4 * after
        case "shallow-beyond":
            return before + 0.4 * after
        case "wall-beyond":
            return before + (after > 0)
        case "flat-beyond":
            return before
    raise LookupError(f"no shape is called {shape}")


def ridge(x: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A parabola along random directions, each half as steep as the one before."""
    width = x.shape[1]
    directions, _ = np.linalg.qr(rng.standard_normal((width, width)))
    steepness = 0.5 ** np.arange(width)
    error: FloatArray = np.square(x @ directions) @ steepness
    return error


def noise(kind: str, count: int, rng: np.random.Generator) -> FloatArray:
    """Noise of unit standard deviation."""
    if kind == "heavy":
        return rng.standard_t(3, count) / np.sqrt(3)
    if kind == "skewed":
        return (rng.lognormal(0, 1, count) - np.exp(0.5)) / 2.161
    return rng.standard_normal(count)

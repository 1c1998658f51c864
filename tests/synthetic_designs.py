"""Generated designs: where the points of a search lie in the unit cube."""

from __future__ import annotations

from functools import cache

import numpy as np

from advisor.model.curve import FloatArray


def points(
    sampling: str, trials: int, dimensions: int, rng: np.random.Generator
) -> FloatArray:
    """Positions [trials, dimensions] in the unit cube."""
    if sampling == "uniform":
        return rng.random((trials, dimensions))
    if sampling == "halton":
        # Shifted by a random amount, as quasi-random search does (Cranley, Patterson).
        return (_halton(trials, dimensions) + rng.random(dimensions)) % 1
    if sampling == "grid":
        side = round(trials ** (1 / dimensions))
        axes = [np.linspace(0, 1, side)] * dimensions
        return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, dimensions)
    if sampling == "one-at-a-time":
        rows = np.full((trials, dimensions), 0.5)
        for i in range(1, trials):
            rows[i, i % dimensions] = rng.choice((0.0, 0.25, 0.75, 1.0))
        return rows
    if sampling == "choices":
        return rng.choice((0.0, 0.25, 0.5, 0.75, 1.0), (trials, dimensions))
    if sampling in ("clustered", "loosely-clustered"):
        width = 0.08 if sampling == "clustered" else 0.2
        centre = rng.uniform(0.2, 0.8, dimensions)
        start = rng.random((trials // 4, dimensions))
        near = centre + width * rng.standard_normal((trials - len(start), dimensions))
        return np.vstack((start, np.clip(near, 0, 1)))
    if sampling == "half-crowded":  # as where half of a round is exploited
        even = points("halton", trials // 2, dimensions, rng)
        centre = rng.uniform(0.2, 0.8, dimensions)
        crowd = centre + 0.05 * rng.standard_normal((trials - len(even), dimensions))
        return np.vstack((even, np.clip(crowd, 0, 1)))
    raise LookupError(f"no sampling is called {sampling}")


@cache
def _halton(trials: int, dimensions: int) -> FloatArray:
    columns = []
    for base in (2, 3, 5, 7, 11, 13, 17, 19)[:dimensions]:
        index, scale = np.arange(1, trials + 1), 1.0
        column = np.zeros(trials)
        while index.any():
            scale /= base
            column += scale * (index % base)
            index //= base
        columns.append(column)
    return np.stack(columns, axis=1)

"""A Gaussian process over hyperparameters: the error that is expected at a point.

Matern 5/2 with a length scale for each hyperparameter, all fitted by maximum a
posteriori with the gradient in closed form (Rasmussen and Williams 2006, 4.2 and 5.4;
Snoek et al. 2012 for its use on hyperparameters).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.model.curve import FloatArray

_ROOT_5 = math.sqrt(5)
_JITTER = 1e-8
_STARTS = 2
_ITERATIONS = 60
# Priors of logarithms, as mean and standard deviation. Lengths are parts of the range:
# with more hyperparameters points lie further apart, and each one matters less
# (Hvarfner et al. 2024). Heights have unit variance.
_LENGTH = (math.log(0.5), 1.0)
_HEIGHT = (0.0, 1.0)
_NOISE = (-2.0, 1.5)
_LIMITS = ((-4.0, 4.0), (-3.0, 3.0), (-8.0, 1.0))


@dataclass(frozen=True)
class GaussianProcess:
    """What is known of heights [n] at points [n, D], heights standardised."""

    points: FloatArray
    heights: FloatArray
    unordered: tuple[int, ...]  # columns without distances
    lengths: FloatArray  # [D]
    variance: float
    noise: float
    triangle: FloatArray  # Cholesky factor of the covariance, noise included [n, n]
    weights: FloatArray  # inverse covariance times heights [n]

    @classmethod
    def fit(
        cls,
        points: FloatArray,
        heights: FloatArray,
        rng: np.random.Generator,
        unordered: Sequence[int] = (),
    ) -> GaussianProcess:
        """The most likely one given the priors; NaN is a value that does not exist.

        `points` [n, D] are fractions of ranges; columns in `unordered` hold the number
        of a choice. `heights` [n] should be about standardised.
        """
        from scipy.optimize import minimize

        count = points.shape[1]
        likelihood = _Likelihood(_squares(points, points, unordered), heights)
        start = np.array([likelihood.length] * count + [_HEIGHT[0], _NOISE[0]])
        lengths, height, noise = _LIMITS
        best, least = start, math.inf
        for number in range(_STARTS):
            moved = start.copy()
            if number:
                moved[:count] += rng.normal(0, _LENGTH[1], count)
            found = minimize(
                likelihood,
                moved,
                jac=True,
                method="L-BFGS-B",
                bounds=[*[lengths] * count, height, noise],
                options={"maxiter": _ITERATIONS},
            )
            if found.fun < least:
                best, least = found.x, float(found.fun)
        return cls._made(points, heights, tuple(unordered), best)

    @classmethod
    def _made(
        cls,
        points: FloatArray,
        heights: FloatArray,
        unordered: tuple[int, ...],
        logarithms: FloatArray,
    ) -> GaussianProcess:
        from scipy.linalg import cho_solve

        *_, variance, noise = np.exp(logarithms).tolist()
        lengths = np.exp(logarithms[:-2])
        squares = _squares(points, points, unordered) @ lengths**-2.0
        covariance = variance * _matern(np.sqrt(squares))
        covariance[np.diag_indices(len(points))] += noise + _JITTER
        triangle = np.linalg.cholesky(covariance)
        weights = cho_solve((triangle, True), heights)
        return cls(
            points, heights, unordered, lengths, variance, noise, triangle, weights
        )

    def covariance(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Of the noise-free heights at points [n, D] and [m, D]: [n, m]."""
        squares = _squares(first, second, self.unordered) @ self.lengths**-2.0
        return self.variance * _matern(np.sqrt(squares))

    def expected(self, points: FloatArray) -> FloatArray:
        """Mean height at points [m, D]: [m]."""
        return np.asarray(self.covariance(points, self.points) @ self.weights)

    def left_out(self) -> FloatArray:
        """What the others let expect at each point, lengths as fitted [n].

        Rasmussen and Williams 2006, 5.4.2.
        """
        from scipy.linalg import cho_solve

        inverse = cho_solve((self.triangle, True), np.eye(len(self.heights)))
        return np.asarray(self.heights - self.weights / np.diag(inverse))

    def spread_out(self, candidates: FloatArray, caution: float) -> SpreadOut:
        """For choosing several of `candidates` [m, D], one after the other."""
        return SpreadOut(self, candidates, caution)


class SpreadOut:
    """Candidates with low expected heights, or of which little is known.

    Nothing is measured between two choices. The process is told what it expected
    itself, which leaves its mean alone and lowers the uncertainty around the choice, so
    that the next one lies elsewhere (GP-BUCB, Desautels et al. 2014).
    """

    def __init__(
        self, process: GaussianProcess, candidates: FloatArray, caution: float
    ) -> None:
        from scipy.linalg import solve_triangular

        self._process = process
        self._candidates = candidates
        self._caution = caution
        across = process.covariance(candidates, process.points)
        self._mean = across @ process.weights
        self._rows = [*solve_triangular(process.triangle, across.T, lower=True)]
        known = np.sum(np.square(self._rows), axis=0)
        self._variance = np.maximum(process.variance - known, 0.0)
        self._left = np.ones(len(candidates), dtype=bool)

    def next(self) -> int | None:
        """The most promising candidate that was not yet returned; None: no more."""
        if not self._left.any():
            return None
        promise = self._mean - self._caution * np.sqrt(self._variance)
        chosen = int(np.argmin(np.where(self._left, promise, np.inf)))
        self._left[chosen] = False
        return chosen

    def take(self, chosen: int) -> None:
        """Counts a candidate as measured."""
        process = self._process
        here = self._candidates[chosen : chosen + 1]
        left = process.covariance(here, self._candidates)[0]
        left -= sum(row * row[chosen] for row in self._rows)
        row = left / math.sqrt(self._variance[chosen] + process.noise + _JITTER)
        self._rows.append(row)
        self._variance = np.maximum(self._variance - row**2, 0.0)


class _Likelihood:
    """Negative logarithm of the posterior and its gradient, by logarithms [D + 2]."""

    def __init__(self, squares: FloatArray, heights: FloatArray) -> None:
        self._squares = squares  # [n, n, D]
        self._heights = heights
        self._count = squares.shape[-1]
        self.length = _LENGTH[0] + 0.5 * math.log(max(self._count, 1))

    def __call__(self, logarithms: FloatArray) -> tuple[float, FloatArray]:
        from scipy.linalg import cho_solve

        inverse_squares = np.exp(-2 * logarithms[:-2])
        variance, noise = np.exp(logarithms[-2:])
        distances = np.sqrt(self._squares @ inverse_squares)
        signal = variance * _matern(distances)
        covariance = signal.copy()
        diagonal = np.diag_indices(len(signal))
        covariance[diagonal] += noise + _JITTER
        triangle = np.linalg.cholesky(covariance)
        inverse = cho_solve((triangle, True), np.eye(len(signal)))
        weights = inverse @ self._heights
        value = 0.5 * self._heights @ weights + np.log(triangle[diagonal]).sum()
        sensitive = 0.5 * (inverse - np.outer(weights, weights))
        slope = variance * 5 / 3 * (1 + _ROOT_5 * distances)
        slope *= sensitive * np.exp(-_ROOT_5 * distances)
        gradient = np.append(
            np.tensordot(slope, self._squares, axes=2) * inverse_squares,
            [np.sum(sensitive * signal), noise * np.trace(sensitive)],
        )
        means = np.array([self.length] * self._count + [_HEIGHT[0], _NOISE[0]])
        deviations = [_LENGTH[1]] * self._count + [_HEIGHT[1], _NOISE[1]]
        away = (logarithms - means) / deviations
        return float(value + 0.5 * away @ away), gradient + away / deviations


def _matern(distances: FloatArray) -> FloatArray:
    scaled = _ROOT_5 * distances
    return np.asarray((1 + scaled + scaled**2 / 3) * np.exp(-scaled))


def _squares(
    first: FloatArray, second: FloatArray, unordered: Sequence[int]
) -> FloatArray:
    """Squared distances by column: [n, D], [m, D] to [n, m, D].

    Two choices are one apart, and so are a value and one that does not exist.
    """
    a, b = first[:, None, :], second[None, :, :]
    made = np.square(a - b)
    for column in unordered:
        made[..., column] = a[..., column] != b[..., column]
    absent = np.isnan(a), np.isnan(b)
    made[absent[0] ^ absent[1]] = 1.0
    made[absent[0] & absent[1]] = 0.0
    return made

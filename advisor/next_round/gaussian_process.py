"""A Gaussian process over hyperparameters: the error that is expected at a point.

Matern 5/2 with a length scale for each hyperparameter, all fitted by maximum a
posteriori with the gradient in closed form (Rasmussen and Williams 2006, 4.2 and 5.4;
Snoek et al. 2012 for its use on hyperparameters).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from advisor.model.curve import FloatArray

_ROOT_5 = math.sqrt(5)
_JITTER = 1e-8  # added to the noise, so that points that coincide have an inverse
_STARTS = 2  # of the fit: the means of the priors, and lengths drawn from theirs
_ITERATIONS = 60  # of a fit, which is flat long before


class _Prior(NamedTuple):
    """A normal prior of a logarithm, and the limits of the fit."""

    mean: float
    deviation: float
    lower: float
    upper: float


# Lengths are parts of the range; heights have unit variance.
_LENGTH = _Prior(math.log(0.5), 1.0, -4.0, 4.0)
_VARIANCE = _Prior(0.0, 1.0, -3.0, 3.0)
_NOISE = _Prior(-2.0, 1.5, -8.0, 1.0)


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

        posterior = NegativeLogPosterior(points, heights, unordered)
        best, least = posterior.means, math.inf
        for start in posterior.starts(rng):
            found = minimize(
                posterior,
                start,
                jac=True,
                method="L-BFGS-B",
                bounds=posterior.limits,
                options={"maxiter": _ITERATIONS},
            )
            if found.fun < least:
                best, least = found.x, float(found.fun)
        return cls._with(points, heights, tuple(unordered), best)

    @classmethod
    def _with(
        cls,
        points: FloatArray,
        heights: FloatArray,
        unordered: tuple[int, ...],
        logarithms: FloatArray,
    ) -> GaussianProcess:
        """That of known lengths, variance and noise, given as logarithms [D + 2]."""
        from scipy.linalg import cho_solve

        *_, variance, noise = np.exp(logarithms).tolist()
        lengths = np.exp(logarithms[:-2])
        squares = squared_distances(points, points, unordered) @ lengths**-2.0
        covariance = variance * _matern(np.sqrt(squares))
        covariance[np.diag_indices(len(points))] += noise + _JITTER
        triangle = np.linalg.cholesky(covariance)
        weights = cho_solve((triangle, True), heights)
        return cls(
            points, heights, unordered, lengths, variance, noise, triangle, weights
        )

    def covariance(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Of the noise-free heights at points [n, D] and [m, D]: [n, m]."""
        squares = squared_distances(first, second, self.unordered) @ self.lengths**-2.0
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


class NegativeLogPosterior:
    """To be minimised over the logarithms [D + 2] of lengths, variance and noise.

    With more hyperparameters points lie further apart, and each one matters less: the
    prior of lengths grows with the root of their number (Hvarfner et al. 2024).
    """

    def __init__(
        self, points: FloatArray, heights: FloatArray, unordered: Sequence[int] = ()
    ) -> None:
        self._squares = squared_distances(points, points, unordered)  # [n, n, D]
        self._heights = heights
        self._count = points.shape[1]
        length = _LENGTH.mean + 0.5 * math.log(max(self._count, 1))
        priors = [*[_LENGTH] * self._count, _VARIANCE, _NOISE]
        self.means = np.array([length] * self._count + [_VARIANCE.mean, _NOISE.mean])
        self._deviations = np.array([each.deviation for each in priors])
        self.limits = [(each.lower, each.upper) for each in priors]

    def starts(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Where to begin: at the means, then with other lengths."""
        yield self.means
        for _ in range(1, _STARTS):
            moved = self.means.copy()
            moved[: self._count] += rng.normal(0, _LENGTH.deviation, self._count)
            yield moved

    def __call__(self, logarithms: FloatArray) -> tuple[float, FloatArray]:
        """The value, and its gradient [D + 2]."""
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
        away = (logarithms - self.means) / self._deviations
        return float(value + 0.5 * away @ away), gradient + away / self._deviations


def _matern(distances: FloatArray) -> FloatArray:
    scaled = _ROOT_5 * distances
    return np.asarray((1 + scaled + scaled**2 / 3) * np.exp(-scaled))


def squared_distances(
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

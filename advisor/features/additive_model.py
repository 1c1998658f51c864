"""The error as a sum of one curve a hyperparameter: what the study features share.

Errors are first brought to a scale on which noise is even: their logarithm where that
fits better, and single values far from the fit are pulled in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.noise import median
from advisor.model.curve import FloatArray
from advisor.model.study import Design

_FAR = 3.0  # robust standard deviations from the fit
_CLEARLY_BETTER = 2.0  # difference of log likelihoods


@dataclass(frozen=True, slots=True)
class Points:
    """The trials that can be compared: positions and errors on an even scale."""

    positions: FloatArray  # [n, D] fractions of the range
    errors: FloatArray  # [n] on the chosen scale
    logarithmic: bool
    terms: int  # of the model of one hyperparameter: 2, 1 or, with few trials, 0

    @property
    def count(self) -> int:
        """Trials."""
        return len(self.errors)

    def others(self, column: int) -> FloatArray:
        """Orthonormal basis of all hyperparameters but one [n, ...]."""
        rest = np.delete(self.positions, column, axis=1)
        return basis(rest, self.terms)


def points_of(design: Design) -> Points:
    """The feasible trials of a design with every position known.

    Repeats of one configuration enter with their mean: more of them make the noise
    smaller, not the number of places that were looked at. Along one axis they stay
    apart, where they are the only measure of noise.
    """
    keep = design.feasible
    positions, errors = design.positions[keep], design.errors[keep]
    if positions.shape[1] > 1:
        positions, errors = _averaged(positions, errors)
    count, width = positions.shape
    terms = 2 if count >= 2 * (2 * width + 1) else 1 if count >= 2 * (width + 1) else 0
    model = basis(positions, terms)
    errors, logarithmic = even_errors(errors, model)
    return Points(positions, errors, logarithmic, terms)


def even_errors(errors: FloatArray, model: FloatArray) -> tuple[FloatArray, bool]:
    """Errors [n] on a scale where noise about the basis `model` is even; is it the log?

    In units of their range; single values far from the fit are pulled in.
    """
    errors = errors / (float(np.ptp(errors)) or 1.0)
    logarithmic = bool(errors.min() > 0) and _log_fits_better(errors, model)
    if logarithmic:
        errors = np.log(errors)
    return _pulled_in(errors, model), logarithmic


def _averaged(
    positions: FloatArray, errors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Different positions, in order of first use, and the mean error at each."""
    _, first, index, counts = np.unique(
        np.round(positions, 9),
        axis=0,
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    sums = np.bincount(index.reshape(-1), weights=errors)
    order = np.argsort(first)
    return positions[first[order]], (sums / counts)[order]


def basis(positions: FloatArray, terms: int) -> FloatArray:
    """Orthonormal basis of a constant and `terms` powers of each column [n, ...]."""
    centred = 2 * positions - 1
    powers = [centred**power for power in range(1, terms + 1)]
    columns = np.hstack([np.ones((len(positions), 1)), *powers])
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, sizes > 1e-6 * sizes[0]]


def without(model: FloatArray, values: FloatArray) -> FloatArray:
    """`values` [n] or [n, K] less their projection on the basis `model`."""
    return values - model @ (model.T @ values)


def partial_f(model: FloatArray, extra: FloatArray, values: FloatArray) -> float:
    """P-value of the F test that the columns `extra` [n, ...] explain nothing more.

    With an even number of columns the tail of F is a finite sum. An odd number is
    treated as one more, which errs towards a large p-value.
    """
    rest = without(model, values)
    left, sizes, _ = np.linalg.svd(without(model, extra), full_matrices=False)
    left = left[:, sizes > 1e-6 * max(float(sizes[0]), 1e-12)]
    explained = float(np.square(left.T @ rest).sum())
    total = float(rest @ rest)
    freedom = len(values) - model.shape[1] - left.shape[1]
    if freedom < 1 or left.shape[1] == 0:
        return 1.0
    if total - explained <= 1e-12 * total:
        return 0.0 if explained > 0 else 1.0
    unexplained = 1 - explained / total
    tail, term = 0.0, 1.0
    for k in range((left.shape[1] + 1) // 2):
        tail += term
        term *= (freedom / 2 + k) / (k + 1) * (1 - unexplained)
    return min(1.0, float(unexplained ** (freedom / 2)) * tail)


def deviation(model: FloatArray, values: FloatArray) -> float:
    """Standard deviation of `values` about their fit."""
    rest = without(model, values)
    return math.sqrt(float(rest @ rest) / max(len(values) - model.shape[1], 1))


def _log_fits_better(errors: FloatArray, model: FloatArray) -> bool:
    """Box and Cox (1964): compares likelihoods of the errors and their logarithms."""
    logs = np.log(errors)
    plain, log = deviation(model, errors), deviation(model, logs)
    if plain <= 0 or log <= 0:
        return False
    gain = len(errors) * math.log(plain / log) - float(logs.sum())
    return gain > _CLEARLY_BETTER


def _pulled_in(errors: FloatArray, model: FloatArray) -> FloatArray:
    """Errors further than three robust standard deviations from the fit, cut there."""
    fitted = errors - without(model, errors)
    rest = errors - fitted
    freedom = max(len(errors) - model.shape[1], 1)
    limit = _FAR * 1.4826 * median(np.abs(rest)) * math.sqrt(len(errors) / freedom)
    if limit <= 0:
        return errors
    cut: FloatArray = fitted + np.clip(rest, -limit, limit)
    return cut

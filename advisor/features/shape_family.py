"""Shapes that the error can have against one hyperparameter, and how well each fits.

Every shape has its optimum at one place, inside the range, at a bound or beyond it, and
one free height. Curved and straight sides, unequal sides, flat sides and a wall are all
there, because a parabola alone puts the optimum of |x - 0.8| at 0.95 and would call it
a boundary optimum. Weighing all shapes by their likelihood lets the data choose.
"""

from __future__ import annotations

import numpy as np

from advisor.features.additive_model import without
from advisor.model.curve import FloatArray

STEP = 0.05
INSIDE = np.arange(STEP / 2, 1, STEP)
BEYOND = np.array([1.0, 1.1, 1.25, 1.5, 2.0, 4.0])
_POWERS = ((1.0, 0.2), (1.5, 0.2), (2.0, 0.6))  # with their prior weights
_FLATTER = ((0.0, 0.005), (0.25, 0.05), (1.0, 0.89))  # slope of the flatter side
_WALL = 0.03
_OUTSIDE = 0.15  # prior of an optimum at or beyond one bound


def _plan() -> tuple[FloatArray, FloatArray]:
    """Place of the optimum and prior weight of every shape [K], in column order."""
    places, prior = [], []
    share = (1 - 2 * _OUTSIDE) / len(INSIDE)
    for _, curved in _POWERS:
        for _, weight in (*_FLATTER, *_FLATTER[-2::-1]):
            places.append(INSIDE)
            prior.append(np.full(len(INSIDE), curved * weight * (1 - _WALL) * share))
        for side in (BEYOND, 1 - BEYOND):
            places.append(side)
            prior.append(np.full(len(side), curved * _OUTSIDE / len(side)))
    for _ in range(2):
        places.append(INSIDE)
        prior.append(np.full(len(INSIDE), _WALL / 2 * share))
    return np.concatenate(places), np.concatenate(prior)


PLACES, PRIOR = _plan()


def shapes(positions: FloatArray) -> FloatArray:
    """Every shape at `positions` [n], as columns [n, K]."""
    x = positions[:, None]
    left, right = np.maximum(INSIDE - x, 0), np.maximum(x - INSIDE, 0)
    above, below = np.abs(BEYOND - x), np.abs(x - (1 - BEYOND))
    columns = []
    for power, _ in _POWERS:
        falls, rises = _raised(left, power), _raised(right, power)
        slopes = [slope for slope, _ in _FLATTER]
        columns += [falls + slope * rises for slope in slopes]
        columns += [slope * falls + rises for slope in slopes[-2::-1]]
        columns += [_raised(above, power), _raised(below, power)]
    columns += [left + (right > 0), right + (left > 0)]
    return np.hstack(columns)


def weigh(positions: FloatArray, errors: FloatArray, others: FloatArray) -> FloatArray:
    """Posterior of every shape [K], summing to 1, with hyperparameters regressed out.

    Noise is normal with an unknown scale, heights have a flat prior and must be
    positive: an optimum is a minimum.
    """
    columns = shapes(positions)
    rest = without(others, errors)
    # Residuals of thousands of columns are not needed, only their squares and products.
    squares = np.einsum("nk,nk->k", columns, columns)
    squares -= np.square(others.T @ columns).sum(axis=0)
    squares = np.maximum(squares, 1e-9)
    products = rest @ columns
    total = float(rest @ rest)
    freedom = max(len(errors) - others.shape[1] - 1, 1)
    unexplained = np.maximum(total - products**2 / squares, 1e-9 * total + 1e-300)
    t = products / np.sqrt(squares * unexplained / freedom)
    fits = -freedom / 2 * np.log(unexplained / (total + 1e-300)) + _log_normal_cdf(t)
    posterior = PRIOR * np.exp(fits - fits.max())
    weights: FloatArray = posterior / posterior.sum()
    return weights


def edge_odds(weights: FloatArray, *, upper: bool, inner: float, outer: float) -> float:
    """Posterior over prior odds of an optimum near or beyond a bound, or well inside.

    A Bayes factor (Kass and Raftery 1995): at 1 the trials say nothing.
    """
    places = PLACES if upper else 1 - PLACES
    edge, inside = places >= outer, places <= inner
    prior = float(PRIOR[edge].sum() / PRIOR[inside].sum())
    posterior = float(weights[edge].sum() / max(float(weights[inside].sum()), 1e-300))
    return posterior / prior


def _raised(distance: FloatArray, power: float) -> FloatArray:
    if power == 1.0:
        return distance
    if power == 1.5:
        root: FloatArray = distance * np.sqrt(distance)
        return root
    return distance * distance


def _log_normal_cdf(t: FloatArray) -> FloatArray:
    """Logarithm of the normal distribution function, to 0.001 where it matters."""
    bounded = np.clip(t, -8, 8)
    result: FloatArray = -np.logaddexp(0, -(1.5976 * bounded + 0.07056 * bounded**3))
    return result

"""The split of one axis above which marked trials gather, and how surprising it is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from advisor.model.curve import BoolArray, FloatArray, IntArray

_PERMUTATIONS = 2000


def best_split(positions: FloatArray, marked: BoolArray) -> tuple[float, float]:
    """Place of the split and its p-value; at the largest value where there is none.

    It maximises Fisher's hypergeometric surprise over all places between two values.
    Shuffled marks are searched for their best split in the same way, so that the search
    is paid for (Westfall and Young 1993).
    """
    order = np.argsort(positions, kind="stable")
    ordered, labels = positions[order], marked[order]
    cuts = np.flatnonzero(np.diff(ordered) > 0) + 1  # trials below each split
    count = int(marked.sum())
    if count in (0, len(marked)) or len(cuts) == 0:
        return float(ordered[-1]), 1.0
    below = tuple(cuts.tolist())
    scores = _scores(labels[None, :], cuts, surprise(len(marked), count, below))[0]
    best = int(np.argmax(scores))
    highest = _highest_by_chance(len(marked), count, below)
    reached = int((highest >= scores[best] - 1e-9).sum())
    place = float(ordered[cuts[best] - 1] + ordered[cuts[best]]) / 2
    return place, (1 + reached) / (1 + _PERMUTATIONS)


@lru_cache(maxsize=64)
def _highest_by_chance(trials: int, count: int, cuts: tuple[int, ...]) -> FloatArray:
    """Surprise of the best split of shuffled marks [M]; axes without ties share it."""
    labels = np.broadcast_to(np.arange(trials) < count, (_PERMUTATIONS, trials))
    shuffled = np.random.default_rng(0).permuted(labels, axis=1)
    places = np.array(cuts)
    highest: FloatArray = _scores(shuffled, places, surprise(trials, count, cuts)).max(
        axis=1
    )
    return highest


def _scores(labels: BoolArray, cuts: IntArray, surprises: FloatArray) -> FloatArray:
    """Surprise of every split [M, C] of labels [M, N] in order of position."""
    below = np.cumsum(labels, axis=1, dtype=np.int32)
    above = below[:, -1:] - below[:, cuts - 1]
    scores: FloatArray = surprises[np.arange(len(cuts)), above]
    return scores


@lru_cache(maxsize=16)
def surprise(trials: int, count: int, cuts: tuple[int, ...]) -> FloatArray:
    """-log P(at least a of the marked trials above a cut) [C, count + 1].

    `cuts` are numbers of trials below each cut.
    """
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, trials + 1)))))
    marked = np.arange(count + 1)
    above = (trials - np.array(cuts))[:, None]
    logs = (
        _log_choose(factorials, above, marked)
        + _log_choose(factorials, trials - above, count - marked)
        - _log_choose(factorials, np.array([[trials]]), np.array([count]))
    )
    tails = np.logaddexp.accumulate(logs[:, ::-1], axis=1)[:, ::-1]
    surprises: FloatArray = np.maximum(-tails, 0.0)
    return surprises


def _log_choose(factorials: FloatArray, total: IntArray, some: IntArray) -> FloatArray:
    """Logarithms of binomial coefficients; -inf where `some` exceeds `total`."""
    rest = total - some
    logs = factorials[total] - factorials[some] - factorials[np.maximum(rest, 0)]
    coefficients: FloatArray = np.where(rest >= 0, logs, -np.inf)
    return coefficients

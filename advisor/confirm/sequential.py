"""Decisions after a few seeds, and after a few more, at a stated rate of error.

Seeds are added in looks. Every look is another chance to be wrong, so the limits of all
looks together keep the error rate: for shares they are computed exactly (a random walk
that is stopped), for effects each look has its share of it (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from advisor.model.confirmation import Effect

_ROUNDING = 1e-9  # of equal differences, relative to them
EVEN = 0.5  # a finding that comes back in half of the trials is neither there nor gone


@lru_cache(maxsize=256)
def limits(looks: tuple[int, ...], alpha: float) -> tuple[int, ...]:
    """Successes wanted at each look to say that more than half succeed.

    With a true share of one half the chance of ever reaching a limit is at most
    `alpha`. A limit above its look cannot be reached. Earlier looks get what they can
    use of `alpha`, because seeds cost most.
    """
    going = np.array([1.0])  # probability of k successes, not stopped yet
    left, seen, found = alpha, 0, []
    for look in looks:
        for _ in range(look - seen):
            going = (np.append(going, 0.0) + np.append(0.0, going)) * EVEN
        seen = look
        tails = np.cumsum(going[::-1])[::-1]
        limit = int(np.argmax(np.append(tails, 0.0) <= left))
        left -= float(tails[limit]) if limit <= look else 0.0
        going[limit:] = 0.0
        found.append(limit)
    return tuple(found)


def decide_share(
    successes: int, trials: int, looks: Sequence[int], alpha: float
) -> bool | None:
    """True: more than half succeed. False: fewer than half do. None: not decided.

    Raises:
        ValueError: `trials` is no look.
    """
    if trials not in looks:
        raise ValueError(f"`trials` must be one of {tuple(looks)}, but got {trials}")
    limit = limits(tuple(looks), alpha)[list(looks).index(trials)]
    if successes >= limit:
        return True
    return False if trials - successes >= limit else None


def effect_of(differences: Sequence[float], *, larger: bool, alpha: float) -> Effect:
    """Mean of paired differences, its interval, and the one-sided p-value (Student).

    `larger` says which way was predicted; the interval's ends are one-sided limits at
    `alpha`. Equal differences, as of counts, show no noise between seeds; then only the
    agreement of their signs speaks, which n seeds show by chance in 1 of 2^n cases.
    """
    from scipy.special import stdtr, stdtrit  # scipy.stats takes a second to import

    values = np.asarray(differences, dtype=np.float64)
    count = len(values)
    mean = float(values.mean()) if count else math.nan
    if count < 2:
        return Effect(count, mean, -math.inf, math.inf, 1.0)
    error = float(values.std(ddof=1)) / math.sqrt(count)
    half = -float(stdtrit(count - 1, alpha)) * error
    gain = mean if larger else -mean
    if error > _ROUNDING * abs(mean):
        p_value = float(stdtr(count - 1, -gain / error))
    else:
        p_value = 2.0**-count if gain > 0 else 1.0
    return Effect(count, mean, mean - half, mean + half, p_value)

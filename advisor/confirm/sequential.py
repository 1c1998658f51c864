"""Decisions after a few seeds, and after a few more, at a stated rate of error.

Seeds are added in looks. Every look is another chance to be wrong, so the limits of all
looks together keep the error rate: for shares they are computed exactly (a random walk
that is stopped), for effects each look has its share of it (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from advisor.model.confirmation import Effect

Interval: TypeAlias = tuple[float, float]

_ROUNDING = 1e-9  # of equal differences, relative to them
_MOST_BY_ONE = 1.5  # times the others' spread; normal noise is nearly always below
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


def excess_of(effect: Effect, spread: float, margin: float, alpha: float) -> Interval:
    """One-sided limits at `alpha` of the mean minus `margin` standard deviations.

    Both are estimates. The distances of their own limits add as squares (MOVER; Donner
    and Zou 2012, Closed-form confidence intervals for functions of the normal mean and
    standard deviation). `effect` has its limits at the same `alpha`.
    """
    from scipy.special import chdtri

    freedom = effect.pairs - 1
    if freedom < 1:
        return -math.inf, math.inf
    least = spread * math.sqrt(freedom / float(chdtri(freedom, alpha)))
    most = spread * math.sqrt(freedom / float(chdtri(freedom, 1 - alpha)))
    middle, half = effect.mean - margin * spread, effect.upper - effect.mean
    return (
        middle - math.hypot(half, margin * (most - spread)),
        middle + math.hypot(half, margin * (spread - least)),
    )


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


def usual_spread(values: Sequence[float]) -> float:
    """Standard deviation; of one value far from all others only so much counts.

    A single seed that failed would else make every difference look usual.
    """
    given = np.asarray(values, dtype=np.float64)
    if len(given) < 2:
        return 0.0
    spread = float(given.std(ddof=1))
    if len(given) == 2:
        return spread
    others = np.delete(given, int(np.abs(given - given.mean()).argmax()))
    return min(spread, _MOST_BY_ONE * float(others.std(ddof=1)))

"""The share of infeasible trials, with its interval and its causes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.study import Study

_Z = 1.959964  # two-sided 95%


@dataclass(frozen=True, slots=True)
class InfeasibleFraction:
    """How many trials are infeasible, and why."""

    trials: int = quantity("trials", "with a known outcome")
    infeasible: int = quantity("trials", "infeasible ones")
    fraction: float = quantity("fraction", "infeasible among all with a known outcome")
    lower: float = quantity("fraction", "lower end of its 95% interval (Wilson)")
    upper: float = quantity("fraction", "upper end of its 95% interval (Wilson)")
    diverged: int = quantity("trials", "loss not finite or far above its start")
    very_bad: int = quantity("trials", "loss uncharacteristically high")
    crashed: int = quantity("trials", "crashed, or failed to start")
    main_cause: str = quantity("", "the most frequent cause")
    names: tuple[str, ...] = quantity("", "up to ten infeasible trials")


@feature()
def infeasible_fraction(study: Study) -> InfeasibleFraction:
    """The share of infeasible trials with Wilson's score interval (1927).

    Trials still going, without a result so far, have no known outcome and do not count.
    """
    causes = Counter(
        trial.infeasibility.cause for trial in study.infeasible if trial.infeasibility
    )
    infeasible = sum(causes.values())
    trials = infeasible + len(study.ranked)
    if trials == 0:
        raise NotEnoughDataError("at least 1 trial with a known outcome; there is none")
    lower, upper = wilson(infeasible, trials)
    return InfeasibleFraction(
        trials=trials,
        infeasible=infeasible,
        fraction=infeasible / trials,
        lower=lower,
        upper=upper,
        diverged=causes["diverged"],
        very_bad=causes["very bad loss"],
        crashed=causes["crashed"] + causes["failed to start"],
        main_cause=causes.most_common(1)[0][0] if causes else "none",
        names=tuple(trial.name for trial in study.infeasible[:10]),
    )


def wilson(count: int, total: int, z: float = _Z) -> tuple[float, float]:
    """Score interval of a share; never outside 0 to 1, sensible for small totals."""
    share = count / total
    scale = 1 + z * z / total
    centre = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)

"""The lead of the best configuration, by single evaluations and by their neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.configurations import tried_configurations
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.student import quantile
from advisor.model.curve import FloatArray
from advisor.model.study import Study
from advisor.model.trial import Trial

_NEIGHBOURS = 8
_FEWEST = 12


@dataclass(frozen=True, slots=True)
class SmoothedLead:
    """Best configuration and the next, each by the means over their repeats."""

    best: str = quantity("", "best trial of the best configuration")
    runner_up: str = quantity("", "best trial of the next configuration")
    difference: float = quantity("error", "mean of the next minus mean of the best")
    smoothed: float = quantity(
        "error", "the same of what neighbouring evaluations predict"
    )
    remaining: float = quantity("ratio", "smoothed over difference")
    remaining_upper: float | None = quantity(
        "ratio", "its one-sided bound at `alpha`, where trials were repeated"
    )
    luck: float = quantity(
        "error", "how far the best's evaluations lie below their neighbours, mean"
    )
    runner_up_luck: float = quantity("error", "the same of the next")
    fewest: int = quantity("trials", "of the two configurations, the fewer")
    names: tuple[str, ...] = quantity("", "best trials of best and next configuration")


@feature()
def smoothed_lead(study: Study, *, alpha: float = 0.05) -> SmoothedLead:
    """How much of the lead is left when each trial's step is judged by its neighbours.

    The evaluation that counts (the best, or the last) is predicted by a straight line
    through the eight nearest ones, itself left out. The best of many noisy evaluations
    lies below such a line, and the further the noisier or the longer the curve is. The
    bound is by how much this differs between repeats (Welch).
    """
    tried = tried_configurations(study)
    if len(tried) < 2:
        raise NotEnoughDataError(
            f"at least 2 configurations with a result; there are {len(tried)}"
        )
    best, runner_up = tried[:2]
    final = study.objective is not None and study.objective.selection == "final"
    lucks = [
        np.array([_luck_of(trial, final=final) for trial in each.trials])
        for each in (best, runner_up)
    ]
    means = [float(each.mean()) for each in lucks]
    difference = runner_up.mean - best.mean
    smoothed = difference + means[1] - means[0]
    margin = _margin(lucks, alpha)
    return SmoothedLead(
        best=best.name,
        runner_up=runner_up.name,
        difference=difference,
        smoothed=smoothed,
        remaining=smoothed / difference if difference > 0 else 1.0,
        remaining_upper=(smoothed + margin) / difference
        if margin is not None and difference > 0
        else None,
        luck=means[0],
        runner_up_luck=means[1],
        fewest=min(map(len, lucks)),
        names=(best.name, runner_up.name),
    )


def _margin(lucks: list[FloatArray], alpha: float) -> float | None:
    """Of the difference of the means; None where neither side was repeated."""
    parts = [(float(x.var(ddof=1)) / len(x), len(x) - 1) for x in lucks if len(x) > 1]
    total = sum(part for part, _ in parts)
    if total <= 0:
        return 0.0 if parts else None
    freedom = total**2 / sum(part**2 / degrees for part, degrees in parts)
    return quantile(alpha, freedom) * math.sqrt(total)


def _luck_of(trial: Trial, *, final: bool) -> float:
    """Predicted minus measured error at the step that counts."""
    curve = trial.curves.get("validation_error")
    finite = curve.finite() if curve is not None else None
    if finite is None or len(finite) < _FEWEST:
        count = len(finite) if finite is not None else 0
        raise NotEnoughDataError(
            f"at least {_FEWEST} evaluations of every trial; {trial.name} has {count}"
        )
    values = finite.values
    place = len(values) - 1 if final else int(np.argmin(values))
    start = min(max(place - _NEIGHBOURS // 2, 0), len(values) - _NEIGHBOURS - 1)
    window = np.arange(start, start + _NEIGHBOURS + 1)
    near = window[window != place]
    times = near - place
    centred = times - times.mean()
    slope = float(centred @ values[near]) / float(centred @ centred)
    predicted = float(values[near].mean()) - slope * float(times.mean())
    return predicted - float(values[place])

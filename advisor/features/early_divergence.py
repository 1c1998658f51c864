"""Trials that diverge early at learning rates no larger than the best ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.divergence import loss_divergences
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.infeasible_fraction import wilson
from advisor.model.study import Study
from advisor.model.trial import Trial

_BEST = 3
_FEWEST = 8
_NAMED = 10


@dataclass(frozen=True, slots=True)
class EarlyDivergence:
    """Early divergence among the trials at the learning rates in use.

    These are the rates up to the median of the three best trials; without a learning
    rate that varies, all trials are at the rate in use.
    """

    trials: int = quantity("trials", "at the rates in use, with a known outcome")
    early: int = quantity("trials", "of those: diverged early")
    late: int = quantity("trials", "of those: diverged later")
    share: float = quantity("fraction", "diverged early among those trials")
    lower: float = quantity("fraction", "lower end of its 95% interval (Wilson)")
    above: int = quantity("trials", "diverged early at larger rates")
    first_step: int | None = quantity("step", "of the earliest of those divergences")
    last_step: int | None = quantity("step", "of the latest of the early ones")
    length: int = quantity("step", "where the longest feasible trial ends")
    axis: str = quantity("", "what the curves count: step, epoch, row")
    best_rate: float | None = quantity("value", "median rate of the three best trials")
    rate: float | None = quantity(
        "value", "the smallest rate at which a trial diverged early"
    )
    names: tuple[str, ...] = quantity("", "up to ten of the trials in use that did")


@feature()
def early_divergence(study: Study, *, early: float = 0.1) -> EarlyDivergence:
    """How many trials diverge within the first `early` part of training.

    Where only rates above the best break, a wall is near or far; where rates in use
    break as well, which trials come through is luck.
    """
    known = [t for t in study.trials if t.feasible or t.infeasibility is not None]
    if len(known) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} trials with an outcome; there are {len(known)}"
        )
    length = max((t.last_step or 0 for t in study.ranked), default=0)
    onsets = {t.name: step for t in known if (step := _onset(t)) is not None}
    if any(map(_diverged, known)) and not (length and onsets):
        raise NotEnoughDataError("steps in the logs of diverged and feasible trials")
    rates = _rates(study)
    best = [rates[t.name] for t in study.ranked if t.name in rates][:_BEST]
    most = float(np.median(best)) if best else None
    used = [t for t in known if most is None or rates.get(t.name, np.inf) <= most]
    soon = {name for name, onset in onsets.items() if onset <= early * length}
    broken = [t.name for t in used if t.name in soon]
    steps = sorted(onsets[name] for name in broken)
    return EarlyDivergence(
        trials=len(used),
        early=len(broken),
        late=sum(t.name in onsets and t.name not in soon for t in used),
        share=len(broken) / max(len(used), 1),
        lower=wilson(len(broken), max(len(used), 1))[0],
        above=len(soon) - len(broken),
        first_step=steps[0] if steps else None,
        last_step=steps[-1] if steps else None,
        length=length,
        axis=_axis(study),
        best_rate=most,
        rate=_smallest(rates, broken),
        names=tuple(broken[:_NAMED]),
    )


def _rates(study: Study) -> dict[str, float]:
    """The learning rate of every trial by name, where it varies."""
    axis = study.search_space.find("learning_rate")
    if axis is None or not axis.varies or not axis.ordered:
        return {}
    values = {t.name: t.hyperparameters.get(axis.name) for t in study.trials}
    return {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _diverged(trial: Trial) -> bool:
    return trial.infeasibility is not None and trial.infeasibility.cause == "diverged"


def _onset(trial: Trial) -> int | None:
    """Where a diverged trial broke, in steps of its curves."""
    if trial.infeasibility is None or not _diverged(trial):
        return None
    for part in ("training_loss", "validation_loss"):
        curve = trial.curves.get(part)
        if curve is not None and len(curve):
            step = loss_divergences([curve])[0].onset_step
            if step is not None:
                return step
    return trial.infeasibility.step


def _axis(study: Study) -> str:
    curves = (curve for t in study.trials for curve in t.curves.values())
    return next((curve.axis for curve in curves), "step")


def _smallest(rates: dict[str, float], names: Sequence[str]) -> float | None:
    return min((rates[name] for name in names if name in rates), default=None)

"""Where in training the good trials of a study are best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import median
from advisor.features.training_lengths import counted
from advisor.model.curve import BoolArray
from advisor.model.trial import Trial


@dataclass(frozen=True, slots=True)
class BestSteps:
    """Best step over last step, for the good trials."""

    trials: int = quantity("trials", "good ones, with the objective against steps")
    smallest: float = quantity("fraction", "earliest best step over the last step")
    median: float = quantity("fraction", "best step over last step, in the middle")
    largest: float = quantity("fraction", "latest best step over the last step")
    latest_step: int = quantity("step", "the latest best step")
    early_share: float = quantity("fraction", "trials that are best early")
    early_chance: float = quantity(
        "probability", "that all are, if every evaluation were as likely to be best"
    )
    late_share: float = quantity("fraction", "trials that are best late")
    late_chance: float = quantity(
        "probability", "that so many are, if every evaluation were as likely"
    )
    at_first: float = quantity("fraction", "trials whose first evaluation is the best")
    evaluations: float = quantity("evaluations", "of a trial, in the middle")
    unit: str = quantity("", "what the axis counts: step or epoch")
    names: tuple[str, ...] = quantity("", "the trials")


@feature()
def best_steps(
    good_trials: Sequence[Trial], *, early: float = 0.1, late: float = 0.75
) -> BestSteps:
    """At which fraction of training the good trials have their best evaluation.

    The chances are for flat curves with noise, where any evaluation is as likely to be
    the best one. `early` counts up to that fraction of training, `late` after it.
    """
    fractions, chances, first, counts, latest = [], [], [], [], 0
    for trial in good_trials:
        curve = trial.curves["validation_error"].finite()
        last = float(trial.last_step or curve.steps[-1])
        if len(curve) < 2 or last <= 0:
            continue
        best = int(np.argmin(curve.values))
        places = curve.steps / last
        fractions.append(float(places[best]))
        chances.append((_share(places <= early), _share(places > late)))
        first.append(best == 0)
        counts.append(len(curve))
        latest = max(latest, int(curve.steps[best]))
    if not fractions:
        raise NotEnoughDataError(
            "at least 2 evaluations of a good trial; none has so many"
        )
    places = np.array(fractions)
    is_late = places > late
    return BestSteps(
        trials=len(places),
        smallest=float(places.min()),
        median=median(places),
        largest=float(places.max()),
        latest_step=latest,
        early_share=_share(places <= early),
        early_chance=math.prod(chance for chance, _ in chances),
        late_share=_share(is_late),
        late_chance=at_least(int(is_late.sum()), [chance for _, chance in chances]),
        at_first=_share(np.array(first)),
        evaluations=median(np.array(counts, dtype=np.float64)),
        unit=counted(good_trials),
        names=tuple(trial.name for trial in good_trials),
    )


def at_least(count: int, chances: Sequence[float]) -> float:
    """Probability of `count` or more successes of independent unequal chances."""
    distribution = np.array([1.0])
    for chance in chances:
        distribution = np.convolve(distribution, [1 - chance, chance])
    return min(1.0, float(distribution[count:].sum()))


def _share(mask: BoolArray) -> float:
    return float(np.mean(mask))

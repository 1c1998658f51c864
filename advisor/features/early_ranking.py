"""How early in training the ranking of trials is that of the end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.curve import Curve, FloatArray
from advisor.model.study import Study

_FEWEST = 8
_SHARES = (0.125, 0.25, 0.5)
_FEWEST_EVALUATIONS = 8
_SAME_LENGTH = 0.95
_LEVEL = 10  # a level is the mean over a tenth of the evaluations
_NORMAL_95 = 1.6449


@dataclass(frozen=True, slots=True)
class EarlyRanking:
    """Rank correlation of the objective early in training with that at the end."""

    trials: int = quantity("trials", "of one length, with the objective against steps")
    eighth: float = quantity("correlation", "at an eighth of training")
    quarter: float = quantity("correlation", "at a quarter")
    half: float = quantity("correlation", "at half")
    short: float | None = quantity(
        "fraction", "of training from which on the ranking is that of the end"
    )
    lower: float = quantity(
        "correlation", "lower 95% limit there, or at half if it never is"
    )
    short_steps: int | None = quantity("step", "that fraction of the last step")
    last_step: int = quantity("step", "of the longest trial")
    unit: str = quantity("", "what the axis counts: step or epoch")
    best_rank: int | None = quantity(
        "rank", "there, of the trial that is best at the end"
    )


@feature()
def early_ranking(study: Study, *, enough: float = 0.7) -> EarlyRanking:
    """From which fraction of training on trials rank as at the end.

    Spearman's correlation of the level over the last tenth before that point with the
    level over the last tenth of all; the two share no evaluation. `short` is the
    smallest of an eighth, a quarter and half from which on the lower limit (Fisher's z
    with the variance of Bonett and Wright 2000) is `enough`.
    """
    curves = _curves(study)
    if len(curves) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} trials of one length with their curves; "
            f"there are {len(curves)}"
        )
    last = max(int(curve.steps[-1]) for curve in curves)
    final = np.array([_level(curve, 1.0) for curve in curves])
    early = [np.array([_level(each, share) for each in curves]) for share in _SHARES]
    found = [_spearman(each, final) for each in early]
    lowest = [_lower(each, len(curves)) for each in found]
    first = next(
        (i for i in range(len(_SHARES)) if min(lowest[i:]) >= enough), len(_SHARES)
    )
    known = first < len(_SHARES)
    best = int(np.argmin(final))
    return EarlyRanking(
        trials=len(curves),
        eighth=found[0],
        quarter=found[1],
        half=found[2],
        short=_SHARES[first] if known else None,
        lower=lowest[first] if known else lowest[-1],
        short_steps=math.ceil(_SHARES[first] * last) if known else None,
        last_step=last,
        unit=curves[0].axis,
        best_rank=1 + int((early[first] < early[first][best]).sum()) if known else None,
    )


def _curves(study: Study) -> list[Curve]:
    """The objective of the feasible trials that ran to the common end."""
    curves = [
        trial.curves["validation_error"].finite()
        for trial in study.trials
        if trial.feasible and "validation_error" in trial.curves
    ]
    curves = [each for each in curves if len(each) >= _FEWEST_EVALUATIONS]
    last = max((float(each.steps[-1]) for each in curves), default=0.0)
    return [each for each in curves if each.steps[-1] >= _SAME_LENGTH * last]


def _level(curve: Curve, share: float) -> float:
    """Mean of the last evaluations up to a fraction of training."""
    reached = max(int((curve.steps <= share * curve.steps[-1]).sum()), 1)
    size = max(len(curve) // _LEVEL, 1)
    return float(curve.values[max(reached - size, 0) : reached].mean())


def _spearman(first: FloatArray, second: FloatArray) -> float:
    """Correlation of the ranks, ties sharing theirs; 0 where all are equal."""
    ranks = [_ranks(each) for each in (first, second)]
    if min(float(np.ptp(each)) for each in ranks) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: FloatArray) -> FloatArray:
    below = (values[:, None] > values[None, :]).sum(axis=1)
    same = (values[:, None] == values[None, :]).sum(axis=1)
    ranks: FloatArray = below + (same - 1) / 2
    return ranks


def _lower(correlation: float, count: int) -> float:
    bounded = min(max(correlation, -0.999999), 0.999999)
    error = math.sqrt((1 + bounded**2 / 2) / (count - 3))
    return math.tanh(math.atanh(bounded) - _NORMAL_95 * error)

"""What the good trials of a study still gain at the end of training, together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.condensed import condense
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import median, ratio
from advisor.features.schedule import schedule
from advisor.features.student import quantile, tail
from advisor.model.curve import Curve, FloatArray
from advisor.model.trial import Trial

_FEWEST_EVALUATIONS = 15
_FEWEST_TRIALS = 3


@dataclass(frozen=True, slots=True)
class GoodTrialsTrend:
    """Trends over the last third, each relative to the whole fall of its trial."""

    trials: int = quantity("trials", "good ones with enough evaluations")
    gain: float = quantity(
        "fraction of the fall", "mean further fall with so many more steps"
    )
    gain_lower: float = quantity(
        "fraction of the fall", "lower end of its 95% interval, one-sided"
    )
    p_value: float = quantity(
        "probability", "chance of such a mean between trials that are flat at the end"
    )
    relative: float = quantity(
        "fraction", "gain relative to what the second half of training gained"
    )
    levelling: float = quantity(
        "ratio", "slope at the very end over the mean slope of the last third"
    )
    levelling_lower: float = quantity("ratio", "lower end of its 90% interval")
    levelling_upper: float = quantity("ratio", "upper end of its 90% interval")
    acceleration: float = quantity(
        "ratio", "slope of the last third over that of the third before"
    )
    rates_logged: float = quantity("fraction", "trials with a learning rate logged")
    decayed: float = quantity(
        "fraction", "trials whose logged learning rate ends near zero"
    )


@feature()
def good_trials_trend(
    good_trials: Sequence[Trial], *, more_steps: float = 0.25, near_zero: float = 0.1
) -> GoodTrialsTrend:
    """The objective's trend at the end of training, over the good trials.

    Slopes are per e-fold of the steps. Trials are the units of the test (Student's, of
    the mean slope), so that noise with any memory within a trial does not matter.
    `near_zero` is a fraction of the peak of the learning rate.
    """
    curves = {
        trial.name: short
        for trial in good_trials
        if (short := _condensed(trial.curves["validation_error"])) is not None
    }
    if len(curves) < _FEWEST_TRIALS:
        raise NotEnoughDataError(
            f"at least {_FEWEST_TRIALS} good trials with {_FEWEST_EVALUATIONS} "
            f"evaluations; there are {len(curves)}"
        )
    rows = np.array([_slopes(times, values) for times, values in curves.values()])
    last, before, end, gained = rows.T
    count = len(rows)
    mean, error = float(last.mean()), _error_of_mean(last)
    t = quantile(0.05, count - 1)
    levelling, margin = 0.0, math.inf  # of what does not fall nothing can level off
    if mean > 0:
        levelling = float(end.mean()) / mean
        margin = t * _error_of_mean(end - levelling * last) / mean
    stretch = math.log1p(more_steps)
    finals = [_final_share(trial) for trial in good_trials if trial.name in curves]
    known = [share for share in finals if share is not None]
    return GoodTrialsTrend(
        trials=count,
        gain=mean * stretch,
        gain_lower=(mean - t * error) * stretch,
        p_value=tail(ratio(mean, error), count - 1),
        relative=ratio(mean * stretch, float(gained.mean())),
        levelling=levelling,
        levelling_lower=levelling - margin,
        levelling_upper=levelling + margin,
        acceleration=ratio(mean, max(float(before.mean()), 0.0)),
        rates_logged=len(known) / count,
        decayed=sum(share < near_zero for share in known) / count,
    )


def _condensed(curve: Curve) -> tuple[FloatArray, FloatArray] | None:
    """Logarithms of the steps, and errors in units of the curve's whole fall."""
    short = condense(curve)
    if len(short.values) < _FEWEST_EVALUATIONS:
        return None
    fall = median(short.raw[:3]) - float(short.values.min())
    if fall <= 0:
        return None
    return np.log(np.maximum(short.steps, 1).astype(np.float64)), short.values / fall


def _slopes(times: FloatArray, values: FloatArray) -> tuple[float, ...]:
    """Falls per e-fold: last third, third before, very end; second half's gain."""
    third, half = len(values) // 3, len(values) // 2
    last = _slope(times[-third:], values[-third:])
    before = _slope(times[-2 * third : -third], values[-2 * third : -third])
    end = _end_slope(times[-third:], values[-third:])
    final = float(values[-third:].mean()) - last * float(
        times[-1] - times[-third:].mean()
    )
    gained = median(values[half - 1 : half + 2]) - final
    return last, before, end, gained


def _error_of_mean(values: FloatArray) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values))


def _slope(times: FloatArray, values: FloatArray) -> float:
    centred = times - times.mean()
    return -float(centred @ values) / float(centred @ centred)


def _end_slope(times: FloatArray, values: FloatArray) -> float:
    """Slope of a parabola at its last point."""
    centred = times - times[-1]
    design = np.stack([np.ones(len(times)), centred, centred**2], axis=1)
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    return -float(coefficients[1])


def _final_share(trial: Trial) -> float | None:
    curve = trial.curves.get("learning_rate")
    if curve is None or len(curve.finite()) < 2:
        return None
    return schedule(curve).final_share

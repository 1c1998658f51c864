"""How much the best result owes to the number of trials: the best of n draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.additive_model import basis, deviation, points_of
from advisor.features.configurations import TriedConfiguration, tried_configurations
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.stated import worthwhile_difference
from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study

_FEWEST = 2
_FEWEST_FOR_A_RATE = 8
_FEWEST_WITHOUT_BEST = 5
_USUAL_RATE = 0.5  # of an error that is smooth in four hyperparameters that matter
_RATES = (0.3, 2.0)
_FREEDOM = 5
_EXACT = 1e-6  # of the spread: the surface passes through all points
_FARTHEST = 10  # times the present number


@dataclass(frozen=True, slots=True)
class BestOfN:
    """The best of all configurations, of half as many, and of twice as many."""

    configurations: int = quantity("configurations", "different ones with a result")
    hyperparameters: int = quantity("hyperparameters", "varied ones")
    per_hyperparameter: float = quantity("configurations", "per varied hyperparameter")
    most: float = quantity("configurations", "there are in all; infinite if continuous")
    best: float = quantity("error", "of the best one, mean over its repeats")
    half: int = quantity("configurations", "half of them")
    best_of_half: float = quantity("error", "expected best of half of them")
    lower: float = quantity("error", "lower quartile of the best of half of them")
    upper: float = quantity("error", "upper quartile of the best of half of them")
    gain: float = quantity("error", "expected gain of the best from twice as many")
    gain_upper: float = quantity(
        "error", "that gain if earlier doublings shrink as slowly as they may"
    )
    noise: float | None = quantity("error", "standard deviation of a repeat")
    freedom: int = quantity("degrees", "of freedom of that standard deviation")
    unit: float | None = quantity("error", "the stated range, else the noise")
    source: str = quantity("", "where that was taken from")
    relative: float | None = quantity("ratio", "gain in that unit")
    relative_upper: float | None = quantity("ratio", "upper gain in that unit")
    good: int = quantity("configurations", "within two of that unit of the best")
    wanted: int = quantity(
        "configurations", "at which another doubling gains less than that unit"
    )


@feature()
def best_of_n(study: Study, *, error_range: float = 0.0) -> BestOfN:
    """What half as many configurations would have found, and what twice as many may.

    The first is exact: the expectation over all halves, as the playbook's figure 3
    draws it. Failed configurations are draws without a result. The second continues the
    power law of the last two doublings, which an error that is smooth near its optimum
    obeys (rate 2 over the number of hyperparameters that matter). The unit is
    `error_range`, or the stated worthwhile difference, or the noise: from repeats, else
    from the scatter about a fitted surface, which is no less than that of a repeat.
    """
    tried = tried_configurations(study)
    if len(tried) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} different configurations with a result; "
            f"there are {len(tried)}"
        )
    errors = np.array([each.mean for each in tried], dtype=np.float64)
    draws = len(tried) + len(study.infeasible)
    chances = _chances(len(tried), draws, draws // 2)
    gain, rate = _gain(errors, draws)
    upper_gain = _slowest(errors, draws, gain)
    noise, source, freedom = _noise(study, tried)
    stated = error_range or worthwhile_difference(study)
    unit = stated or noise
    varied = len(study.search_space.varied)
    lower, upper = np.searchsorted(np.cumsum(chances), (0.25, 0.75 - 1e-12))
    return BestOfN(
        configurations=len(tried),
        hyperparameters=varied,
        per_hyperparameter=len(tried) / max(varied, 1),
        most=math.prod(map(_values, study.search_space.varied)),
        best=float(errors[0]),
        half=draws // 2,
        best_of_half=float(chances @ errors),
        lower=float(errors[int(lower)]),
        upper=float(errors[int(upper)]),
        gain=gain,
        gain_upper=upper_gain,
        noise=noise,
        freedom=freedom,
        unit=unit,
        source="stated" if stated else source,
        relative=gain / unit if unit else None,
        relative_upper=upper_gain / unit if unit else None,
        good=int((errors <= errors[0] + 2 * (unit or 0.0)).sum()),
        wanted=_wanted(len(tried), gain, rate, unit),
    )


def _chances(results: int, draws: int, size: int) -> FloatArray:
    """Chance of each result, best first, to be the best of `size` of `draws` [results].

    Drawn without repetition; draws without any result are left out.
    """
    size = max(size, 1)
    better = np.arange(results)
    # The k-th best leads if it is drawn and none of the better ones is.
    none_better = np.cumprod(
        np.concatenate(
            ([1.0], np.maximum(draws - size - better[:-1], 0) / (draws - better[:-1]))
        )
    )
    chances = np.minimum(none_better * size / (draws - better), none_better)
    shares: FloatArray = chances / chances.sum()
    return shares


def _gain(errors: FloatArray, draws: int) -> tuple[float, float]:
    """Expected gain from twice as many draws, and the rate at which gains shrink.

    One lucky trial is no trend: half of the say is with what the others show.
    """
    gain, rate = _doubled(errors, draws)
    if len(errors) <= _FEWEST_WITHOUT_BEST:
        return gain, rate
    other, other_rate = _doubled(errors[1:], draws - 1)
    return math.sqrt(gain * other), (rate + other_rate) / 2


def _doubled(errors: FloatArray, draws: int) -> tuple[float, float]:
    best, half, quarter = (
        float(_chances(len(errors), draws, size) @ errors)
        for size in (draws, draws // 2, draws // 4)
    )
    rate = _USUAL_RATE
    if draws >= _FEWEST_FOR_A_RATE and half > best and quarter > half:
        rate = math.log2((quarter - half) / (half - best))
        rate = min(max(rate, _RATES[0]), _RATES[1])
    return (half - best) * 2**-rate, rate


def _slowest(errors: FloatArray, draws: int, gain: float) -> float:
    """The largest gain that any of the last three doublings leaves possible.

    The last one hangs on one or two trials, earlier ones are means over more; they are
    carried on at the slowest rate.
    """
    best = [
        float(_chances(len(errors), draws, draws // size) @ errors)
        for size in (1, 2, 4, 8)
    ]
    carried = (
        (best[step] - best[step - 1]) * 2 ** (-step * _RATES[0]) for step in (1, 2, 3)
    )
    return max(gain, *carried)


def _noise(
    study: Study, tried: tuple[TriedConfiguration, ...]
) -> tuple[float | None, str, int]:
    repeated = [each.errors for each in tried if len(each.errors) > 1]
    freedom = sum(len(errors) - 1 for errors in repeated)
    if freedom:
        squares = sum(float(np.square(each - each.mean()).sum()) for each in repeated)
        return math.sqrt(squares / freedom), "repeats", freedom
    design = study.design
    if not design.axes or not design.feasible.any():
        return None, "nothing", 0
    points = points_of(design)
    model = basis(points.positions, points.terms)
    if points.terms < 2 or points.count < model.shape[1] + _FREEDOM:
        return None, "nothing", 0
    scatter = deviation(model, points.errors)
    if scatter < _EXACT * float(np.ptp(points.errors)):
        return None, "nothing", 0
    known = design.errors[design.feasible]
    # On a logarithmic scale the scatter is relative; what counts is that of the best.
    unit = abs(float(known.min())) if points.logarithmic else float(np.ptp(known))
    return scatter * unit, "scatter", points.count - model.shape[1]


def _values(hyperparameter: Hyperparameter) -> float:
    """How many values it can take; infinite unless choices or whole numbers are."""
    if hyperparameter.choices:
        return len(hyperparameter.choices)
    if hyperparameter.kind == "integer" and hyperparameter.declared:
        lower, upper = hyperparameter.bounds
        return upper - lower + 1
    return math.inf


def _wanted(count: int, gain: float, rate: float, unit: float | None) -> int:
    """Configurations at which a doubling gains one unit; at most ten times as many."""
    if not unit or gain <= unit:
        return count
    growth = min(float((gain / unit) ** (1 / rate)), float(_FARTHEST))
    return math.ceil(count * growth)

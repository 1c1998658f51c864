"""Where along each hyperparameter the optimum lies, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.features.additive_model import (
    Points,
    basis,
    deviation,
    partial_f,
    points_of,
    without,
)
from advisor.features.edge_level import Levels, compare_levels
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.shape_family import PLACES, STEP, edge_odds, weigh
from advisor.model.curve import FloatArray
from advisor.model.study import Design
from advisor.model.wider_bound import wider_bound

_FEWEST = 10
_FEW_LEVELS = 4
_MOST_ODDS = 1e6
_OUTER_FIFTH = 0.8
_BEST, _BEST_SHARE = 5, 10
_FARTHEST = 10  # times the present number of trials


@dataclass(frozen=True, slots=True)
class Location:
    """The optimum along one hyperparameter, in its own scale and unit."""

    trials: int = quantity("trials", "feasible ones that differ in more than the seed")
    levels: int = quantity("values", "different values of this hyperparameter")
    side: str = quantity("", "the bound that is nearer to the optimum")
    bound: float = quantity("value", "that bound")
    odds: float = quantity(
        "ratio",
        "how much likelier the optimum is at or beyond that bound than well inside",
    )
    inside: float = quantity("probability", "of an optimum inside both bounds")
    lower: float = quantity(
        "value", "lower end of the optimum's 90% interval, or bound"
    )
    estimate: float = quantity("value", "median of the optimum's location, or bound")
    upper: float = quantity(
        "value", "upper end of the optimum's 90% interval, or bound"
    )
    beyond: bool = quantity("", "whether the median lies at or beyond that bound")
    p_value: float = quantity(
        "probability", "that its effect is chance, times the hyperparameters looked at"
    )
    effect: float = quantity(
        "standard deviations", "fitted change of the error over the whole range"
    )
    effect_upper: float = quantity("standard deviations", "its upper 95% limit")
    feasible_near: int = quantity("trials", "feasible ones in the fifth at that bound")
    infeasible_near: int = quantity("trials", "infeasible ones in that fifth")
    trials_wanted: int = quantity("trials", "about so many in all would decide")
    hard: bool = quantity("", "whether that bound is a limit that cannot be crossed")
    perhaps_hard: bool = quantity("", "whether it looks like one: 0, or 1 over 0 to 1")
    next_bound: float = quantity("value", "that bound moved outwards, within limits")
    best_place: float = quantity(
        "fraction", "mean place of the best tenth, at least five; 1 is that bound"
    )
    best_trials: tuple[str, ...] = quantity("", "the three best trials, best first")
    logarithmic: bool = quantity("", "whether the logarithm of the error was used")


@dataclass(frozen=True, slots=True)
class _Demands:
    inner: float
    outer: float
    enough_odds: float
    alpha: float


@feature(per="hyperparameter")
def optimum_location(
    design: Design,
    *,
    inner: float = 0.8,
    outer: float = 0.9,
    enough_odds: float = 40.0,
    alpha: float = 0.05,
) -> Mapping[str, Location]:
    """Where the optimum lies along each ordered hyperparameter.

    The error is modelled as a curve of this hyperparameter plus linear and quadratic
    terms of the others (fewer with few trials). The curve is any of 380 shapes with the
    optimum inside, at or beyond a bound; their posterior gives the location. `odds`
    compares an optimum at `outer` of the way to a bound or beyond it with one no
    further than `inner`. The prior is taken out of it (a Bayes factor, Kass and Raftery
    1995): at 1 the trials say nothing. A hyperparameter without an effect has no
    optimum, so `p_value`, an F test, must be small too. Of fewer than four values, or
    ten of the only hyperparameter, levels are compared instead. How well this keeps
    its promise is measured in benchmarks/boundary_false_alarms.py.

    `trials_wanted` scales the evidence so far up to `enough_odds` and `alpha`.
    """
    if not design.feasible.any():
        raise NotEnoughDataError(f"at least {_FEWEST} feasible trials; there is none")
    points = points_of(design)
    if points.count < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} feasible trials that differ; there are {points.count}"
        )
    demands = _Demands(inner, outer, enough_odds, alpha)
    everything = basis(points.positions, max(points.terms, 1))
    noise = deviation(everything, points.errors)
    return {
        axis.name: _locate(design, points, column, noise, demands)
        for column, axis in enumerate(design.axes)
        if np.ptp(points.positions[:, column]) > 0
    }


def _locate(
    design: Design, points: Points, column: int, noise: float, demands: _Demands
) -> Location:
    axis = design.axes[column]
    fit, levels = _fit(points, column, demands)
    upper = fit.upper_odds >= fit.lower_odds
    odds = max(fit.upper_odds, fit.lower_odds, 1 / _MOST_ODDS)
    effect, effect_upper = _effect(points, column, noise)
    everywhere = design.positions[:, column]
    near = everywhere >= _OUTER_FIFTH if upper else everywhere <= 1 - _OUTER_FIFTH
    low, middle, high = (axis.value_at(min(max(x, 0), 1)) for x in fit.interval)
    wider = wider_bound(axis, "upper" if upper else "lower")
    best_place = _place_of_best(points, column)
    return Location(
        trials=points.count,
        levels=levels,
        side="upper" if upper else "lower",
        bound=axis.bounds[int(upper)],
        odds=min(odds, _MOST_ODDS),
        inside=fit.inside,
        lower=low,
        estimate=middle,
        upper=high,
        beyond=fit.interval[1] >= 1 if upper else fit.interval[1] <= 0,
        p_value=min(1.0, fit.p_value * len(design.axes)),
        effect=effect,
        effect_upper=effect_upper,
        feasible_near=int((near & design.feasible).sum()),
        infeasible_near=int((near & design.infeasible).sum()),
        trials_wanted=_trials_wanted(
            points.count, odds, fit.p_value * len(design.axes), demands
        ),
        hard=wider.limit,
        perhaps_hard=wider.perhaps,
        next_bound=int(wider.value) if axis.kind == "integer" else wider.value,
        best_place=best_place if upper else 1 - best_place,
        best_trials=_best_trials(design),
        logarithmic=points.logarithmic,
    )


def _best_trials(design: Design) -> tuple[str, ...]:
    order = np.argsort(np.where(design.feasible, design.errors, np.inf), kind="stable")
    return tuple(design.names[i] for i in order[:3])


def _place_of_best(points: Points, column: int) -> float:
    count = max(_BEST, points.count // _BEST_SHARE)
    best = np.argsort(points.errors, kind="stable")[:count]
    return float(points.positions[best, column].mean())


def _fit(points: Points, column: int, demands: _Demands) -> tuple[Levels, int]:
    """The evidence on the location, and the number of different values."""
    positions, others = points.positions[:, column], points.others(column)
    levels = len(np.unique(positions))
    if levels < _FEW_LEVELS or (points.positions.shape[1] == 1 and levels < _FEWEST):
        return compare_levels(positions, points.errors, others), levels
    weights = weigh(positions, points.errors, others)
    within = {"inner": demands.inner, "outer": demands.outer}
    centred = 2 * positions - 1
    return (
        Levels(
            upper_odds=edge_odds(weights, upper=True, **within),
            lower_odds=edge_odds(weights, upper=False, **within),
            inside=float(weights[np.abs(PLACES - 0.5) < demands.outer - 0.5].sum()),
            interval=_interval(weights),
            p_value=partial_f(
                others, np.stack((centred, centred**2), axis=1), points.errors
            ),
        ),
        levels,
    )


def _interval(weights: FloatArray) -> tuple[float, float, float]:
    """Places at 5%, 50% and 95% of the posterior; each stands for a step around it."""
    order = np.argsort(PLACES, kind="stable")
    total = np.cumsum(weights[order])
    low, middle, high = np.searchsorted(total, (0.05, 0.5, 0.95))
    last = len(order) - 1
    return (
        float(PLACES[order[low]]) - STEP / 2,
        float(PLACES[order[middle]]),
        float(PLACES[order[min(int(high), last)]]) + STEP / 2,
    )


def _effect(points: Points, column: int, noise: float) -> tuple[float, float]:
    """Largest change of the fitted parabola over the range, and its upper limit.

    In standard deviations of the noise. The limit is Scheffé's for all contrasts of the
    two coefficients at once, at 95%.
    """
    centred = 2 * points.positions[:, column] - 1
    extra = without(points.others(column), np.stack((centred, centred**2), axis=1))
    inverse = np.linalg.pinv(extra.T @ extra)
    coefficients = inverse @ (extra.T @ points.errors)
    ends = np.linspace(-1, 1, 9)
    table = np.stack((ends, ends**2), axis=1)
    contrasts = (table[:, None, :] - table[None, :, :]).reshape(-1, 2)
    changes = np.abs(contrasts @ coefficients)
    errors = np.sqrt(np.einsum("ci,ij,cj->c", contrasts, inverse, contrasts))
    freedom = max(points.count - 1 - 2 * points.positions.shape[1], 3)
    # The upper quantile of F with two degrees of freedom is a plain power.
    limit = math.sqrt(freedom * (0.05 ** (-2 / freedom) - 1))
    if noise <= 0:
        return (math.inf, math.inf) if changes.max() > 0 else (0.0, 0.0)
    return (
        float(changes.max()) / noise,
        float((changes + limit * noise * errors).max()) / noise,
    )


def _trials_wanted(count: int, odds: float, p_value: float, demands: _Demands) -> int:
    """Trials at which evidence that grows as it did so far would suffice."""
    per_odds = math.log(demands.enough_odds) / max(abs(math.log(odds)), 1e-9)
    logs = math.log(max(p_value, 1e-300))
    per_p = math.log(demands.alpha) / logs if logs < 0 else math.inf
    growth = min(max(per_odds, per_p, 1.2), float(_FARTHEST))
    return 10 * math.ceil(count * growth / 10)

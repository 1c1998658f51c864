"""The value of a hyperparameter above which trials become infeasible."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advisor.features.additive_model import points_of
from advisor.features.best_split import best_split
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.shape_family import edge_odds, weigh
from advisor.model.curve import BoolArray
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Design

_FEWEST = 8
_BEST = 3
_FEWEST_FOR_A_SHAPE = 6
_MOST_ODDS = 1e6


@dataclass(frozen=True, slots=True)
class Threshold:
    """The split that best separates infeasible trials above from feasible ones."""

    trials: int = quantity("trials", "with a known outcome and a value")
    infeasible: int = quantity("trials", "infeasible ones, of whatever cause")
    threshold: float = quantity("value", "where the split lies")
    above: int = quantity("trials", "above the split")
    below: int = quantity("trials", "below the split")
    infeasible_above: int = quantity("trials", "infeasible ones above it")
    infeasible_below: int = quantity("trials", "infeasible ones below it")
    share_above: float = quantity("fraction", "infeasible among those above")
    share_below: float = quantity("fraction", "infeasible among those below")
    p_value: float = quantity(
        "probability",
        "that the best split of shuffled trials separates as well (permutations)",
    )
    best_value: float = quantity("value", "median of the three best trials' values")
    distance: float = quantity(
        "ratio", "threshold over the median value of the three best trials"
    )
    distance_of_best: float = quantity(
        "ratio", "threshold over the value of the best trial alone"
    )
    odds: float = quantity(
        "ratio",
        "how much likelier the optimum is at or beyond the split than well below it",
    )
    best_trials: tuple[str, ...] = quantity("", "the three best trials, best first")


@feature(per="hyperparameter")
def instability_threshold(
    design: Design, *, inner: float = 0.8, outer: float = 0.9
) -> Mapping[str, Threshold]:
    """For each hyperparameter, the value above which infeasible trials gather.

    A share above near 1 and a small share below is a wall; `distance` says how close
    below it the best trials are, and `odds` whether the error still improves there: as
    in `optimum_location`, with the split for a bound, 1 says nothing, less than 1 that
    the optimum lies below.
    """
    known = np.isfinite(design.errors) | design.infeasible
    if int(known.sum()) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} trials with an outcome; there are {int(known.sum())}"
        )
    results = {}
    for column, axis in enumerate(design.axes):
        keep = known & np.isfinite(design.positions[:, column])
        if int(keep.sum()) >= _FEWEST:
            results[axis.name] = _threshold(design, column, axis, keep, inner, outer)
    return results


def _threshold(
    design: Design,
    column: int,
    axis: Hyperparameter,
    keep: BoolArray,
    inner: float,
    outer: float,
) -> Threshold:
    positions, bad = design.positions[keep, column], design.infeasible[keep]
    place, p_value = best_split(positions, bad)
    order = np.argsort(np.where(bad, np.inf, design.errors[keep]), kind="stable")
    best = order[: min(_BEST, int((~bad).sum()))]
    above = positions > place
    threshold = axis.value_at(place)
    best_value = (
        axis.value_at(float(np.median(positions[best]))) if len(best) else math.nan
    )
    value = axis.value_at(float(positions[best[0]])) if len(best) else math.nan
    names = np.array(design.names)[keep]
    return Threshold(
        trials=len(bad),
        infeasible=int(bad.sum()),
        threshold=threshold,
        above=int(above.sum()),
        below=int((~above).sum()),
        infeasible_above=int(bad[above].sum()),
        infeasible_below=int(bad[~above].sum()),
        share_above=_share(bad[above]),
        share_below=_share(bad[~above]),
        p_value=p_value,
        best_value=best_value,
        distance=threshold / best_value if best_value > 0 else math.inf,
        distance_of_best=threshold / value if value > 0 else math.inf,
        odds=wall_odds(design, column, place, inner, outer),
        best_trials=tuple(str(name) for name in names[best]),
    )


def _share(bad: BoolArray) -> float:
    return float(bad.mean()) if len(bad) else 0.0


def wall_odds(
    design: Design, column: int, place: float, inner: float = 0.8, outer: float = 0.9
) -> float:
    """Bayes factor of an optimum at or beyond the split against one well below it."""
    keep = design.feasible & (design.positions[:, column] <= place)
    if int(keep.sum()) < _FEWEST_FOR_A_SHAPE:
        return 1.0
    points = points_of(
        replace(design, positions=design.positions[keep], errors=design.errors[keep])
    )
    positions = points.positions[:, column]
    start = min(float(positions.min()), 0.0)
    if np.ptp(positions) == 0:
        return 1.0
    scaled = (positions - start) / (place - start)
    weights = weigh(scaled, points.errors, points.others(column))
    odds = edge_odds(weights, upper=True, inner=inner, outer=outer)
    return min(max(odds, 1 / _MOST_ODDS), _MOST_ODDS)

"""The value of a hyperparameter above which trials become infeasible."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.curve import BoolArray, FloatArray
from advisor.model.study import Design

_FEWEST = 8
_PERMUTATIONS = 2000


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
    distance_in_range: float = quantity(
        "fraction", "the same distance as a fraction of the range in its own scale"
    )
    best_trials: tuple[str, ...] = quantity("", "the three best trials, best first")


@feature(per="hyperparameter")
def instability_threshold(design: Design) -> Mapping[str, Threshold]:
    """For each hyperparameter, the value above which infeasible trials gather.

    The split maximises Fisher's hypergeometric surprise over all places between two
    values; the p-value shuffles infeasibility over the trials and searches the split
    again, so the search is paid for (Westfall and Young 1993). The share above near 1
    and a small share below is a wall; `distance` says how close below it the best
    trials are.
    """
    known = np.isfinite(design.errors) | design.infeasible
    results = {}
    for column, axis in enumerate(design.axes):
        keep = known & np.isfinite(design.positions[:, column])
        if int(keep.sum()) < _FEWEST:
            raise NotEnoughDataError(
                f"at least {_FEWEST} trials with an outcome; there are {int(keep.sum())}"
            )
        positions, bad = design.positions[keep, column], design.infeasible[keep]
        errors = design.errors[keep]
        names = np.array(design.names)[keep]
        if not bad.any() or bad.all() or np.ptp(positions) == 0:
            results[axis.name] = _no_split(positions, bad, axis.value_at)
            continue
        place, score = _best_split(positions, bad)
        best = np.argsort(np.where(bad, np.inf, errors), kind="stable")
        best = best[: min(3, int((~bad).sum()))]
        middle = float(np.median(positions[best]))
        above = positions > place
        best_value = axis.value_at(middle)
        threshold = axis.value_at(place)
        results[axis.name] = Threshold(
            trials=len(bad),
            infeasible=int(bad.sum()),
            threshold=threshold,
            above=int(above.sum()),
            below=int((~above).sum()),
            infeasible_above=int(bad[above].sum()),
            infeasible_below=int(bad[~above].sum()),
            share_above=float(bad[above].mean()),
            share_below=float(bad[~above].mean()),
            p_value=_p_value(positions, bad, score),
            best_value=best_value,
            distance=threshold / best_value if best_value > 0 else math.inf,
            distance_in_range=place - middle,
            best_trials=tuple(str(name) for name in names[best]),
        )
    return results

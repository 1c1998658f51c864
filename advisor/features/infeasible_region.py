"""The side of one hyperparameter on which infeasible trials gather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.features.best_split import best_split
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.curve import BoolArray
from advisor.model.study import Design

_FEWEST = 8


@dataclass(frozen=True, slots=True)
class InfeasibleRegion:
    """The cut of one hyperparameter that best sets infeasible trials apart."""

    hyperparameter: str = quantity("", "the one whose cut separates best")
    side: str = quantity("", "the side of the cut on which infeasible trials gather")
    cut: float = quantity("value", "where the cut lies")
    beyond: int = quantity("trials", "on that side of it")
    infeasible_beyond: int = quantity("trials", "infeasible ones on that side")
    rest: int = quantity("trials", "on the other side")
    infeasible_rest: int = quantity("trials", "infeasible ones on the other side")
    share_beyond: float = quantity("fraction", "infeasible among those beyond")
    p_value: float = quantity(
        "probability",
        "that shuffled trials can be cut as well, times the sides looked at",
    )
    learning_rate: bool = quantity("", "whether it is the upper side of that")


@feature()
def infeasible_region(design: Design) -> InfeasibleRegion:
    """The one cut, over all hyperparameters and both sides, that separates best.

    Each p-value shuffles infeasibility and searches the cut again; the smallest is
    multiplied by the number of sides (Bonferroni).
    """
    known = np.isfinite(design.errors) | design.infeasible
    if int(known.sum()) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} trials with an outcome; there are {int(known.sum())}"
        )
    regions = [
        _region(design, column, known, upper)
        for column in range(len(design.axes))
        for upper in (True, False)
    ]
    return min(regions, key=lambda each: (each.p_value, -each.share_beyond))


def _region(
    design: Design, column: int, known: BoolArray, upper: bool
) -> InfeasibleRegion:
    axis = design.axes[column]
    keep = known & np.isfinite(design.positions[:, column])
    positions, bad = design.positions[keep, column], design.infeasible[keep]
    sign = 1 if upper else -1
    place, p_value = best_split(sign * positions, bad) if keep.any() else (0.0, 1.0)
    beyond = sign * positions > place
    return InfeasibleRegion(
        hyperparameter=axis.name,
        side="upper" if upper else "lower",
        cut=axis.value_at(sign * place),
        beyond=int(beyond.sum()),
        infeasible_beyond=int(bad[beyond].sum()),
        rest=int((~beyond).sum()),
        infeasible_rest=int(bad[~beyond].sum()),
        share_beyond=float(bad[beyond].mean()) if beyond.any() else 0.0,
        p_value=min(1.0, p_value * 2 * len(design.axes)),
        learning_rate=upper and "learning_rate" in (axis.alias, axis.name),
    )

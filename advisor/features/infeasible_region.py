"""The part of the search space in which infeasible trials gather."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.best_cut import (
    Cut,
    Direction,
    best_cuts,
    directions,
    highest_by_chance,
    where_most_are_marked,
)
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.infeasible_fraction import wilson
from advisor.features.instability_threshold import wall_odds
from advisor.model.curve import BoolArray, FloatArray, IntArray
from advisor.model.study import Design, Study

_FEWEST = 8
_BEST = 3
_NAMED = 10
_Z = 1.281552  # two-sided 80%
_MOST_TRIALS = 2000  # more are thinned out where trials are shuffled


@dataclass(frozen=True, slots=True)
class InfeasibleRegion:
    """The cut of one hyperparameter, or of two, that best sets infeasible trials apart.

    Of two, it cuts the first times a power of the partner.
    """

    what: str = quantity("", "what is cut, in words")
    hyperparameter: str = quantity("", "the hyperparameter, or the first of two")
    partner: str | None = quantity("", "the other factor, 1 - x of a momentum")
    partner_name: str | None = quantity("", "the hyperparameter in it")
    power: int = quantity("", "exponent of the partner, 1 or -1")
    side: str = quantity("", "the side of the cut on which infeasible trials gather")
    cut: float = quantity("value", "where the cut lies")
    trials: int = quantity("trials", "with a known outcome")
    infeasible: int = quantity("trials", "infeasible ones, wherever they are")
    beyond: int = quantity("trials", "on that side of it")
    infeasible_beyond: int = quantity("trials", "infeasible ones on that side")
    rest: int = quantity("trials", "all others")
    infeasible_rest: int = quantity("trials", "infeasible ones among the others")
    lower_beyond: float = quantity(
        "fraction", "lower end of the 80% interval of the share beyond (Wilson)"
    )
    lost: float = quantity("fraction", "of all trials: infeasible and beyond the cut")
    p_value: float = quantity(
        "probability",
        "that shuffled trials can be set apart as well by any cut looked at",
    )
    least_p_value: float = quantity(
        "probability", "the same of a cut with all infeasible trials on its side alone"
    )
    best_beyond: int = quantity("trials", "beyond it among the three best")
    distance: float = quantity(
        "ratio", "the cut over the median of the three best trials; 1 is at the cut"
    )
    odds: float = quantity(
        "ratio",
        "how much likelier the optimum is at the cut or beyond than well below it; 1 "
        "where two hyperparameters or a lower side are cut",
    )
    learning_rate: bool = quantity("", "whether too large a learning rate is cut off")
    typical_value: float = quantity(
        "value", "the hyperparameter's in the middle one of the feasible trials left"
    )
    typical_partner: float | None = quantity("value", "the other one's in that trial")
    names: tuple[str, ...] = quantity("", "up to ten infeasible trials beyond it")


@feature()
def infeasible_region(
    design: Design, study: Study, *, odds: float = 100.0
) -> InfeasibleRegion:
    """The one cut, over all hyperparameters and both sides, that separates best.

    Products and ratios of two positive hyperparameters are cut as well; one is taken
    where it is `odds` times more surprising than any cut of one hyperparameter. The
    p-value shuffles infeasibility and repeats the whole search. Where the boundary is
    gradual, the cut lies where infeasible trials begin to be in the majority. Trials
    that were stopped early with a result are feasible, but not among the best.
    """
    worked = np.array([trial.feasible for trial in study.trials], dtype=np.bool_)
    known = worked | design.infeasible
    count, bad = int(known.sum()), int(design.infeasible.sum())
    if count < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} trials with an outcome; there are {count}"
        )
    if bad == count:
        raise NotEnoughDataError(f"a feasible trial; all {count} are infeasible")
    rows = np.flatnonzero(known)
    thin = rows[:: math.ceil(count / _MOST_TRIALS)]
    marked = design.infeasible[thin]
    ways = list(directions(design.axes, design.positions[thin]))
    cut = _chosen(*best_cuts(ways, marked), odds)
    if cut is None:
        raise NotEnoughDataError("two values of any hyperparameter")
    chances = (1.0, 1.0)
    if 0 < int(marked.sum()) < len(marked):
        highest = highest_by_chance(ways, marked)
        perfect = math.log(math.comb(len(marked), int(marked.sum())))
        chances = _reached(highest, cut.surprise), _reached(highest, perfect)
    return _measured(design, rows, where_most_are_marked(cut, marked), chances)


def _chosen(single: Cut | None, double: Cut | None, odds: float) -> Cut | None:
    if single is None or double is None:
        return single or double
    worth_it = double.surprise > single.surprise + math.log(odds)
    return double if worth_it else single


def _reached(highest: FloatArray, surprise: float) -> float:
    """The share of shuffles with a cut as surprising, the trials themselves counted."""
    reached = int((highest >= surprise - 1e-9).sum())
    return (1 + reached) / (1 + len(highest))


def _measured(
    design: Design, rows: IntArray, cut: Cut, chances: tuple[float, float]
) -> InfeasibleRegion:
    way = cut.direction
    first = design.axes[way.first]
    place = first.value_at(cut.place) if way.second is None else math.exp(cut.place)
    values, bad = _values(design, way)[rows], design.infeasible[rows]
    beyond = values > place if cut.upper else values < place
    lost = beyond & bad
    errors = design.errors[rows]
    best = np.argsort(errors, kind="stable")[
        : min(_BEST, int((~np.isnan(errors)).sum()))
    ]
    middle = float(np.median(values[best]))
    typical = int(rows[_middle_one(values, ~bad & ~beyond, ~bad)])
    partner, partner_name, typical_partner = _partner(design, way, typical)
    return InfeasibleRegion(
        what=first.name + _times(partner, way.power),
        hyperparameter=first.name,
        partner=partner,
        partner_name=partner_name,
        power=way.power,
        side="above" if cut.upper else "below",
        cut=place,
        trials=len(rows),
        infeasible=int(bad.sum()),
        beyond=int(beyond.sum()),
        infeasible_beyond=int(lost.sum()),
        rest=int((~beyond).sum()),
        infeasible_rest=int((bad & ~beyond).sum()),
        lower_beyond=wilson(int(lost.sum()), max(int(beyond.sum()), 1), _Z)[0],
        lost=float(lost.mean()),
        p_value=chances[0],
        least_p_value=chances[1],
        best_beyond=int(beyond[best].sum()),
        distance=place / middle if middle > 0 else math.inf,
        odds=wall_odds(design, way.first, cut.place)
        if cut.upper and way.second is None
        else 1.0,
        learning_rate=cut.upper and "learning_rate" in (first.alias, first.name),
        typical_value=float(_column(design, way.first)[typical]),
        typical_partner=typical_partner,
        names=tuple(design.names[i] for i in rows[lost][:_NAMED]),
    )


def _middle_one(values: FloatArray, left: BoolArray, feasible: BoolArray) -> int:
    """Which trial lies in the middle of those that the cut leaves, if it leaves any."""
    rows = np.flatnonzero(left if left.any() else feasible)
    order = rows[np.argsort(values[rows], kind="stable")]
    return int(order[len(order) // 2])


def _partner(
    design: Design, way: Direction, typical: int
) -> tuple[str | None, str | None, float | None]:
    """The other factor in words, its hyperparameter, and that one's value there."""
    if way.second is None:
        return None, None, None
    name = design.axes[way.second].name
    value = float(_column(design, way.second)[typical])
    return f"1 - {name}" if way.one_minus else name, name, value


def _times(partner: str | None, power: int) -> str:
    if partner is None:
        return ""
    return (
        f" {'×' if power == 1 else '/'} {f'({partner})' if ' ' in partner else partner}"
    )


def _values(design: Design, way: Direction) -> FloatArray:
    """What is cut, of every trial [N]: values or products; NaN if absent."""
    values = _column(design, way.first)
    if way.second is None:
        return values
    other = _column(design, way.second)
    product: FloatArray = values * (1 - other if way.one_minus else other) ** float(
        way.power
    )
    return product


def _column(design: Design, column: int) -> FloatArray:
    axis = design.axes[column]
    places = design.positions[:, column]
    return np.array([axis.value_at(float(place)) for place in places])

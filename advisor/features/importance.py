"""How much of the objective's variance each hyperparameter explains."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import feature, quantity
from advisor.features.variance_parts import (
    Part,
    Table,
    part_of,
    products,
    span,
    table_of,
)
from advisor.model.curve import FloatArray
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study

_FEWEST = 10
_GOOD_SHARE = 2  # one in so many is among the good ones
_ROOM = 2  # configurations a column, for curved interactions


@dataclass(frozen=True, slots=True)
class Importance:
    """What one hyperparameter explains, its interactions with others included."""

    configurations: int = quantity("configurations", "with a result, all values known")
    share: float = quantity(
        "fraction", "of the objective's variance, alone and with others"
    )
    lower: float = quantity("fraction", "lower 95% limit of that share")
    upper: float = quantity("fraction", "upper 95% limit of that share")
    alone: float = quantity("fraction", "of the variance, without interactions")
    p_value: float = quantity("probability", "of so much by chance")
    good: int = quantity("configurations", "in the better half")
    good_p_value: float = quantity("probability", "of so much by chance in that half")
    good_effect: float = quantity(
        "standard deviations",
        "root mean square of its effect in the better half, in units of the noise",
    )
    good_effect_upper: float = quantity(
        "standard deviations", "upper 95% limit of that effect"
    )
    freedom: int = quantity("degrees", "of freedom left to measure the noise")
    good_freedom: int = quantity("degrees", "of freedom left in the better half")
    curved: bool = quantity("", "whether curved interactions were looked for")
    wanted: int = quantity("configurations", "from which on they are")
    partner: str | None = quantity("", "the one it interacts with most")
    partner_p_value: float = quantity(
        "probability", "of such an interaction by chance, times the pairs looked at"
    )
    covered: float = quantity(
        "fraction", "of its range between the outer tenths of its values"
    )
    incumbent: float | str | None = quantity("value", "in the best trial")
    low: float | str | None = quantity(
        "value", "of two values far apart, the lower or one"
    )
    high: float | str | None = quantity(
        "value", "of two values far apart, the higher or other"
    )
    leader: str = quantity("", "the hyperparameter that explains most")
    leader_share: float = quantity("fraction", "of the variance that it explains")


@feature(per="hyperparameter")
def importance(study: Study) -> Mapping[str, Importance]:
    """The share of the error's variance that each hyperparameter explains.

    The error, on a scale where its noise is even, is a sum of curves (levels, where
    values have no order) and of products of two hyperparameters. A hyperparameter's
    share is what its own columns and its products explain beside all others (a total
    index: Homma and Saltelli 1996, Hutter et al. 2014), with limits from the
    noncentral F distribution (Steiger 2004). The better half is measured once more on
    its own: what matters near the optimum can drown in what matters far from it.
    """
    table = table_of(study, at_least=_FEWEST)
    keep = np.argsort(table.errors, kind="stable")[: -(-table.count // _GOOD_SHARE)]
    better = table.rows(np.sort(keep))
    wholes = [_whole(table, column) for column in range(len(table.axes))]
    return {
        axis.name: _of_one(study, table, better, wholes, column)
        for column, axis in enumerate(table.axes)
    }


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a hyperparameter explains with all its interactions."""

    part: Part
    curved: bool
    wanted: int


def _of_one(
    study: Study,
    table: Table,
    better: Table,
    wholes: Sequence[_Whole],
    column: int,
) -> Importance:
    total = float(np.square(table.errors - table.errors.mean()).sum()) or 1.0
    shares = [min(each.part.explained / total, 1.0) for each in wholes]
    whole, good = wholes[column], _in_the_better_half(better, column)
    partner, partner_p_value = _partner(table, column)
    incumbent, low, high = _values(study, table.axes[column])
    leader = int(np.argmax(shares))
    return Importance(
        configurations=table.count,
        share=shares[column],
        lower=min(whole.part.lower / total, 1.0),
        upper=min(whole.part.upper / total, 1.0),
        alone=_alone(table, column, total),
        p_value=whole.part.p_value,
        good=better.count,
        good_p_value=good.p_value,
        good_effect=_in_deviations(good.explained, good, better.count),
        good_effect_upper=_in_deviations(good.upper, good, better.count),
        freedom=whole.part.freedom,
        good_freedom=good.freedom,
        curved=whole.curved,
        wanted=whole.wanted,
        partner=partner,
        partner_p_value=partner_p_value,
        covered=_covered(table.positions[:, column]),
        incumbent=incumbent,
        low=low,
        high=high,
        leader=table.axes[leader].name,
        leader_share=shares[leader],
    )


def _others(table: Table, column: int) -> FloatArray:
    """Basis of a constant and the curves of all other hyperparameters [n, ...]."""
    curves = [each for i, each in enumerate(table.main) if i != column]
    return span([np.ones((table.count, 1)), *curves])


def _whole(table: Table, column: int) -> _Whole:
    """Its curve and its products with every other, curved ones where these fit."""
    model, curve = _others(table, column), table.main[column]
    partners = [each for i, each in enumerate(table.main) if i != column]
    width = curve.shape[1] * (1 + sum(each.shape[1] for each in partners))
    wanted = _ROOM * (model.shape[1] + width)
    if table.count < wanted:
        straight = _straight(table, column)
        return _Whole(part_of(model, straight, table.errors), False, wanted)
    extra = np.hstack([curve, *(products(curve, each) for each in partners)])
    return _Whole(part_of(model, extra, table.errors), True, wanted)


def _straight(table: Table, column: int) -> FloatArray:
    """Its curve, and the products of its line with the lines of others [n, ...].

    Products with choices so many that they outnumber the rows are left out.
    """
    slope = table.slope[column]
    partners = [each for i, each in enumerate(table.slope) if i != column]
    if slope.shape[1] * sum(each.shape[1] for each in partners) >= table.count:
        return table.main[column]
    return np.hstack([table.main[column], *(products(slope, x) for x in partners)])


def _alone(table: Table, column: int, total: float) -> float:
    part = part_of(_others(table, column), table.main[column], table.errors)
    return min(part.explained / total, 1.0)


def _in_the_better_half(better: Table, column: int) -> Part:
    extra = _straight(better, column)
    return part_of(_others(better, column), extra, better.errors)


def _in_deviations(squares: float, part: Part, count: int) -> float:
    """A sum of squares as a root mean square, in deviations of the noise."""
    if part.freedom < 1 or not part.noise > 0:
        return math.inf
    return math.sqrt(squares / count / part.noise)


def _partner(table: Table, column: int) -> tuple[str | None, float]:
    """The other whose product with it explains most beside all curves."""
    model = span([np.ones((table.count, 1)), *table.main])
    p_values = {
        axis.name: part_of(
            model, products(table.slope[column], table.slope[i]), table.errors
        ).p_value
        for i, axis in enumerate(table.axes)
        if i != column
        and table.slope[column].shape[1] * table.slope[i].shape[1] < table.count // 2
    }
    if not p_values:
        return None, 1.0
    name = min(p_values, key=lambda each: p_values[each])
    pairs = len(table.axes) * (len(table.axes) - 1) // 2
    return name, min(1.0, p_values[name] * pairs)


def _covered(places: FloatArray) -> float:
    """1 where the middle eight tenths of the values span eight tenths of the range."""
    if np.isnan(places).any():
        return 1.0
    lower, upper = np.quantile(places, (0.1, 0.9))
    return float(upper - lower) / 0.8


def _values(study: Study, axis: Hyperparameter) -> tuple[Value, Value, Value]:
    """Its value in the best trial, and two that lie far apart."""
    best = study.best
    incumbent = best.hyperparameters.get(axis.name) if best is not None else None
    tried = [each.hyperparameters.get(axis.name) for each in study.ranked]
    if axis.ordered:
        known = sorted(each for each in tried if isinstance(each, int | float))
        tenth = len(known) // 10
        return incumbent, known[tenth], known[-1 - tenth]
    others = {str(each): each for each in tried if each not in (None, incumbent)}
    return incumbent, others[min(others)], others[max(others)]

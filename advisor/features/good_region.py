"""Ranges that hold the optimum of every hyperparameter, with room on both sides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.additive_model import Points, points_of
from advisor.features.feature import feature, quantity
from advisor.features.optimum_location import Location, optimum_location
from advisor.features.shape_family import PLACES, STEP, weigh
from advisor.model.curve import BoolArray, FloatArray
from advisor.model.search_space import Hyperparameter, Side
from advisor.model.study import Design

_BEST, _BEST_SHARE = 5, 20
_FEW_LEVELS = 4
_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """One bound moved inwards."""

    name: str
    side: Side
    to: float


@dataclass(frozen=True, slots=True)
class GoodRegion:
    """Where the optimum lies in all ordered hyperparameters at once."""

    trials: int = quantity("trials", "feasible ones that differ in more than the seed")
    settled: tuple[str, ...] = quantity("", "whose optimum lies inside their range")
    settled_count: int = quantity("hyperparameters", "of these")
    open: tuple[str, ...] = quantity("", "whose optimum may lie at a bound or beyond")
    open_count: int = quantity("hyperparameters", "of these")
    flat: tuple[str, ...] = quantity("", "without an effect that shows")
    flat_count: int = quantity("hyperparameters", "of these")
    unseen: float = quantity(
        "standard deviations",
        "largest effect of one of these over its range that is not excluded (95%)",
    )
    ranges: str = quantity("", "the good region in words")
    kept: float = quantity("fraction", "of the search space that it holds")
    inside: int = quantity("trials", "feasible ones in it")
    infeasible_inside: int = quantity("trials", "infeasible ones in it")
    cuts: tuple[Cut, ...] = quantity("", "the bounds that end it")
    best_trials: tuple[str, ...] = quantity("", "the three best trials, best first")


@feature()
def good_region(
    design: Design,
    *,
    alpha: float = 0.05,
    sure_inside: float = 0.9,
    enough_odds: float = 20.0,
    confidence: float = 0.95,
    room: float = 0.05,
) -> GoodRegion:
    """The box that holds the optimum with `confidence` in all dimensions together.

    Each side is the quantile of where the optimum lies (as in `optimum_location`), at a
    level divided by the number of hyperparameters and sides, or the outermost of the
    best twentieth, at least five trials, whichever is further out, and `room` of the
    range beyond. A hyperparameter that shows no effect keeps its range.
    """
    locations = optimum_location(design, enough_odds=enough_odds, alpha=alpha)
    points = points_of(design)
    box = np.tile((0.0, 1.0), (len(design.axes), 1))
    known = {
        name: _state(each, alpha, sure_inside, enough_odds)
        for name, each in locations.items()
    }
    tail = (1 - confidence) / 2 / max(len(locations), 1)
    for column, axis in enumerate(design.axes):
        if known.get(axis.name) == "settled":
            box[column] = _interval(points, column, tail, room)
    cuts = tuple(
        cut
        for axis, ends in zip(design.axes, box, strict=True)
        for cut in _cuts(axis, ends)
    )
    inside = _inside(design, cuts)
    settled, undecided, flat = (
        tuple(name for name, each in known.items() if each == state)
        for state in ("settled", "open", "flat")
    )
    return GoodRegion(
        trials=points.count,
        settled=settled,
        settled_count=len(settled),
        open=undecided,
        open_count=len(undecided),
        flat=flat,
        flat_count=len(flat),
        unseen=max((locations[name].effect_upper for name in flat), default=0.0),
        ranges="; ".join(
            _in_words(axis, cuts)
            for axis in design.axes
            if any(cut.name == axis.name for cut in cuts)
        ),
        kept=float(np.prod(box[:, 1] - box[:, 0])),
        inside=int((inside & design.feasible).sum()),
        infeasible_inside=int((inside & design.infeasible).sum()),
        cuts=cuts,
        best_trials=next((each.best_trials for each in locations.values()), ()),
    )


def _state(each: Location, alpha: float, sure_inside: float, odds: float) -> str:
    """Settled, open or flat. At a natural limit the optimum has no room to move to."""
    if each.p_value >= alpha:
        return "flat"
    at_the_limit = each.hard and each.odds >= odds
    return "settled" if each.inside >= sure_inside or at_the_limit else "open"


def _interval(points: Points, column: int, tail: float, room: float) -> FloatArray:
    """Both ends of the good region as places in the range [2]."""
    places = points.positions[:, column]
    if len(np.unique(places)) < _FEW_LEVELS:
        return np.array((0.0, 1.0))
    count = max(_BEST, points.count // _BEST_SHARE)
    best = places[np.argsort(points.errors, kind="stable")[:count]]
    weights = weigh(places, points.errors, points.others(column))
    order = np.argsort(PLACES, kind="stable")
    total = np.cumsum(weights[order])
    first, last = np.searchsorted(total, (tail, 1 - tail))
    lower = float(PLACES[order[first]]) - STEP / 2
    upper = float(PLACES[order[min(int(last), len(order) - 1)]]) + STEP / 2
    ends = (min(lower, float(best.min())) - room, max(upper, float(best.max())) + room)
    clipped: FloatArray = np.clip(np.array(ends), 0.0, 1.0)
    return clipped


def _cuts(axis: Hyperparameter, ends: FloatArray) -> tuple[Cut, ...]:
    """The ends in the hyperparameter's own unit, rounded outwards."""
    lower, upper = axis.bounds
    below = _rounded(axis, axis.value_at(float(ends[0])), up=False)
    above = _rounded(axis, axis.value_at(float(ends[1])), up=True)
    cuts = []
    if ends[0] > 0 and below > lower:
        cuts.append(Cut(axis.name, "lower", below))
    if ends[1] < 1 and above < upper:
        cuts.append(Cut(axis.name, "upper", above))
    return tuple(cuts)


def _rounded(axis: Hyperparameter, value: float, *, up: bool) -> float:
    """Two digits, hundredths of a linear range; whole numbers stay whole."""
    lower, upper = axis.bounds
    size = abs(value) if axis.scale == "log" else (upper - lower) / 10
    if size <= 0:
        return value
    step = 10.0 ** (math.floor(math.log10(size)) - _DIGITS + 1)
    step = max(step, 1.0) if axis.kind == "integer" else step
    turned = math.ceil(value / step) if up else math.floor(value / step)
    return float(f"{turned * step:.12g}")


def _inside(design: Design, cuts: tuple[Cut, ...]) -> BoolArray:
    """Which trials lie within all cuts [N]."""
    inside = np.ones(len(design.names), dtype=np.bool_)
    columns = {axis.name: i for i, axis in enumerate(design.axes)}
    for cut in cuts:
        axis = design.axes[columns[cut.name]]
        places, end = design.positions[:, columns[cut.name]], axis.position(cut.to)
        inside &= places <= end if cut.side == "upper" else places >= end
    return inside


def _in_words(axis: Hyperparameter, cuts: tuple[Cut, ...]) -> str:
    ends: dict[Side, float] = dict(zip(("lower", "upper"), axis.bounds, strict=True))
    ends |= {cut.side: cut.to for cut in cuts if cut.name == axis.name}
    return f"{axis.name} {ends['lower']:.3g} to {ends['upper']:.3g}"

"""Bounds that the best trials lean towards, although no finding says so yet.

A finding wants evidence beyond chance. A step outwards wants less: it costs a part of
one round where it was in vain, and benchmarks/advice.py measures what it gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from advisor.model.curve import FloatArray
from advisor.model.planned_space import PLAN, Change, PlannedHyperparameter
from advisor.model.search_space import Hyperparameter, Side
from advisor.model.study import Study
from advisor.model.trial import Trial
from advisor.model.wider_bound import wider_bound
from advisor.next_round.draft import is_number
from advisor.next_round.words import shown

_BEST = 5
_TOWARDS = 0.7  # mean place of the best five; of five uniform ones it is in 6% of cases
_NEAR = 0.8  # the outer fifth, and what lies beyond


def leaning_outwards(
    study: Study, hyperparameters: Sequence[PlannedHyperparameter]
) -> tuple[PlannedHyperparameter, ...]:
    """Moves bounds that no finding moved, where the best five trials lie towards them.

    Not where most of what was tried near a bound failed, at limits and at what looks
    like one, nor with fewer than ten feasible trials.
    """
    if len(study.ranked) < 2 * _BEST:
        return tuple(hyperparameters)
    return tuple(_moved(each, study) for each in hyperparameters)


def _moved(each: PlannedHyperparameter, study: Study) -> PlannedHyperparameter:
    space = each.space
    if space is None or not space.ordered or space.choices or each.changes:
        return each
    best = _places(space, study.ranked[:_BEST])
    if len(best) < _BEST:
        return each
    side: Side = "upper" if best.mean() > 0.5 else "lower"
    towards = float(best.mean() if side == "upper" else 1 - best.mean())
    wider = wider_bound(space, side)
    if towards < _TOWARDS or wider.limit or wider.perhaps:
        return each
    if _fails_near(space, side, study):
        return each
    bound = space.bounds[int(side == "upper")]
    why = f"the best five trials lie at {towards:.0%} of the way to it on average"
    moved = replace(
        space,
        lower=wider.value if side == "lower" else space.lower,
        upper=wider.value if side == "upper" else space.upper,
    )
    change = Change(f"{side} {shown(bound)} → {shown(wider.value)}", PLAN, why)
    return replace(each, space=moved, changes=(change,))


def _fails_near(space: Hyperparameter, side: Side, study: Study) -> bool:
    good, bad = (_places(space, trials) for trials in (study.ranked, study.infeasible))
    if side == "lower":
        good, bad = 1 - good, 1 - bad
    return int((bad >= _NEAR).sum()) > int((good >= _NEAR).sum())


def _places(space: Hyperparameter, trials: Sequence[Trial]) -> FloatArray:
    values = [trial.hyperparameters.get(space.name) for trial in trials]
    places = np.array([space.position(float(x)) for x in values if is_number(x)])
    known: FloatArray = places[np.isfinite(places)]
    return known

"""Warmup is at most a tenth of training: the playbook's bound on its search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from advisor.model.planned_space import PLAN, Change, PlannedHyperparameter
from advisor.numbers import decimal

_SHARE = 0.1
_WHY = "at most a tenth of training is warmup"


def within_training(
    hyperparameters: Sequence[PlannedHyperparameter], steps: float | None
) -> tuple[tuple[PlannedHyperparameter, ...], str]:
    """Caps what is newly searched as warmup, and says what is open, if anything.

    `steps` of training are as the curves count them; where a tenth of them is less than
    the least warmup, they are hardly steps of the optimizer, and nothing is capped.
    """
    made, note = [], ""
    for each in hyperparameters:
        space = each.space
        if each.alias != "warmup_steps" or space is None or not each.changes:
            made.append(each)
            continue
        lower, upper = space.bounds
        most = math.floor(_SHARE * steps) if steps is not None else 0
        if most <= lower:
            note = f"{each.name}: {_WHY}, so mind how long training is."
        elif most < upper:
            change = Change(f"upper {decimal(upper)} → {decimal(most)}", PLAN, _WHY)
            each = replace(
                each,
                space=replace(space, upper=float(most)),
                changes=(*each.changes, change),
            )
        made.append(each)
    return tuple(made), note

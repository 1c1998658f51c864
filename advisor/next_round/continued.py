"""A study after a planned round was run: all trials, in the search space of that round.

The logs of several rounds do not say which bounds hold now. Without the plan, the range
that was ever tried would be searched again, with what was cut off or fixed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from advisor.model.log import Value
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter, SearchSpace, Side
from advisor.model.study import Study
from advisor.model.trial import Trial
from advisor.next_round.draft import is_number

_DIGITS = 12


def continued(study: Study, planned: Sequence[PlannedHyperparameter]) -> Study:
    """`study` with the search space of the round that was planned for it.

    Trials of earlier rounds stay, with places outside the bounds where those moved
    inwards. Of what is searched as one minus another, they get the value.
    """
    spaces = {each.name: _now(each) for each in planned}
    turned = {
        each.name: each.before.name
        for each in planned
        if each.searched and each.before is not None and each.before.name != each.name
    }
    gone = set(turned.values())
    others = [
        each
        for each in study.search_space
        if each.name not in spaces and each.name not in gone
    ]
    made = [each for each in spaces.values() if each is not None]
    return replace(
        study,
        trials=tuple(_turned(trial, turned) for trial in study.trials),
        search_space=SearchSpace((*made, *others)),
    )


def _now(planned: PlannedHyperparameter) -> Hyperparameter | None:
    """What it is in the round; None if it was left as the training code has it."""
    space, before = planned.space, planned.before
    if space is not None:
        hard = _still_hard(space) if space.ordered else frozenset[Side]()
        return replace(space, declared=True, hard=hard, role=planned.role)
    if planned.value is None:
        return before
    return _fixed(planned.name, planned.value, before)


def _still_hard(space: Hyperparameter) -> frozenset[Side]:
    """A bound that moved away from a natural limit is none."""
    kept = set[Side]()
    if "lower" in space.hard and space.limits[0] in (None, space.bounds[0]):
        kept.add("lower")
    if "upper" in space.hard and space.limits[1] in (None, space.bounds[1]):
        kept.add("upper")
    return frozenset(kept)


def _fixed(
    name: str, value: Value, before: Hyperparameter | None
) -> Hyperparameter | None:
    alias = before.alias if before is not None else None
    limits = before.limits if before is not None else (None, None)
    if not is_number(value) or (before is not None and not before.ordered):
        return Hyperparameter(
            name, "categorical", choices=(value,), role="fixed", alias=alias
        )
    scale = before.scale if before is not None and value > 0 else "linear"
    return Hyperparameter(
        name,
        "integer" if isinstance(value, int) else "float",
        float(value),
        float(value),
        scale,
        declared=True,
        role="fixed",
        alias=alias,
        limits=limits,
    )


def _turned(trial: Trial, turned: Mapping[str, str]) -> Trial:
    values = dict(trial.hyperparameters)
    for name, old in turned.items():
        value = values.get(old)
        if values.get(name) is None and is_number(value):
            values[name] = round(1.0 - value, _DIGITS)
    return replace(trial, hyperparameters=values)

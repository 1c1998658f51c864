"""A study after a planned round was run: all trials, in the search space of that round.

The logs of several rounds do not say which bounds hold now. Without the plan, the range
that was ever tried would be searched again, with what was cut off or fixed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from advisor.model.log import Value, is_number
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter, Role, SearchSpace, Side
from advisor.model.study import Study
from advisor.model.trial import Trial

_DIGITS = 12
_ONE_MINUS = "one_minus_"


def continued(study: Study, planned: Sequence[PlannedHyperparameter]) -> Study:
    """`study` with the search space of the round that was planned for it.

    Trials of earlier rounds stay, with places outside the bounds where those moved
    inwards. Of what is searched as one minus another, they get the value.
    """
    spaces = {each.name: _now(each) for each in planned}
    turned = {
        each.name: old for each in planned if (old := _complement(each, study)) != ""
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


def _complement(each: PlannedHyperparameter, study: Study) -> str:
    """The hyperparameter that it is one minus of, in this round or since an earlier."""
    if each.searched and each.before is not None and each.before.name != each.name:
        return each.before.name
    plain = each.name.removeprefix(_ONE_MINUS)
    if plain == each.name:
        return ""
    known = study.search_space.find(plain)
    return known.name if known is not None else plain


def planned_in(
    entries: Mapping[str, Any], study: Study
) -> tuple[PlannedHyperparameter, ...]:
    """What `hyperparameters` of next_round.yaml says, of those that the logs have.

    What is no range, no list of choices and no value is left as the logs show it.
    """
    made = []
    for name, entry in entries.items():
        if not isinstance(entry, Mapping):
            continue
        before = entry.get("before")
        old = before.get("name", name) if isinstance(before, Mapping) else name
        known = next(
            (study.search_space[each] for each in (old, name) if _has(study, each)),
            None,
        )
        if known is not None:
            each = _planned(str(name), entry, known)
            made += [each] if each is not None else []
    return tuple(made)


def _has(study: Study, name: object) -> bool:
    return isinstance(name, str) and name in study.search_space


def _planned(
    name: str, entry: Mapping[str, Any], known: Hyperparameter
) -> PlannedHyperparameter | None:
    lower, upper, scale = (entry.get(key) for key in ("lower", "upper", "scale"))
    if known.ordered and is_number(lower) and is_number(upper) and lower < upper:
        turned = name != known.name
        if scale not in ("linear", "log") or (scale == "log" and lower <= 0):
            return None
        choices = entry.get("choices")
        space = replace(
            known,
            name=name,
            kind="integer" if entry.get("kind") == "integer" else "float",
            lower=float(lower),
            upper=float(upper),
            scale=scale,
            choices=tuple(choices) if isinstance(choices, list) else (),
            alias=name if turned else known.alias,
            hard=frozenset[Side]() if turned else known.hard,
        )
        return PlannedHyperparameter(name, _role(entry, known), known, space)
    if not known.ordered and isinstance(entry.get("choices"), list):
        space = replace(known, choices=tuple(entry["choices"]))
        return PlannedHyperparameter(name, _role(entry, known), known, space)
    value = entry.get("value")
    if entry.get("role") != "fixed" or isinstance(value, list | Mapping):
        return None
    return PlannedHyperparameter(name, "fixed", known, None, value)


def _role(entry: Mapping[str, Any], known: Hyperparameter) -> Role:
    roles: tuple[Role, ...] = ("scientific", "nuisance")
    for role in roles:
        if entry.get("role") == role:
            return role
    return known.role if known.role != "fixed" else "nuisance"


def _now(planned: PlannedHyperparameter) -> Hyperparameter | None:
    """What it is in the round; None if it was left as the training code has it."""
    space, before = planned.space, planned.before
    if space is not None:
        hard = _still_hard(space) if space.ordered else frozenset[Side]()
        return replace(
            space,
            declared=True,
            sampled=space.scale,
            hard=hard,
            role=planned.role,
        )
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

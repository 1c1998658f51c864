"""Quantities of the plan: steps of training, schedule, sampling, phase."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.model.edits import Fix, Multiply, Set
from advisor.model.log import Value, is_number
from advisor.model.next_round import Conflict, Quantity
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.study import Study
from advisor.next_round.draft import only_value
from advisor.next_round.edits import Asked
from advisor.next_round.words import in_words

STEPS = "max_train_steps"
FINAL_STEPS = "final_max_train_steps"
_SAME = 0.01  # lengths that differ by less are one


@dataclass(frozen=True, slots=True)
class Planned:
    """Quantities after all edits; hyperparameters with the length of training set."""

    quantities: tuple[Quantity, ...]
    hyperparameters: tuple[PlannedHyperparameter, ...]
    conflicts: tuple[Conflict, ...]
    logged_steps: float | None  # of the next round, as the curves count them


def planned_quantities(
    study: Study,
    hyperparameters: Sequence[PlannedHyperparameter],
    asked: Sequence[Asked],
) -> Planned:
    """What is asked of the plan: the graver finding first, the rest are conflicts."""
    ours = [each for each in asked if isinstance(each.request, Set | Multiply | Fix)]
    steps = [each for each in ours if each.target == STEPS]
    planned = _steps(study, tuple(hyperparameters), _by_gravity(steps))
    quantities, conflicts = list(planned.quantities), list(planned.conflicts)
    for name in dict.fromkeys(each.target for each in ours if each.target != STEPS):
        made, refused = _set(
            name, study, _by_gravity([each for each in ours if each.target == name])
        )
        quantities += made
        conflicts += refused
    return replace(planned, quantities=tuple(quantities), conflicts=tuple(conflicts))


def _by_gravity(asked: Sequence[Asked]) -> list[Asked]:
    return sorted(asked, key=lambda each: each.gravity)


def _set(
    name: str, study: Study, asked: Sequence[Asked]
) -> tuple[list[Quantity], list[Conflict]]:
    before = study.algorithm if name == "sampling" else None
    after: Value = None
    changes, conflicts, winner = [], [], ""
    for each in asked:
        if not isinstance(each.request, Set | Fix) or each.request.value is None:
            conflicts.append(each.conflict(f"{name} takes a value"))
        elif after in (None, each.request.value):
            after, winner = each.request.value, winner or each.by.id
            changes.append(each.change(f"{name} {in_words(after)}"))
        else:
            conflicts.append(each.conflict(f"{name} is {in_words(after)}", winner))
    made = [Quantity(name, before, after, tuple(changes))] if changes else []
    return made, conflicts


def _steps(
    study: Study,
    hyperparameters: tuple[PlannedHyperparameter, ...],
    asked: Sequence[Asked],
) -> Planned:
    """One factor on the length of the best trial; what asks for another loses.

    Where compute is the bound, a longer training is for the best few at the end: all
    trials of the search keep their length.
    """
    entry = next((each for each in hyperparameters if each.alias == STEPS), None)
    logged, base = _logged_steps(study), _configured(study, entry)
    if asked and entry is not None and entry.searched:
        lost = tuple(each.conflict(f"{entry.name} is searched") for each in asked)
        return Planned((), hyperparameters, lost, logged)
    factor, winners, conflicts = _agreed(asked, base, logged)
    before = base if base is not None else logged
    if not winners or before is None:
        now = _scaled(logged, entry, study, 1.0)
        return Planned((), hyperparameters, conflicts, now)
    after = max(1, round(before * factor))
    made = tuple(each.change(f"{in_words(before)} → {after}") for each in winners)
    later = factor > 1 and study.facts.get("compute_bound") is True
    quantity = Quantity(FINAL_STEPS if later else STEPS, before, after, made)
    if entry is not None and not later:
        fixed = replace(entry, value=after, changes=(*entry.changes, *made))
        hyperparameters = tuple(
            fixed if each is entry else each for each in hyperparameters
        )
    return Planned(
        (quantity,) if later or entry is None else (),
        hyperparameters,
        conflicts,
        _scaled(logged, entry, study, 1.0 if later else factor),
    )


def _agreed(
    asked: Sequence[Asked], base: float | None, logged: float | None
) -> tuple[float, list[Asked], tuple[Conflict, ...]]:
    """The factor of the gravest, all that want the same, and the others."""
    factor, winners, conflicts = 1.0, list[Asked](), list[Conflict]()
    for each in asked:
        wanted = _factor(each, base, logged)
        if wanted is None:
            conflicts.append(each.conflict("the present length of training is unknown"))
        elif not winners or abs(wanted / factor - 1) < _SAME:
            factor = factor if winners else wanted
            winners.append(each)
        else:
            winner = winners[0].by.id
            conflicts.append(each.conflict("another length is planned", winner))
    return factor, winners, tuple(conflicts)


def _factor(asked: Asked, base: float | None, logged: float | None) -> float | None:
    """How much longer than now; `set` counts as the curves do, `fix` as configured."""
    request = asked.request
    if isinstance(request, Multiply):
        known = base is not None or logged is not None
        usable = known and 0 < request.factor < math.inf
        return request.factor if usable else None
    assert isinstance(request, Set | Fix)
    present = logged if isinstance(request, Set) else (base or logged)
    if not is_number(request.value) or not present:
        return None
    if not 0 < request.value < math.inf:
        return None
    return request.value / present


def _configured(study: Study, entry: PlannedHyperparameter | None) -> float | None:
    """In the unit of the configuration: what an edit fixed, else the best trial's."""
    if entry is None:
        return None
    if is_number(entry.value):
        return entry.value
    value = study.best.hyperparameters.get(entry.name) if study.best else None
    if value is None and entry.before is not None and not entry.before.varies:
        value = only_value(entry.before)
    return float(value) if is_number(value) else None


def _logged_steps(study: Study) -> float | None:
    best = study.best
    if best is None:
        return None
    known = best.last_step or best.max_train_steps
    return float(known) if known else None


def _scaled(
    logged: float | None,
    entry: PlannedHyperparameter | None,
    study: Study,
    factor: float,
) -> float | None:
    """Steps of the next round, also where a length was chosen among several."""
    if logged is None:
        return None
    if entry is not None and is_number(entry.value) and study.best is not None:
        trained = study.best.hyperparameters.get(entry.name)
        if is_number(trained) and trained > 0:
            return logged * factor * float(entry.value) / trained
    return logged * factor

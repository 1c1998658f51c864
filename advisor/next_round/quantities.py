"""Quantities of the plan: steps of training, schedule, sampling, phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.model.edits import Fix, Multiply, Set
from advisor.model.log import Value
from advisor.model.next_round import Conflict, Quantity
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.study import Study
from advisor.next_round.draft import in_words, is_number, only_value
from advisor.next_round.edits import Asked

STEPS = "max_train_steps"
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
    return sorted(
        asked,
        key=lambda each: (
            -each.finding.severity,
            each.finding.subject.kind == "trial",
        ),
    )


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
            after, winner = each.request.value, winner or each.finding.id
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
    """One factor on the length of the best trial; what asks for another loses."""
    entry = next((each for each in hyperparameters if each.alias == STEPS), None)
    logged = _logged_steps(study)
    base = _configured(study, entry)
    if not asked:
        return Planned((), hyperparameters, (), _scaled(logged, entry, study, 1.0))
    if entry is not None and entry.searched:
        lost = tuple(each.conflict(f"{entry.name} is searched") for each in asked)
        return Planned((), hyperparameters, lost, logged)
    factor, changes, conflicts = None, [], []
    for each in asked:
        wanted = _factor(each, base, logged)
        if wanted is None:
            conflicts.append(each.conflict("the present length of training is unknown"))
        elif factor is None or abs(wanted / factor - 1) < _SAME:
            factor = factor or wanted
            changes.append(each)
        else:
            conflicts.append(
                each.conflict("another length is planned", changes[0].finding.id)
            )
    if factor is None:
        return Planned((), hyperparameters, tuple(conflicts), logged)
    before = base if base is not None else logged
    assert before is not None
    after = max(1, round(before * factor))
    what = f"{in_words(before)} → {after}"
    made = tuple(each.change(what) for each in changes)
    name = entry.name if entry is not None else STEPS
    if entry is not None:
        hyperparameters = tuple(
            replace(each, value=after, changes=(*each.changes, *made))
            if each is entry
            else each
            for each in hyperparameters
        )
    return Planned(
        (Quantity(name, before, after, made),),
        hyperparameters,
        tuple(conflicts),
        _scaled(logged, entry, study, factor),
    )


def _factor(asked: Asked, base: float | None, logged: float | None) -> float | None:
    """How much longer than now; `set` counts as the curves do, `fix` as configured."""
    request = asked.request
    if isinstance(request, Multiply):
        known = base is not None or logged is not None
        return request.factor if known and request.factor > 0 else None
    assert isinstance(request, Set | Fix)
    present = logged if isinstance(request, Set) else (base or logged)
    if not is_number(request.value) or not present or request.value <= 0:
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

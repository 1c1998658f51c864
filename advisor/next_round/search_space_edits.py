"""Edits of all findings merged into one new search space.

Precedence: limits are never crossed and the best trial is never cut off; then what
keeps training stable (narrow, exclude), what is to be searched (free), what is to be
fixed, what is to be widened, and scales. Within a kind the graver finding comes first,
and a study's before a trial's. What loses is a conflict with its reason, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.model import edits as vocabulary
from advisor.model.log import Value
from advisor.model.next_round import Conflict
from advisor.model.planned_space import Constraint, PlannedHyperparameter
from advisor.model.search_space import SearchSpace
from advisor.next_round import bounds, regions, values
from advisor.next_round.drafts import Drafts, RefusedError
from advisor.next_round.edits import Asked


@dataclass(frozen=True, slots=True)
class EditedSpace:
    """The new search space; every edit is in `applied`, in `conflicts`, or `left`.

    One that is carried out as far as a limit is both applied and a conflict.
    """

    hyperparameters: tuple[PlannedHyperparameter, ...]
    constraints: tuple[Constraint, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    applied: tuple[Asked, ...] = ()
    left: tuple[Asked, ...] = ()  # about the plan, not the search space


def edited_space(
    space: SearchSpace,
    incumbent: Mapping[str, Value],
    asked: Sequence[Asked],
    *,
    before: Sequence[Constraint] = (),
) -> EditedSpace:
    """`space` with every edit carried out that limits and precedence allow.

    `incumbent` are the best trial's values; `asked` is in order of precedence; regions
    left out `before` stay so, unless the best trial lies there by now.
    """
    drafts = Drafts(space, incumbent)
    drafts.constraints += [each for each in before if not each.excludes(incumbent)]
    applied, left = [], []
    for each in asked:
        if _is_about_the_plan(each, drafts):
            left.append(each)
            continue
        try:
            rest = _carry_out(each, drafts)
        except RefusedError as refusal:
            drafts.conflicts.append(each.conflict(refusal.because, refusal.winner))
            continue
        applied.append(each)
        if rest:
            drafts.conflicts.append(each.conflict(rest))
    return EditedSpace(
        hyperparameters=tuple(draft.planned() for draft in drafts.drafts),
        constraints=tuple(drafts.constraints),
        conflicts=tuple(drafts.conflicts),
        applied=tuple(applied),
        left=tuple(left),
    )


def _is_about_the_plan(asked: Asked, drafts: Drafts) -> bool:
    request = asked.request
    if isinstance(request, vocabulary.Fix):
        planned = asked.target in vocabulary.PLAN_QUANTITIES
        return planned and drafts.find(asked.target) is None
    return isinstance(
        request,
        vocabulary.Set | vocabulary.Multiply | vocabulary.Trials | vocabulary.Repeat,
    )


def _carry_out(asked: Asked, drafts: Drafts) -> str:
    """Makes the change; returns what of it was not possible, if anything.

    Raises:
        RefusedError: nothing of it is possible.
    """
    request, draft = asked.request, drafts.find(asked.target)
    match request:
        case vocabulary.Free():
            return values.free(request, draft, asked, drafts)
        case vocabulary.Fix():
            return values.fix(request, draft, asked, drafts)
        case vocabulary.Reparameterise():
            return values.reparameterise(request, draft, asked, drafts)
        case vocabulary.Exclude():
            return regions.exclude(request, draft, asked, drafts)
        case vocabulary.Narrow():
            return bounds.narrow(request, draft, asked)
        case vocabulary.Widen():
            return bounds.widen(request, draft, asked)
        case vocabulary.Rescale():
            return bounds.rescale(request, draft, asked)
    raise AssertionError(f"{request} is about the plan")

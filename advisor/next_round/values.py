"""Edits that fix, free or reparameterise a hyperparameter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from advisor.model.edits import Fix, Free, Reparameterise
from advisor.model.log import Value, is_number
from advisor.model.planned_space import ONE_MINUS
from advisor.model.search_space import Hyperparameter, Side
from advisor.next_round.draft import Draft
from advisor.next_round.drafts import Drafts, RefusedError
from advisor.next_round.edits import Asked
from advisor.next_round.words import in_words
from advisor.numbers import decimal

_EQUIVALENT: Mapping[str, tuple[str, Free]] = {
    "warmup_steps": ("warmup_fraction", Free(lower=0.0, upper=0.1)),
}
"""Another hyperparameter that does the same, and where it is searched."""


def free(request: Free, draft: Draft | None, asked: Asked, drafts: Drafts) -> str:
    """Searches it, within the bounds asked for unless it is searched already.

    Raises:
        RefusedError: no range is known, or limits leave nothing of it.
    """
    if draft is None and asked.target in _EQUIVALENT:
        other, its_range = _EQUIVALENT[asked.target]
        draft = drafts.find(other)
        request = its_range if draft is not None else request
    if draft is not None and draft.space is not None:
        draft.freed_by = draft.freed_by or asked.by.id
        return ""
    made = draft or Draft(asked.target, None, None, "fixed")
    space = _space_of(request, made, asked)
    if draft is None:
        drafts.drafts.append(made)
    role = "nuisance" if request.role == "fixed" else request.role
    made.search(space, role)
    made.freed_by = asked.by.id
    made.changes.append(asked.change(f"searched: {range_in_words(space)}"))
    return ""


def fix(request: Fix, draft: Draft | None, asked: Asked, drafts: Drafts) -> str:
    """Gives it one value, that of the best trial if none is named.

    Raises:
        RefusedError: the value is beyond a limit or was cut off, or another finding
            wants it searched, or fixed elsewhere.
    """
    draft = drafts.get(draft)
    value = request.value if request.value is not None else draft.incumbent
    if value is None:
        raise RefusedError("no value is known to fix it at")
    value = _of_its_kind(value, draft)
    if draft.space is None:
        if draft.value == value:
            return ""
        if draft.fixed_by:
            raise RefusedError(
                f"it is fixed at {in_words(draft.value)}", draft.fixed_by
            )
    if draft.freed_by:
        raise RefusedError("it is to be searched", draft.freed_by)
    if is_number(value):
        _check_limits(float(value), draft)
    draft.fix(value)
    draft.fixed_by = asked.by.id
    draft.changes.append(asked.change(f"fixed at {in_words(value)}"))
    return ""


def reparameterise(
    request: Reparameterise, draft: Draft | None, asked: Asked, drafts: Drafts
) -> str:
    """Searches one minus it in its place.

    Raises:
        RefusedError: it is not searched, reaches 1, or a constraint speaks of it.
    """
    if draft is None and drafts.find(request.to) is not None:
        return ""
    draft = drafts.get(draft)
    space = draft.space
    if space is None or not space.ordered:
        raise RefusedError("only a range that is searched can be turned over")
    lower, upper = 1.0 - space.bounds[1], 1.0 - space.bounds[0]
    if lower < 0 or (request.scale == "log" and lower <= 0):
        raise RefusedError(f"1 - x is {decimal(lower)} at its upper bound")
    if upper > 1:
        raise RefusedError(f"1 - x is {decimal(upper)} at its lower bound")
    if any(draft.name in each.powers for each in drafts.constraints):
        raise RefusedError("a constraint speaks of it")
    if drafts.find(request.to) is not None:
        raise RefusedError(f"the study has {request.to} already")
    turned: dict[Side, Side] = {"lower": "upper", "upper": "lower"}
    old, draft.name = draft.name, request.to
    drafts.constraints[:] = [
        each.renamed(f"{ONE_MINUS}{old}", request.to) for each in drafts.constraints
    ]
    draft.space = replace(
        space,
        name=request.to,
        kind="float",
        lower=_tidy(lower),
        upper=_tidy(upper),
        scale=request.scale,
        choices=(),
        hard=frozenset(turned[side] for side in space.hard),
        alias=request.to,
        limits=(0.0, 1.0),
    )
    what = f"in place of {old}, as 1 - {old}: {range_in_words(draft.space)}"
    draft.changes.append(asked.change(what))
    return ""


def range_in_words(space: Hyperparameter) -> str:
    """`0.001 to 0.1, log`, or the choices."""
    if not space.ordered or space.choices:
        return ", ".join(map(in_words, space.choices))
    lower, upper = space.bounds
    return f"{decimal(lower)} to {decimal(upper)}, {space.scale}"


def _space_of(request: Free, draft: Draft, asked: Asked) -> Hyperparameter:
    """The range asked for, within limits, the present value inside where it fits."""
    before = draft.before
    alias = before.alias if before is not None else asked.target
    if request.choices:
        choices = tuple(dict.fromkeys((*request.choices, *_known(draft.value))))
        return Hyperparameter(draft.name, "categorical", choices=choices, alias=alias)
    if request.lower is None or request.upper is None:
        raise RefusedError("no range is known to search it in")
    lower, upper = request.lower, request.upper
    value = draft.value
    if is_number(value) and (request.scale == "linear" or value > 0):
        lower, upper = min(lower, float(value)), max(upper, float(value))
    least, most = draft.limits
    lower, upper = max(lower, least), min(upper, most)
    if not (math.isfinite(lower) and math.isfinite(upper)) or not lower < upper:
        raise RefusedError("limits leave nothing of the range")
    if request.scale == "log" and lower <= 0:
        raise RefusedError(f"a log scale has no place for {decimal(lower)}")
    ends = (asked.edit.arguments.get("lower"), asked.edit.arguments.get("upper"))
    whole = all(isinstance(end, int) for end in ends) and lower.is_integer()
    return Hyperparameter(
        draft.name,
        "integer" if whole and upper.is_integer() else "float",
        lower,
        upper,
        request.scale,
        declared=True,
        alias=alias,
        hard=before.hard if before is not None and before.ordered else frozenset(),
        limits=before.limits if before is not None else (None, None),
    )


def _check_limits(value: float, draft: Draft) -> None:
    least, most = draft.limits
    if not least <= value <= most:
        raise RefusedError(f"{decimal(value)} is beyond a limit")
    if draft.space is None or not draft.space.ordered:
        return
    lower, upper = draft.space.bounds
    for side, beyond in (("upper", value > upper), ("lower", value < lower)):
        if beyond and side in draft.narrowed:
            raise RefusedError(
                f"{decimal(value)} was cut off by another finding", draft.narrowed[side]
            )


def _of_its_kind(value: Value, draft: Draft) -> Value:
    known = draft.space or draft.before
    whole = known is not None and known.kind == "integer"
    if whole and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _known(value: Value) -> tuple[Value, ...]:
    return () if value is None else (value,)


def _tidy(value: float) -> float:
    """0.1 where 1 - 0.9 is 0.09999999999999998."""
    return float(f"{value:.12g}")

"""Edits that move bounds or change a scale."""

from __future__ import annotations

import math
from dataclasses import replace

from advisor.model.edits import Narrow, Rescale, Widen
from advisor.model.log import is_number
from advisor.model.search_space import Hyperparameter, Side
from advisor.next_round.draft import Draft
from advisor.next_round.drafts import RefusedError
from advisor.next_round.edits import Asked
from advisor.next_round.words import in_words
from advisor.numbers import decimal


def narrow(request: Narrow, draft: Draft | None, asked: Asked) -> str:
    """Moves a bound inwards, but not past the best trial.

    Raises:
        RefusedError: no such bound, or nothing would be left.
    """
    if draft is not None and draft.space is None and is_number(draft.value):
        if _inside(float(draft.value), request):
            draft.cuts[request.side] = request.to
            return ""
        raise RefusedError(f"it is fixed at {in_words(draft.value)}")
    draft, space = _ordered(draft)
    side, (lower, upper) = request.side, space.bounds
    to = _to_a_choice(_whole(request.to, space, up=side == "lower"), space, side)
    if not math.isfinite(to):
        raise RefusedError("the new bound is no number")
    if (to >= upper) if side == "upper" else (to <= lower):
        return ""  # it is no wider already
    rest, best = "", draft.incumbent
    if is_number(best) and not _inside(float(best), Narrow(side, to)):
        rest = f"the best trial has {in_words(best)}, which stays inside"
        to = float(best)
    if not lower < upper or ((to <= lower) if side == "upper" else (to >= upper)):
        raise RefusedError(
            f"nothing would be left of {decimal(lower)} to {decimal(upper)}"
        )
    if (to >= upper) if side == "upper" else (to <= lower):
        raise RefusedError(rest)
    draft.changes.append(asked.change(draft.move(side, to)))
    draft.narrowed[side] = asked.by.id
    return rest


def widen(request: Widen, draft: Draft | None, asked: Asked) -> str:
    """Moves a bound outwards, as far as its limit.

    Raises:
        RefusedError: a limit or another finding is in the way.
    """
    if draft is not None and draft.space is None and draft.fixed_by:
        raise RefusedError(f"it is fixed at {in_words(draft.value)}", draft.fixed_by)
    draft, space = _ordered(draft)
    side, (lower, upper) = request.side, space.bounds
    bound = upper if side == "upper" else lower
    if side in draft.narrowed:
        raise RefusedError(
            f"another finding ends the range at {decimal(bound)}",
            draft.narrowed[side],
        )
    to = _whole(request.to, space, up=side == "upper")
    if not math.isfinite(to):
        raise RefusedError("the new bound is no number")
    if (to <= bound) if side == "upper" else (to >= bound):
        return ""  # it is as wide already
    allowed = _within_limits(to, draft, side)
    if (allowed <= bound) if side == "upper" else (allowed >= bound):
        raise RefusedError(f"{decimal(bound)} is a limit")
    draft.changes.append(asked.change(_move_choices_too(draft, side, allowed)))
    return (
        "" if allowed == to else f"a limit lies before it; moved to {decimal(allowed)}"
    )


def rescale(request: Rescale, draft: Draft | None, asked: Asked) -> str:
    """Changes the scale on which it is sampled.

    Raises:
        RefusedError: it is not searched, or a log scale has no place for its bound.
    """
    draft, space = _ordered(draft)
    if space.scale == request.scale:  # read so by its name; a finding says otherwise
        draft.changes.append(asked.change(f"sampled on a {request.scale} scale"))
        return ""
    lower = space.bounds[0]
    if request.scale == "log" and lower <= 0:
        raise RefusedError(f"a log scale has no place for {decimal(lower)}")
    draft.space = replace(space, scale=request.scale)
    draft.changes.append(asked.change(f"scale {space.scale} → {request.scale}"))
    return ""


def _ordered(draft: Draft | None) -> tuple[Draft, Hyperparameter]:
    if draft is None:
        raise RefusedError("the study has no such hyperparameter")
    if draft.space is None:
        raise RefusedError(f"it is fixed at {in_words(draft.value)}", draft.fixed_by)
    if not draft.space.ordered:
        raise RefusedError("its choices have no order")
    return draft, draft.space


def _within_limits(to: float, draft: Draft, side: Side) -> float:
    """`to`, or the limit before it where that is a value to train with.

    Raises:
        RefusedError: the limit is none, as the 1 of a momentum or a dropout.
    """
    space = draft.space
    assert space is not None
    least, most = draft.limits
    if side == "upper":
        if to >= most and space.kind == "float" and most == space.limits[1]:
            raise RefusedError(
                f"{decimal(most)} is a natural limit, to be kept away from"
            )
        return _whole(min(to, most), space, up=False)
    to = max(to, least)
    if space.scale == "log" and to <= 0:
        raise RefusedError(f"a log scale has no place for {decimal(to)}")
    return _whole(to, space, up=True)


def _to_a_choice(to: float, space: Hyperparameter, side: Side) -> float:
    """The last feasible point before `to`, where there are feasible points."""
    numbers = [float(each) for each in space.choices if is_number(each)]
    if side == "upper":
        return max((each for each in numbers if each <= to), default=to)
    return min((each for each in numbers if each >= to), default=to)


def _move_choices_too(draft: Draft, side: Side, to: float) -> str:
    """Moves the bound; feasible points go on as they did, 32, 64, 128 to 256."""
    space = draft.space
    assert space is not None
    numbers = sorted(float(each) for each in space.choices if is_number(each))
    what = draft.move(side, to)
    if len(numbers) > 1 and draft.space is not None:
        added = _continued(numbers, to, space)
        values = [int(v) if space.kind == "integer" else v for v in (*numbers, *added)]
        draft.space = replace(draft.space, choices=tuple(sorted(values)))
    return what


def _continued(numbers: list[float], to: float, space: Hyperparameter) -> list[float]:
    """Further feasible points up or down to `to`, spaced like the outermost two."""
    upwards = to > numbers[-1]
    end, inner = (numbers[-1], numbers[-2]) if upwards else (numbers[0], numbers[1])
    geometric = inner > 0 and end > 0 and space.scale == "log"
    added: list[float] = []
    while len(added) < len(numbers) + 2:
        end, inner = (end * end / inner if geometric else 2 * end - inner), end
        if space.kind == "integer":
            end = float(round(end))
        if (end >= to) if upwards else (end <= to):
            break
        added.append(end)
    return [*added, to]


def _inside(value: float, request: Narrow) -> bool:
    return value <= request.to if request.side == "upper" else value >= request.to


def _whole(value: float, space: Hyperparameter, *, up: bool) -> float:
    if space.kind != "integer" or not math.isfinite(value):
        return value
    return float(math.ceil(value) if up else math.floor(value))

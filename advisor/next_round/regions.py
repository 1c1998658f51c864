"""Edits that leave out a region of the search space."""

from __future__ import annotations

import itertools

from advisor.model.edits import Exclude, Narrow
from advisor.model.planned_space import ONE_MINUS, Constraint, hyperparameter_of
from advisor.next_round.bounds import narrow
from advisor.next_round.draft import Draft
from advisor.next_round.drafts import Drafts, RefusedError
from advisor.next_round.edits import Asked


def exclude(request: Exclude, draft: Draft | None, asked: Asked, drafts: Drafts) -> str:
    """A cut of one hyperparameter becomes its bound; any other region a constraint.

    Raises:
        RefusedError: an unknown hyperparameter, or a region that holds the best trial
            or everything.
    """
    above, below = request.above, request.below
    if above is None and below is None:
        raise RefusedError("no value says where the region begins")
    if not request.times and (above is None or below is None):
        cut = Narrow("upper", above) if above is not None else Narrow("lower", below)  # type: ignore[arg-type]
        return narrow(cut, draft, asked)
    powers = {}
    for factor, power in {asked.target: 1.0, **request.times}.items():
        found = drafts.find(factor)
        turned = found is None and factor.startswith(ONE_MINUS)
        found = drafts.find(factor.removeprefix(ONE_MINUS)) if turned else found
        if found is None:
            raise RefusedError(f"the study has no hyperparameter {factor}")
        if found.space is not None and not found.space.ordered:
            raise RefusedError(f"the choices of {found.name} have no order")
        powers[f"{ONE_MINUS}{found.name}" if turned else found.name] = power
    constraint = Constraint(powers, above, below, asked.change(""))
    region = Constraint(powers, above, below, asked.change(f"left out: {constraint}"))
    if region.excludes(drafts.incumbent):
        raise RefusedError("the best trial lies there")
    if _nothing_left(region, drafts):
        raise RefusedError("nothing of the search space would be left")
    if all(
        each.powers != powers or str(each) != str(region) for each in drafts.constraints
    ):
        drafts.constraints.append(region)
    return ""


def _nothing_left(region: Constraint, drafts: Drafts) -> bool:
    """Whether all corners are excluded: a product of powers is extreme at corners."""
    names = [draft.name for draft in drafts.drafts]
    ends = {}
    for factor in region.powers:
        draft = drafts.find(hyperparameter_of(factor, names))
        assert draft is not None
        space = draft.space
        ends[draft.name] = space.bounds if space is not None else (draft.value,)
    if region.above is not None and region.below is not None:
        return False
    return all(
        region.excludes(dict(zip(ends, corner, strict=True)))
        for corner in itertools.product(*ends.values())
    )

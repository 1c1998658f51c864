"""Whether the next round explores, or exploits what was learned."""

from __future__ import annotations

from advisor.model.next_round import Conflict, Phase, Quantity
from advisor.model.planned_space import PLAN
from advisor.model.search_space import Hyperparameter
from advisor.next_round.search_space_edits import EditedSpace
from advisor.next_round.words import in_words


def phase_of(
    edited: EditedSpace, quantities: tuple[Quantity, ...]
) -> tuple[Phase, tuple[Quantity, ...], tuple[Conflict, ...]]:
    """Exploitation only where a finding asks for it and no other changes the space."""
    asking = next((each for each in quantities if each.name == "phase"), None)
    if asking is None:
        return "exploration", quantities, ()
    if asking.after == "exploration":
        return "exploration", quantities, ()
    if asking.after != "exploitation":
        because = "the phases are exploration and exploitation"
    elif _moved_by_others(edited, asking):
        because = "the search space still changes, so exploration goes on"
    else:
        return "exploitation", quantities, ()
    asked = f"set phase: value {in_words(asking.after)}"
    lost = tuple(
        Conflict("phase", asked, change.finding, because) for change in asking.changes
    )
    kept = tuple(each for each in quantities if each is not asking)
    return "exploration", kept, lost


def _moved_by_others(edited: EditedSpace, asking: Quantity) -> bool:
    own = {PLAN, *(change.finding for change in asking.changes)}
    return any(
        change.finding not in own
        for each in edited.hyperparameters
        if each.searched and not _lies_within(each.space, each.before)
        for change in each.changes
    )


def _lies_within(now: Hyperparameter | None, before: Hyperparameter | None) -> bool:
    """A range of which parts are left out holds nothing that is yet to be explored."""
    if now is None or before is None or not (now.ordered and before.ordered):
        return False
    same = (now.name, now.scale) == (before.name, before.scale)
    (lower, upper), (least, most) = now.bounds, before.bounds
    return same and least <= lower and upper <= most

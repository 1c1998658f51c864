"""All hyperparameters of a study while edits are merged into them."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.model.log import Value
from advisor.model.next_round import Conflict
from advisor.model.planned_space import Constraint
from advisor.model.search_space import SearchSpace
from advisor.next_round.draft import Draft, draft_of


class RefusedError(Exception):
    """An edit that is not carried out: why, and the finding that stands against it."""

    def __init__(self, because: str, winner: str = "") -> None:
        super().__init__(because)
        self.because = because
        self.winner = winner


class Drafts:
    """All hyperparameters while edits are merged into them."""

    def __init__(self, space: SearchSpace, incumbent: Mapping[str, Value]) -> None:
        self.drafts = [draft_of(each, incumbent.get(each.name)) for each in space]
        self.incumbent = incumbent
        self.constraints: list[Constraint] = []
        self.conflicts: list[Conflict] = []

    def find(self, target: str) -> Draft | None:
        """By its own name, else by the field's name for it."""
        for draft in self.drafts:
            if draft.name == target:
                return draft
        for draft in self.drafts:
            known = draft.space or draft.before
            if known is not None and known.alias == target:
                return draft
        return None

    def get(self, draft: Draft | None) -> Draft:
        """The draft, where an edit needs one.

        Raises:
            RefusedError: the study has no such hyperparameter.
        """
        if draft is None:
            raise RefusedError("the study has no such hyperparameter")
        return draft

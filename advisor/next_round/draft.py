"""One hyperparameter while edits are merged into it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from advisor.model.log import Value
from advisor.model.planned_space import Change, PlannedHyperparameter
from advisor.model.search_space import Hyperparameter, Role, Side
from advisor.next_round.words import in_words
from advisor.numbers import decimal


@dataclass
class Draft:
    """What is known so far; `space` is None while the hyperparameter is fixed."""

    name: str
    before: Hyperparameter | None
    space: Hyperparameter | None
    role: Role
    value: Value = None
    incumbent: Value = None  # its value in the best trial
    changes: list[Change] = field(default_factory=list)
    narrowed: dict[Side, str] = field(default_factory=dict)  # the finding, by side
    cuts: dict[Side, float] = field(default_factory=dict)  # while it is fixed
    fixed_by: str = ""
    freed_by: str = ""

    @property
    def limits(self) -> tuple[float, float]:
        """What neither bound may cross: natural limits, and bounds marked as hard."""
        lower = self.cuts.get("lower", -math.inf)
        upper = self.cuts.get("upper", math.inf)
        if self.before is None or not self.before.ordered:
            return lower, upper
        bounds, (least, most) = self.before.bounds, self.before.limits
        least = bounds[0] if "lower" in self.before.hard else least
        most = bounds[1] if "upper" in self.before.hard else most
        return (
            lower if least is None else max(lower, least),
            upper if most is None else min(upper, most),
        )

    def fix(self, value: Value) -> None:
        """Gives it one value."""
        self.space, self.role, self.value = None, "fixed", value

    def search(self, space: Hyperparameter, role: Role) -> None:
        """Searches it."""
        self.space, self.role, self.value = space, role, None

    def move(self, side: Side, to: float) -> str:
        """Moves a bound, and says so; choices beyond it go."""
        space = self.space
        assert space is not None
        old = space.bounds[int(side == "upper")]
        choices = tuple(
            each
            for each in space.choices
            if not isinstance(each, int | float)
            or (each <= to if side == "upper" else each >= to)
        )
        if side == "lower":
            self.space = replace(space, choices=choices, lower=to)
        else:
            self.space = replace(space, choices=choices, upper=to)
        return f"{side} {decimal(old)} → {decimal(to)}"

    def planned(self) -> PlannedHyperparameter:
        """The finished value."""
        return PlannedHyperparameter(
            name=self.name,
            role=self.role,
            before=self.before,
            space=self.space,
            value=self.value,
            changes=tuple(self.changes),
        )


def draft_of(each: Hyperparameter, incumbent: Value) -> Draft:
    """A hyperparameter as it was, before any edit.

    One that varied although advisor.yaml calls it fixed is fixed at the best value.
    """
    if each.varies and each.role != "fixed":
        return Draft(each.name, each, each, each.role, incumbent=incumbent)
    if each.varies:
        change = Change(
            f"fixed at {in_words(incumbent)}", "", "advisor.yaml says it is fixed"
        )
        return Draft(
            *(each.name, each, None, "fixed", incumbent, incumbent), changes=[change]
        )
    return Draft(each.name, each, None, "fixed", only_value(each), incumbent)


def only_value(each: Hyperparameter) -> Value:
    """The value of a hyperparameter that did not vary."""
    if not each.ordered:
        return each.choices[0] if each.choices else None
    lower = each.bounds[0]
    return int(lower) if each.kind == "integer" else lower

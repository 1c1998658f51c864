"""Hyperparameters on the scale on which a model of the error sees them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from advisor.model.log import Value, is_number
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import COMPLEMENTED, Hyperparameter
from advisor.next_round.quasi_random import value_at

_DECADES = 2.0  # a range of that many is a matter of orders of magnitude
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """A hyperparameter on the scale where equal steps matter about equally."""

    planned: PlannedHyperparameter
    space: Hyperparameter
    turned: bool  # `space` is that of one minus it

    @classmethod
    def of(cls, planned: PlannedHyperparameter) -> Axis:
        """Of a searched hyperparameter, whatever the scale it is drawn on."""
        space = planned.space
        assert space is not None
        if not space.ordered or space.choices or space.scale == "log":
            return cls(planned, space, False)
        lower, upper = space.bounds
        if space.alias in COMPLEMENTED and upper < 1:
            turned = replace(space, lower=1 - upper, upper=1 - lower, scale="log")
            return cls(planned, turned, True)
        if lower > 0 and upper >= lower * 10**_DECADES:
            return cls(planned, replace(space, scale="log"), False)
        return cls(planned, space, False)

    @property
    def unordered(self) -> bool:
        """Whether its values are choices without distances."""
        return not self.space.ordered

    def place(self, value: Value) -> float:
        """The number of a choice, the fraction of a range; NaN if it has none."""
        if self.space.choices:
            known = value in self.space.choices
            number = self.space.choices.index(value) if known else math.nan
            last = len(self.space.choices) - 1
            return number if self.unordered else number / max(last, 1)
        if not is_number(value):
            return math.nan
        return self.space.position(1 - value if self.turned else value)

    def value(self, fraction: float) -> Value:
        """The value at a fraction, 0 up to 1, of the range or of the choices."""
        value = value_at(self.space, fraction)
        if self.turned and is_number(value):
            return round(1 - value, _DIGITS)
        return value

"""What a verdict rests on, as numbers and as a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from advisor.engine.rule import Rule
from advisor.engine.scope import Scope
from advisor.model.finding import Evidence, Step

Asked: TypeAlias = tuple[str, bool, str]
"""A condition, what came out, and its purpose."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a verdict rests on: which conditions were asked, and how to look up more."""

    rule: Rule
    scope: Scope
    asked: tuple[Asked, ...]

    def evidence(self) -> tuple[Evidence, ...]:
        """The numbers that the rule shows."""
        return self.scope.evidence(self.rule.source.evidence)

    def trace(self) -> tuple[Step, ...]:
        """The conditions with the values that they saw."""
        return tuple(
            Step(
                text,
                self.scope.evidence(self.rule.condition(text).look_ups),
                result,
                purpose,
            )
            for text, result, purpose in self.asked
        )

"""What a verdict rests on, as numbers and as a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from advisor.engine.rule import Rule
from advisor.engine.scope import Scope
from advisor.model.finding import Evidence, Step

Asked: TypeAlias = tuple[str, bool, str]
"""A condition, what came out, and its purpose."""


class Grounds:
    """What a verdict rests on: which conditions were asked, and how to look up more."""

    __slots__ = ("_asked", "_rule", "_scope")

    def __init__(
        self, rule: Rule, scope: Callable[[], Scope], asked: Sequence[Asked]
    ) -> None:
        self._rule = rule
        self._scope: Scope | Callable[[], Scope] = scope
        self._asked = asked

    def evidence(self) -> tuple[Evidence, ...]:
        """The numbers that the rule shows."""
        return self._look_up(self._rule.source.evidence)

    def trace(self) -> tuple[Step, ...]:
        """The conditions with the values that they saw."""
        return tuple(
            Step(
                text,
                self._look_up(self._rule.condition(text).look_ups),
                result,
                purpose,
            )
            for text, result, purpose in self._asked
        )

    def _look_up(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        if not isinstance(self._scope, Scope):
            self._scope = self._scope()
        return self._scope.evidence(names)

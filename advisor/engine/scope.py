"""Looks up what a rule's conditions and messages name, measuring features on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from advisor.engine.facts import ROOTS, fact
from advisor.engine.measurements import Measurements
from advisor.engine.rule import Rule
from advisor.model.finding import Evidence, Finding, Severity, Subject
from advisor.model.log import Value


class LookUps:
    """What one rule can look up, whatever the subject."""

    def __init__(
        self,
        rule: Rule,
        measurements: Measurements,
        parameters: Mapping[str, Value],
        findings: Mapping[str, Sequence[Finding]],
    ) -> None:
        self.rule = rule
        self.study = measurements.study
        self.findings = findings
        self.constants: dict[str, Any] = dict(parameters)
        self._found: dict[str, dict[Subject, list[Finding]]] = {}
        self._notes: dict[str, tuple[str, str]] = {}
        self.results = {
            name: measurements.of(
                feature, _resolved(options, parameters), rule.source.subject
            )
            for name, (feature, options, _) in rule.features.items()
        }

    def found_about(self, rule: str, subject: Subject) -> Sequence[Finding]:
        """The findings of a rule that was evaluated before, about the same subject."""
        if rule not in self._found:
            self._found[rule] = {}
            for each in self.findings.get(rule, ()):
                self._found[rule].setdefault(each.subject, []).append(each)
        return self._found[rule].get(subject, ())

    def note(self, name: str) -> tuple[str, str]:
        """The unit and the meaning of what a look-up gives."""
        if name not in self._notes:
            self._notes[name] = self._described(name)
        return self._notes[name]

    def _described(self, name: str) -> tuple[str, str]:
        root, _, rest = name.partition(".")
        if root in self.rule.features:
            quantity = self.rule.features[root][0].quantities[rest]
            return quantity.unit, quantity.meaning
        if name in self.rule.source.parameters:
            return "threshold", self.rule.source.parameters[name].reason
        return "", ""


def _resolved(
    options: Mapping[str, Any], parameters: Mapping[str, Value]
) -> Mapping[str, Any]:
    """Options with the values of the thresholds that they name."""
    return {
        option: parameters.get(value, value) if isinstance(value, str) else value
        for option, value in options.items()
    }


class Scope:
    """The look-ups of one rule on one subject.

    `together` are the subjects that are judged with it, itself among them.
    """

    __slots__ = (
        "_evidence",
        "_look_ups",
        "_measured",
        "_subject",
        "_together",
        "_values",
    )

    def __init__(
        self, look_ups: LookUps, subject: Subject, together: Sequence[Subject] = ()
    ) -> None:
        self._look_ups = look_ups
        self._subject = subject
        self._together = together
        # The same look-ups stand in conditions, trace and evidence.
        self._values: dict[str, Any] = {}
        self._measured: dict[str, Any] = {}
        self._evidence: dict[str, Evidence] = {}

    def again(self) -> Callable[[], Scope]:
        """Makes a scope with the same look-ups, none of them made yet."""
        return partial(Scope, self._look_ups, self._subject, self._together)

    def require_features(self) -> None:
        """Measures every feature of the rule that is not optional.

        Raises:
            MissingSignalError: the logs lack a signal.
            NotEnoughDataError: the signals are too short.
        """
        for name, (_, _, optional) in self._look_ups.rule.features.items():
            if not optional:
                self._feature(name)

    def __call__(self, name: str) -> Any:
        """The value of a dotted name, `none` where it is missing."""
        values = self._values
        if name in values:
            return values[name]
        constants = self._look_ups.constants
        value = constants[name] if name in constants else self._look_up(name)
        values[name] = value
        return value

    def _look_up(self, name: str) -> Any:
        look_ups = self._look_ups
        root, _, rest = name.partition(".")
        if root in look_ups.results:
            result = self._feature(root)
            return None if result is None else _plain(getattr(result, rest))
        if root == "findings":
            return self._finding(rest)
        if root == "facts":
            return look_ups.study.facts.get(rest)
        if not rest or root not in ROOTS[look_ups.rule.source.subject]:
            raise KeyError(name)
        value = _plain(fact(root, rest, self._subject, look_ups.study))
        if root == "study":  # may be a count over all trials
            look_ups.constants[name] = value
        return value

    def found_near(self, rule: str) -> Sequence[Finding]:
        """Findings of another rule about this subject; the study's are near to all."""
        found = self._look_ups.findings.get(rule, ())
        if "study" in (self._subject.kind, *(each.subject.kind for each in found[:1])):
            return found
        return self._look_ups.found_about(rule, self._subject)

    def evidence(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """The values of look-ups, with units and meanings."""
        known = self._evidence
        for name in names:
            if name not in known:
                note = self._look_ups.note(name)
                known[name] = Evidence(name, self(name), *note)
        return tuple([known[name] for name in names])

    def _feature(self, name: str) -> Any:
        """The measured feature, None where it is optional and cannot be measured."""
        if name not in self._measured:
            result = self._look_ups.results[name].of(self._subject, self._together)
            if isinstance(result, Exception):
                if not self._look_ups.rule.features[name][2]:
                    raise result
                result = None
            self._measured[name] = result
        return self._measured[name]

    def _finding(self, rest: str) -> Any:
        name, _, part = rest.rpartition(".")
        rule = name.replace("_", "-")
        if part == "here":
            return bool(self._look_ups.found_about(rule, self._subject))
        found = self._look_ups.findings.get(rule, ())
        if part == "count":
            return len(found)
        return sum(
            each.severity >= Severity.WARNING and each.superseded_by is None
            for each in found
        )


def _plain(value: Any) -> Any:
    """Numpy scalars as Python's own, so that evidence compares and prints plainly."""
    return value.item() if isinstance(value, np.generic) else value

"""Looks up what a rule's conditions and messages name, measuring features on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from advisor.engine.facts import ROOTS, fact
from advisor.engine.rule import Rule
from advisor.engine.signals import SIGNALS, Signal
from advisor.features.feature import Feature, NotEnoughDataError
from advisor.model.finding import Evidence, Finding, Severity, Subject
from advisor.model.log import Value
from advisor.model.study import Study


class MissingSignalError(Exception):
    """A feature asks for a signal that the logs do not hold."""

    def __init__(self, signal: Signal) -> None:
        super().__init__(signal.what)
        self.signal = signal


class Measurements:
    """The features of one study, each measured once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._cache: dict[Any, Any] = {}

    def measure(
        self, feature: Feature, options: Mapping[str, Any], subject: Subject
    ) -> Any:
        """The feature's result for a subject.

        Raises:
            MissingSignalError: the logs lack a signal.
            NotEnoughDataError: the signals are too short.
        """
        shared = feature.per != "subject"
        owner = None if shared else subject
        key = (feature.name, tuple(sorted(options.items())), owner)
        if key not in self._cache:
            self._cache[key] = self._attempt(feature, options, subject)
        result = self._cache[key]
        if isinstance(result, Exception):
            raise result
        if not shared:
            return result
        if subject.name not in result:
            raise MissingSignalError(SIGNALS["values"])
        return result[subject.name]

    def _attempt(
        self, feature: Feature, options: Mapping[str, Any], subject: Subject
    ) -> Any:
        values = []
        for name in feature.signals:
            signal = SIGNALS[name]
            value = signal.supply(self.study, subject)
            if value is None:
                return MissingSignalError(signal)
            values.append(value)
        try:
            return feature.function(*values, **options)
        except NotEnoughDataError as error:
            return error


class Scope:
    """The look-ups of one rule on one subject."""

    def __init__(
        self,
        rule: Rule,
        subject: Subject,
        measurements: Measurements,
        parameters: Mapping[str, Value],
        findings: Mapping[str, Sequence[Finding]],
    ) -> None:
        self._rule = rule
        self._subject = subject
        self._measurements = measurements
        self._parameters = parameters
        self._findings = findings
        # The same look-ups stand in conditions, trace and evidence.
        self._values: dict[str, Any] = {}
        self._evidence: dict[str, Evidence] = {}
        self._results: dict[str, Any] = {}

    def require_features(self) -> None:
        """Measures every feature of the rule that is not optional.

        Raises:
            MissingSignalError, NotEnoughDataError: as `Measurements.measure`.
        """
        for name, (_, _, optional) in self._rule.features.items():
            if not optional:
                self._feature(name)

    def __call__(self, name: str) -> Any:
        """The value of a dotted name, `none` where it is missing."""
        if name not in self._values:
            self._values[name] = self._look_up(name)
        return self._values[name]

    def _look_up(self, name: str) -> Any:
        root, _, rest = name.partition(".")
        if root in self._rule.features:
            return _plain(self._quantity(root, rest))
        if root == "findings":
            return self._finding(rest)
        if root == "facts":
            return self._measurements.study.facts.get(rest)
        if rest and root in ROOTS[self._rule.source.subject]:
            return _plain(fact(root, rest, self._subject, self._measurements.study))
        return self._parameters[name]

    def evidence(self, names: Sequence[str]) -> tuple[Evidence, ...]:
        """The values of look-ups, with units and meanings."""
        known = self._evidence
        for name in names:
            if name not in known:
                known[name] = self._as_evidence(name)
        return tuple([known[name] for name in names])

    def _as_evidence(self, name: str) -> Evidence:
        value = self(name)
        root, _, rest = name.partition(".")
        if root in self._rule.features:
            quantity = self._rule.features[root][0].quantities[rest]
            return Evidence(name, value, quantity.unit, quantity.meaning)
        if name in self._rule.source.parameters:
            reason = self._rule.source.parameters[name].reason
            return Evidence(name, value, "threshold", reason)
        return Evidence(name, value)

    def _quantity(self, root: str, rest: str) -> Any:
        if not self._rule.features[root][2]:
            return getattr(self._feature(root), rest)
        try:
            return getattr(self._feature(root), rest)
        except (MissingSignalError, NotEnoughDataError):
            return None

    def _feature(self, name: str) -> Any:
        if name not in self._results:
            self._results[name] = self._measured(name)
        return self._results[name]

    def _measured(self, name: str) -> Any:
        feature, options, _ = self._rule.features[name]
        resolved = {
            option: self._parameters.get(value, value)
            if isinstance(value, str)
            else value
            for option, value in options.items()
        }
        return self._measurements.measure(feature, resolved, self._subject)

    def _finding(self, rest: str) -> Any:
        rule, _, part = rest.rpartition(".")
        found = self._findings.get(rule.replace("_", "-"), ())
        if part == "count":
            return len(found)
        if part == "warnings":
            return sum(
                each.severity >= Severity.WARNING and each.superseded_by is None
                for each in found
            )
        return any(each.subject == self._subject for each in found)


def _plain(value: Any) -> Any:
    """Numpy scalars as Python's own, so that evidence compares and prints plainly."""
    return value.item() if isinstance(value, np.generic) else value

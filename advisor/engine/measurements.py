"""The features of one study, each measured once, those of trials in blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.engine.signals import SIGNALS, Signal
from advisor.features.feature import Feature, NotEnoughDataError
from advisor.model.finding import Subject, SubjectKind
from advisor.model.study import Study


class MissingSignalError(Exception):
    """A feature asks for a signal that the logs do not hold."""

    def __init__(self, signal: Signal) -> None:
        super().__init__(signal.what)
        self.signal = signal


class Measurements:
    """The features of one study."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._results: dict[Any, Results] = {}
        self._shared: dict[str, Any] = {}

    def signal(self, name: str, subject: Subject) -> Any:
        """What features ask for by this name, None where it is missing."""
        signal = SIGNALS[name]
        if not signal.shared:
            return signal.supply(self.study, subject)
        if name not in self._shared:
            self._shared[name] = signal.supply(self.study, subject)
        return self._shared[name]

    def of(
        self, feature: Feature, options: Mapping[str, Any], kind: SubjectKind
    ) -> Results:
        """What the feature says of subjects of a kind, with these options."""
        key = (feature.name, tuple(sorted(options.items())), kind)
        if key not in self._results:
            self._results[key] = Results(self, feature, options)
        return self._results[key]


class Results:
    """What one feature says of the subjects of a study."""

    def __init__(
        self,
        measurements: Measurements,
        feature: Feature,
        options: Mapping[str, Any],
    ) -> None:
        self._measurements = measurements
        self._feature = feature
        self._options = options
        self._known: dict[str, Any] = {}
        self._whole: Any = None

    def of(self, subject: Subject, together: Sequence[Subject] = ()) -> Any:
        """The result for a subject, or the error that says why there is none.

        `together` are subjects that will be asked about too: a feature that measures
        blocks measures them now.
        """
        if subject.name not in self._known:
            if self._feature.per != "subject":
                self._known[subject.name] = self._part(subject)
            elif self._feature.block is None:
                self._known[subject.name] = self._alone(subject)
            else:
                self._measure_block((subject, *together))
        return self._known[subject.name]

    def _part(self, subject: Subject) -> Any:
        """The subject's part of what is measured once a study."""
        if self._whole is None:
            self._whole = self._alone(subject)
        if isinstance(self._whole, Exception):
            return self._whole
        return self._whole.get(subject.name, MissingSignalError(SIGNALS["values"]))

    def _alone(self, subject: Subject) -> Any:
        values = self._signals(subject)
        if isinstance(values, MissingSignalError):
            return values
        try:
            return self._feature.function(*values, **self._options)
        except NotEnoughDataError as error:
            return error

    def _measure_block(self, subjects: Sequence[Subject]) -> None:
        rows: dict[str, list[Any]] = {}
        for each in subjects:
            if each.name not in self._known:
                values = self._signals(each)
                if isinstance(values, MissingSignalError):
                    self._known[each.name] = values
                else:
                    rows[each.name] = values
        if rows and self._feature.block is not None:
            columns = zip(*rows.values(), strict=True)
            options = {**self._feature.options, **self._options}
            results = self._feature.block(*columns, **options)
            self._known.update(zip(rows, results, strict=True))

    def _signals(self, subject: Subject) -> list[Any] | MissingSignalError:
        values = []
        for name in self._feature.signals:
            value = self._measurements.signal(name, subject)
            if value is None:
                return MissingSignalError(SIGNALS[name])
            values.append(value)
        return values

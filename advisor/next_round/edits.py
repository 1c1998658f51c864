"""Edits of findings, read: who asks for what, in order of precedence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import msgspec

from advisor.model import edits as vocabulary
from advisor.model.edits import KINDS, Request
from advisor.model.finding import Edit, Finding, Lead
from advisor.model.next_round import Conflict
from advisor.model.planned_space import Change
from advisor.numbers import decimal
from advisor.text import printable

_PRECEDENCE: tuple[type[Any], ...] = (
    vocabulary.Narrow,  # stability first: what breaks cannot be compared
    vocabulary.Exclude,
    vocabulary.Free,
    vocabulary.Fix,
    vocabulary.Widen,
    vocabulary.Rescale,
    vocabulary.Reparameterise,  # last: the others speak of the old name
    vocabulary.Set,
    vocabulary.Multiply,
    vocabulary.Trials,
    vocabulary.Repeat,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One edit, typed, and who asks for it: a finding, or a rule that is undecided."""

    request: Request
    target: str
    edit: Edit
    by: Finding | Lead
    reason: str

    @property
    def gravity(self) -> tuple[int, bool]:
        """The gravest first, and a study before one of its trials."""
        severity = self.by.severity if isinstance(self.by, Finding) else 0
        return -severity, self.by.subject.kind == "trial"

    @property
    def words(self) -> str:
        """What is asked, on one line."""
        return in_words(self.edit)

    def change(self, what: str) -> Change:
        """The change that this edit led to."""
        return Change(what, self.by.id, self.reason)

    def conflict(self, because: str, winner: str = "") -> Conflict:
        """The edit as one that is not carried out, or not wholly."""
        return Conflict(self.target, self.words, self.by.id, because, winner)


def asked_of(
    findings: Iterable[Finding | Lead],
    summaries: Mapping[str, str],
    without_weight: Mapping[str, str] | None = None,
) -> tuple[tuple[Asked, ...], tuple[Conflict, ...]]:
    """All edits in order of precedence, and those that have no say.

    An undecided rule gives its reason for that. Findings that another one explains, or
    that an experiment refuted, do not edit; neither do those `without_weight`, which
    gives the reason by id. `summaries` gives a rule's defect in one line, by its id.
    """
    light = without_weight or {}
    asked: list[Asked] = []
    without: list[Conflict] = []
    for finding in findings:
        reason = (
            f"undecided: {finding.because}"
            if isinstance(finding, Lead)
            else summaries.get(finding.rule, finding.message)
        )
        for edit in finding.edits:
            silent = _has_no_say(finding, light.get(finding.id))
            request = _read(edit)
            if isinstance(request, str) or silent:
                because, winner = silent or (str(request), "")
                without.append(
                    Conflict(
                        printable(edit.target),
                        in_words(edit),
                        finding.id,
                        because,
                        winner,
                    )
                )
            else:
                target = printable(edit.target)
                asked.append(Asked(request, target, edit, finding, reason))
    return by_precedence(asked), tuple(without)


def by_precedence(asked: Iterable[Asked]) -> tuple[Asked, ...]:
    """In the order in which they are carried out; the first of a kind wins."""
    return tuple(sorted(asked, key=_order))


def in_words(edit: Edit) -> str:
    """`widen learning_rate: side upper, to 1`."""
    details = ", ".join(
        f"{key} {_value_in_words(value)}" for key, value in edit.arguments.items()
    )
    head = f"{edit.kind} {edit.target}".strip()
    return printable(f"{head}: {details}" if details else head)


def _has_no_say(finding: Finding | Lead, light: str | None) -> tuple[str, str] | None:
    if isinstance(finding, Lead):
        return None
    if finding.refuted:
        return "an experiment refuted the finding", ""
    if finding.superseded_by is not None:
        return "another finding explains this one", finding.superseded_by
    return (light, "") if light is not None else None


def _order(asked: Asked) -> tuple[Any, ...]:
    return (
        _PRECEDENCE.index(type(asked.request)),
        *asked.gravity,
        asked.by.rule,
        asked.by.subject.name,
        asked.target,
        asked.words,
    )


def _read(edit: Edit) -> Request | str:
    """The edit as a value, or in words what is wrong with it."""
    kind = KINDS.get(edit.kind)
    if kind is None:
        return f"no edit is called {printable(edit.kind)}"
    try:
        return msgspec.convert(_plain(dict(edit.arguments)), kind)
    except msgspec.ValidationError as error:
        return printable(f"its arguments could not be filled in: {error}")


def _plain(value: Any) -> Any:
    """Python's own numbers in place of numpy's, so that types can be checked."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value


def _value_in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key}^{_value_in_words(v)}" for key, v in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(_value_in_words, value))
    if isinstance(value, Real) and not isinstance(value, bool | Integral):
        return decimal(float(value))
    return str(value)

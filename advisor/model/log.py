"""What loaders hand over: logs as found, before anyone says what a name means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeGuard, TypeVar

from advisor.errors import Problem
from advisor.model.curve import Curve
from advisor.model.search_space import Domain
from advisor.text import printable

Value: TypeAlias = bool | int | float | str | None
"""One configuration entry. Nested entries are flattened to dotted keys."""

State: TypeAlias = Literal["running", "finished", "crashed", "failed", "killed"]

_T = TypeVar("_T")


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value has a place on an axis; true and false do not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _clean(mapping: Mapping[str, _T]) -> Mapping[str, _T]:
    return MappingProxyType(
        {
            printable(key): printable(value) if isinstance(value, str) else value  # type: ignore[misc]
            for key, value in mapping.items()
        }
    )


@dataclass(frozen=True, slots=True)
class TrialLog:
    """One trial, or the part of a trial that one file holds, as found.

    Parts with the same `location` and `key` are joined into one trial. `key` tells
    apart the trials of one file (a row of a table, a run of a chart); it is empty where
    the location alone is the trial. Text is made printable at birth.
    """

    location: Path  # the trial's folder, or the file that holds several trials
    format: str  # NAME of the loader
    sources: tuple[Path, ...]
    key: str = ""
    display_name: str | None = None  # the user's own name for it, where the log has one
    curves: Mapping[str, Curve] = field(default_factory=dict)  # by tag, as found
    results: Mapping[str, float] = field(default_factory=dict)  # one number a trial
    configuration: Mapping[str, Value] = field(default_factory=dict)
    state: State | None = None
    group: str | None = None  # sweep, project or experiment that the log itself names
    notes: tuple[str, ...] = ()  # e.g. sampled by the exporter; restarts
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", printable(self.key))
        for name in ("display_name", "group"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, printable(text))
        for name in ("curves", "results", "configuration"):
            object.__setattr__(self, name, _clean(getattr(self, name)))

    @property
    def points(self) -> int:
        """Measurements in all curves."""
        return sum(len(curve) for curve in self.curves.values())


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a sweep or experiment file says of all trials at or below `location`."""

    location: Path
    source: Path
    domains: Mapping[str, Domain] = field(default_factory=dict)
    objective: str | None = None  # tag, as found
    goal: Literal["minimize", "maximize"] | None = None
    algorithm: str | None = None  # "random", "bayes", "grid", "quasi-random"
    group: str | None = None  # only the trials of this group, where the file names one

    def __post_init__(self) -> None:
        object.__setattr__(self, "domains", _clean(self.domains))


@dataclass(frozen=True, slots=True)
class Logs:
    """Everything below the given paths, and what could not be read."""

    roots: tuple[Path, ...]
    trials: tuple[TrialLog, ...]
    declarations: tuple[Declaration, ...] = ()
    problems: tuple[Problem, ...] = ()
    unclaimed: Mapping[str, int] = field(default_factory=dict)  # files by suffix

    def name_of(self, trial: TrialLog) -> str:
        """The trial's name: its place below the root that it was found under."""
        for root in self.roots:
            if trial.location == root or root in trial.location.parents:
                place = trial.location.relative_to(root).as_posix()
                parts = [
                    part for part in (place if place != "." else "", trial.key) if part
                ]
                return printable("/".join(parts) or root.name or str(root))
        return printable("/".join(filter(None, (trial.location.as_posix(), trial.key))))

"""The bytes of a cached reading: text in MessagePack, numbers as they are in memory.

Nothing in it can be executed. Decoding checks every type and bound again, and a path
can only be one at or below a folder above the log, so a forged entry can lie about
numbers, as the log itself could, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from advisor.errors import Problem
from advisor.loaders.cache.folder import digest
from advisor.loaders.surroundings import Asked, Stamp
from advisor.model.curve import Axis
from advisor.model.log import Declaration, State, TrialLog, Value
from advisor.model.search_space import Scale

MAGIC = b"advisor1"
WORD = 8  # bytes of a number; all begin at a multiple of it
_CHECKED = 512  # words that one sum is over
HIGHEST = 8  # folders above the log that a path may lie below

Place: TypeAlias = tuple[int, bytes]
"""How many folders up from the log, and the way down from there; -1: the log itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file gave: what a loader yielded, and why it stopped, if it did."""

    loader: str
    asked: Sequence[Asked]
    parts: Sequence[TrialLog | Declaration]
    failure: Problem | None = None


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    pass


class KeptProblem(_Kept):
    """A `Problem`."""

    path: Place
    expected: str
    found: str
    remedy: str
    line: int | None
    column: int | None
    offset: int | None


class KeptCurve(_Kept):
    """A `Curve`: how many points, and at which word each of its arrays begins."""

    tag: str
    axis: Axis
    count: int
    steps: int
    values: int
    times: int | None


class KeptTrial(_Kept, tag=0):
    """A `TrialLog`."""

    location: Place
    format: str
    sources: tuple[Place, ...]
    key: str
    display_name: str | None
    curves: tuple[KeptCurve, ...]
    results: dict[str, int | float]
    configuration: dict[str, Value]
    state: State | None
    group: str | None
    notes: tuple[str, ...]
    problems: tuple[KeptProblem, ...]


class KeptDomain(_Kept):
    """A `Domain`."""

    lower: int | float | None
    upper: int | float | None
    choices: tuple[Value, ...]
    scale: Scale | None


class KeptDeclaration(_Kept, tag=1):
    """A `Declaration`."""

    location: Place
    source: Place
    domains: dict[str, KeptDomain]
    objective: str | None
    goal: Literal["minimize", "maximize"] | None
    algorithm: str | None
    group: str | None


class Entry(_Kept):
    """A `Reading`, of which log, and what that was like; of answers, a digest."""

    key: bytes
    stamp: Stamp
    ends: bytes
    loader: str
    asked: tuple[tuple[str, tuple[Place | str | bool | int | float, ...], bytes], ...]
    parts: tuple[KeptTrial | KeptDeclaration, ...]
    failure: KeptProblem | None


@dataclass(frozen=True, slots=True)
class Content:
    """By what a file is known again: its stamp, and a digest of its two ends."""

    stamp: Stamp
    ends: bytes


def checksum(body: bytes | memoryview) -> bytes:
    """Of sums of 4 KiB: several times faster than of all bytes, and finds damage."""
    words = np.frombuffer(body, dtype=np.uint64)
    whole = len(words) // _CHECKED * _CHECKED
    sums = words[:whole].reshape(-1, _CHECKED).sum(axis=1, dtype=np.uint64)
    return digest(sums.tobytes() + words[whole:].tobytes())

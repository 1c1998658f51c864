"""From the bytes of an entry to readings; everything in it is checked again."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np

from advisor.errors import Problem
from advisor.loaders.cache.entry import (
    HIGHEST,
    MAGIC,
    WORD,
    Content,
    Entry,
    KeptCurve,
    KeptDeclaration,
    KeptProblem,
    KeptTrial,
    Place,
    Reading,
    checksum,
)
from advisor.loaders.cache.folder import DIGEST
from advisor.loaders.surroundings import Asked
from advisor.model.curve import Curve
from advisor.model.log import Declaration, TrialLog
from advisor.model.search_space import Domain

Words: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


def decode(path: Path, key: bytes, content: Content, data: bytes) -> Reading:
    """The reading of the log at `path`, which has this content now.

    The questions hold a digest of their answer in its place.

    Raises:
        ValueError, TypeError: damaged, forged, or of another log.
    """
    head = len(MAGIC) + DIGEST
    body = memoryview(data)[head:]
    if data[: len(MAGIC)] != MAGIC or len(body) % WORD:
        raise ValueError("no entry")
    if checksum(body) != data[len(MAGIC) : head]:
        raise ValueError("damaged")
    end = WORD + int.from_bytes(body[:WORD], "little")
    entry = _DECODER.decode(body[WORD:end])
    if entry.key != key:
        raise ValueError("of another log")
    if (entry.stamp, entry.ends) != (content.stamp, content.ends):
        raise ValueError("of an earlier state of the log")
    reader = _Reader(path, np.frombuffer(body[end + -end % WORD :], dtype=np.int64))
    asked = [
        Asked(name, tuple(map(reader.plain, about)), answer)
        for name, about, answer in entry.asked
    ]
    failure = None if entry.failure is None else reader.problem(entry.failure)
    parts = tuple(map(reader.part, entry.parts))
    return Reading(entry.loader, asked, parts, failure)


_DECODER = msgspec.msgpack.Decoder(Entry)


@dataclass(slots=True)
class _Reader:
    path: Path
    words: Words
    places: dict[Place, Path] = field(default_factory=dict)
    steps: dict[tuple[int, int], Words] = field(default_factory=dict)

    def place(self, place: Place) -> Path:
        if place not in self.places:
            self.places[place] = self._resolved(*place)
        return self.places[place]

    def _resolved(self, up: int, down: bytes) -> Path:
        if up == -1 and not down:
            return self.path
        way = os.fsdecode(down)
        highest = min(HIGHEST, len(self.path.parents))
        if not 0 <= up < highest or way.startswith("/") or ".." in way.split("/"):
            raise ValueError("a path that leads elsewhere")
        folder = self.path.parent if up == 0 else self.path.parents[up]
        return folder / way if down else folder

    def plain(self, value: Any) -> Any:
        return self.place(value) if isinstance(value, tuple) else value

    def part(self, part: KeptTrial | KeptDeclaration) -> TrialLog | Declaration:
        if isinstance(part, KeptDeclaration):
            domains = {
                name: Domain(each.lower, each.upper, each.choices, each.scale)
                for name, each in part.domains.items()
            }
            return Declaration(
                self.place(part.location),
                self.place(part.source),
                domains,
                *(part.objective, part.goal, part.algorithm, part.group),
            )
        return TrialLog(
            self.place(part.location),
            part.format,
            tuple(map(self.place, part.sources)),
            part.key,
            part.display_name,
            self.curves(part.curves),
            part.results,
            part.configuration,
            part.state,
            part.group,
            part.notes,
            tuple(map(self.problem, part.problems)),
        )

    def curves(self, curves: Sequence[KeptCurve]) -> Mapping[str, Curve]:
        return {
            each.tag: Curve(
                self.shared(each.steps, each.count),
                self.array(each.values, each.count).view(np.float64),
                None
                if each.times is None
                else self.array(each.times, each.count).view(np.float64),
                each.axis,
            )
            for each in curves
        }

    def shared(self, start: int, count: int) -> Words:
        """One array for all curves that were logged at the same steps."""
        if (start, count) not in self.steps:
            self.steps[start, count] = self.array(start, count)
        return self.steps[start, count]

    def array(self, start: int, count: int) -> Words:
        if not 0 <= start <= start + count <= len(self.words):
            raise ValueError("numbers beyond the end")
        return self.words[start : start + count]

    def problem(self, problem: KeptProblem) -> Problem:
        return Problem(
            self.place(problem.path),
            *(problem.expected, problem.found, problem.remedy),
            *(problem.line, problem.column, problem.offset),
        )

"""From readings to the bytes of an entry."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    KeptDomain,
    KeptProblem,
    KeptTrial,
    Place,
    Reading,
    checksum,
)
from advisor.loaders.cache.folder import digest
from advisor.loaders.surroundings import Asked
from advisor.model.curve import Curve
from advisor.model.log import Declaration, TrialLog


def encode(path: Path, key: bytes, content: Content, reading: Reading) -> bytes:
    """The entry for the log at `path`.

    Raises:
        ValueError, TypeError, OverflowError: it holds what an entry cannot.
    """
    writer = Writer(path)
    entry = Entry(
        key,
        content.stamp,
        content.ends,
        reading.loader,
        tuple(
            (each.question, tuple(map(writer.plain, each.about)), writer.answer(each))
            for each in reading.asked
        ),
        tuple(map(writer.part, reading.parts)),
        None if reading.failure is None else writer.problem(reading.failure),
    )
    text = msgspec.msgpack.encode(entry)
    text = len(text).to_bytes(WORD, "little") + text
    body = b"".join((text, bytes(-len(text) % WORD), *writer.numbers))
    return b"".join((MAGIC, checksum(body), body))


@dataclass(slots=True)
class Writer:
    """Turns what the log at `path` gave into what is kept."""

    path: Path
    numbers: list[bytes] = field(default_factory=list)
    words: int = 0
    last: dict[str, tuple[bytes, int]] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """A path from the log's point of view.

        Raises:
            ValueError: it is not near the log.
        """
        if path == self.path:
            return -1, b""
        for up, folder in enumerate(self.path.parents[:HIGHEST]):
            if path.is_relative_to(folder):
                return up, os.fsencode(_way(path.relative_to(folder)))
        raise ValueError(f"{path} is not near {self.path}")

    def plain(self, value: Any) -> Any:
        """An argument or an answer without paths."""
        if isinstance(value, Path):
            return self.place(value)
        return tuple(map(self.plain, value)) if isinstance(value, tuple) else value

    def answer(self, asked: Asked) -> bytes:
        """A digest of the answer."""
        return digest(
            repr(self.plain(asked.answer)).encode("utf-8", "backslashreplace")
        )

    def part(self, part: TrialLog | Declaration) -> KeptTrial | KeptDeclaration:
        """A part, its numbers set aside."""
        if isinstance(part, Declaration):
            return KeptDeclaration(
                self.place(part.location),
                self.place(part.source),
                {
                    name: KeptDomain(each.lower, each.upper, each.choices, each.scale)
                    for name, each in part.domains.items()
                },
                *(part.objective, part.goal, part.algorithm, part.group),
            )
        return KeptTrial(
            self.place(part.location),
            part.format,
            tuple(map(self.place, part.sources)),
            part.key,
            part.display_name,
            tuple(self.curve(tag, each) for tag, each in part.curves.items()),
            dict(part.results),
            dict(part.configuration),
            part.state,
            part.group,
            part.notes,
            tuple(map(self.problem, part.problems)),
        )

    def curve(self, tag: str, curve: Curve) -> KeptCurve:
        """A curve, its numbers set aside."""
        times = curve.wall_times
        return KeptCurve(
            tag,
            curve.axis,
            len(curve),
            self.array("steps", curve.steps),
            self.array("values", curve.values),
            None if times is None else self.array("times", times),
        )

    def array(self, kind: str, array: np.ndarray[Any, Any]) -> int:
        """Where its first word is; steps and times often repeat from curve to curve."""
        content = array.tobytes()
        before = self.last.get(kind)
        if before is not None and before[0] == content:
            return before[1]
        start = self.words
        self.last[kind] = content, start
        self.numbers.append(content)
        self.words += len(array)
        return start

    def problem(self, problem: Problem) -> KeptProblem:
        """A problem, its path from the log's point of view."""
        return KeptProblem(
            self.place(problem.path),
            *(problem.expected, problem.found, problem.remedy),
            *(problem.line, problem.column, problem.offset),
        )


def _way(path: Path) -> str:
    way = path.as_posix()
    return "" if way == "." else way

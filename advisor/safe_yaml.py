"""YAML from strangers: plain data with positions, and nothing that can explode.

PyYAML's constructors are not used. Its parser's events are turned into data under caps
on size, depth and (expanded) nodes, because a deeply nested file crashes the C composer
and a few hundred bytes of aliases expand without end. Scalars follow YAML 1.2: `1e-3`
is a number and `no` is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from advisor.errors import Problem, ProblemError

MAX_BYTES = 4 << 20  # configurations of real trials stay below 100 kB
MAX_DEPTH = 50
MAX_NODES = 200_000  # after expansion of aliases

Place: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead from the root to an entry."""

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True} | {
    "false": False,
    "False": False,
    "FALSE": False,
}
# Of so many digits that `float` takes them too; longer ones are floats, or text.
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}|0x[0-9a-fA-F]{1,250}|0o[0-7]{1,330}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = {
    sign + word: float((sign if sign == "-" else "") + word[1:])
    for sign in ("", "+", "-")
    for word in (".inf", ".Inf", ".INF")
} | {".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan")}
_STRING_TAGS = frozenset({"tag:yaml.org,2002:str", "!"})
_STANDARD_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("null", "bool", "int", "float", "str", "seq", "map")
)


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, and where each entry stands: `positions[place]` is (line, column)."""

    data: Any
    path: Path
    positions: Mapping[Place, tuple[int, int]] = field(default_factory=dict)

    def problem(
        self, place: Place, *, expected: str, found: str, remedy: str
    ) -> Problem:
        """A problem at `place`, or at its nearest parent with a known position."""
        while place and place not in self.positions:
            place = place[:-1]
        line, column = self.positions.get(place, (1, 1))
        return Problem(self.path, expected, found, remedy, line=line, column=column)


def scalar(text: str) -> bool | int | float | str | None:
    """The value of a plain (unquoted) scalar under YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if text in _SPECIAL:
        return _SPECIAL[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def parse_yaml(text: str, path: Path, *, trusted_author: bool) -> Document:
    """The first document of `text`.

    A trusted author (of a rule or of advisor.yaml) gets an error for tags and duplicate
    keys. In other people's logs, tags are dropped and their content kept as plain data.

    Raises:
        ProblemError: malformed, too large, too deep, or too many nodes.
    """
    if len(text) > MAX_BYTES:
        raise ProblemError(
            Problem(
                path,
                f"at most {MAX_BYTES} characters of YAML",
                f"{len(text)}",
                "pass a configuration file, not data",
            )
        )
    return _Builder(path, strict=trusted_author).build(text)


class _Builder:
    """Turns parser events into data, counting as it goes."""

    def __init__(self, path: Path, *, strict: bool) -> None:
        self.path = path
        self.strict = strict
        self.nodes = 0
        self.positions: dict[Place, tuple[int, int]] = {}
        self.anchors: dict[str, tuple[Any, int]] = {}

    def build(self, text: str) -> Document:
        try:
            events = yaml.parse(text, Loader=_Loader)
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    data = self._node(next(events), events, (), 0)
                    return Document(data, self.path, self.positions)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._error(
                mark, "valid YAML", error.problem or str(error), "mend the syntax there"
            ) from error
        except yaml.YAMLError as error:  # e.g. a control character
            raise self._error(
                None, "valid YAML", " ".join(str(error).split()), "remove it"
            ) from error
        return Document(None, self.path, self.positions)

    def _error(self, mark: Any, expected: str, found: str, remedy: str) -> ProblemError:
        line = mark.line + 1 if mark is not None else None
        column = mark.column + 1 if mark is not None else None
        return ProblemError(Problem(self.path, expected, found, remedy, line, column))

    def _count(self, event: Any, nodes: int = 1) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self._error(
                event.start_mark,
                f"at most {MAX_NODES} entries, aliases expanded",
                "more",
                "remove the nested aliases or pass a smaller file",
            )

    def _node(self, event: Any, events: Iterator[Any], place: Place, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self._error(
                event.start_mark,
                f"nesting of at most {MAX_DEPTH}",
                "more",
                "flatten it",
            )
        mark = event.start_mark
        self.positions.setdefault(place, (mark.line + 1, mark.column + 1))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self.nodes
        self._count(event)
        if isinstance(event, yaml.ScalarEvent):
            value: Any = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event)
            value = []
            while not isinstance(item := next(events), yaml.SequenceEndEvent):
                value.append(self._node(item, events, (*place, len(value)), depth + 1))
        else:
            self._check_tag(event)
            value = self._mapping(events, place, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.nodes - before)
        return value

    def _mapping(
        self, events: Iterator[Any], place: Place, depth: int
    ) -> dict[str, Any]:
        value: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            mark = event.start_mark
            raw = self._node(event, events, (*place, "?"), depth + 1)
            self.positions.pop((*place, "?"), None)
            key = event.value if isinstance(event, yaml.ScalarEvent) else str(raw)
            if self.strict and key in value:
                raise self._error(
                    mark, "each key once", f"`{key}` again", "keep one of them"
                )
            item = next(events)
            self.positions[(*place, key)] = (mark.line + 1, mark.column + 1)
            value[key] = self._node(item, events, (*place, key), depth + 1)
        return value

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            raise self._error(
                event.start_mark,
                "an anchor defined earlier",
                f"`*{event.anchor}`",
                "define it before it is used",
            )
        value, size = self.anchors[event.anchor]
        self._count(event, size)
        return value

    def _scalar(self, event: Any) -> Any:
        if event.tag is not None:
            self._check_tag(event)
            if event.tag in _STRING_TAGS:
                return event.value
        plain = event.style is None or event.style == ""
        return scalar(event.value) if plain else event.value

    def _check_tag(self, event: Any) -> None:
        tag = event.tag
        if self.strict and tag not in (None, "!", *_STANDARD_TAGS):
            raise self._error(event.start_mark, "no tag", f"`{tag}`", "remove the tag")

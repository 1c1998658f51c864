"""JSON from strangers: capped in size, and every mistake told with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem

MAX_BYTES = 256 << 20  # a history of a million steps


def read_json(path: Path, *, limit: int = MAX_BYTES) -> Any:
    """The value that the file holds; NaN and Infinity are numbers, as Python writes.

    Raises:
        LogError: unreadable, too large, too deep, or not JSON.
    """
    return parse_json(_content(path, limit), path)


def _content(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        raise LogError(
            Problem(path, "a readable file", found, "check its rights")
        ) from error
    if len(content) > limit:
        raise LogError(
            Problem(path, f"at most {limit} bytes of JSON", "more", "split the file")
        )
    return content


def read_json_lines(path: Path) -> tuple[list[Any], tuple[Problem, ...]]:
    """The value of every line, and what is wrong with the first few that are none.

    Raises:
        LogError: unreadable, or too large.
    """
    values: list[Any] = []
    problems: list[Problem] = []
    for number, line in enumerate(_content(path, MAX_BYTES).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            values.append(parse_json(line, path, line=number))
        except LogError as error:
            problems.append(error.problem)
    return values, tuple(problems[:3])


def parse_json(content: bytes, path: Path, *, line: int | None = None) -> Any:
    """`content` parsed; `line`: where in the file it stands, if it is one line.

    Raises:
        LogError: not JSON, or nested too deeply.
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        at = line if line is not None else error.lineno
        raise LogError(
            Problem(path, "JSON", error.msg, _REMEDY, at, error.colno)
        ) from error
    except UnicodeDecodeError as error:
        raise LogError(
            Problem(path, "JSON in UTF-8", "other bytes", _REMEDY, line)
        ) from error
    except (RecursionError, ValueError) as error:
        deep = isinstance(error, RecursionError)
        found = "deep nesting" if deep else "a number too long"
        raise LogError(
            Problem(path, "JSON of ordinary depth", found, _REMEDY, line)
        ) from error


_REMEDY = "it may be cut off; copy it again"

"""What lies around a log: the only way in which loaders look at other files.

Two promises rest on it. Nothing outside the given folders is looked at, whatever links
say. And what was asked while a file was read is noted with its answer, so that a cached
reading counts only as long as every answer is still the same.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Stamp: TypeAlias = tuple[int, int, int, int, int]
"""Size, time of the last change of content and of anything, inode and device."""


class Asked(NamedTuple):
    """A question that a loader asked, and the answer it got."""

    question: str
    about: tuple[Any, ...]
    answer: Any


_QUESTIONS: dict[str, Callable[..., Any]] = {}
_noted: ContextVar[list[Asked] | None] = ContextVar("noted", default=None)
_passing: ContextVar[list[str] | None] = ContextVar("passing", default=None)
_roots: ContextVar[tuple[str, ...] | None] = ContextVar("roots", default=None)


@contextmanager
def within(roots: Sequence[Path]) -> Iterator[None]:
    """Limits what is looked at to `roots` and what lies below them."""
    token = _roots.set(tuple(os.path.realpath(root) for root in roots))
    try:
        yield
    finally:
        _roots.reset(token)


@contextmanager
def noted() -> Iterator[list[Asked]]:
    """Collects the questions that are asked, each with its answer."""
    asked: list[Asked] = []
    token = _noted.set(asked)
    try:
        yield asked
    finally:
        _noted.reset(token)


@contextmanager
def passing() -> Iterator[list[str]]:
    """Collects the answers that will be others after some time, by themselves."""
    found: list[str] = []
    token = _passing.set(found)
    try:
        yield found
    finally:
        _passing.reset(token)


def passes(what: str) -> None:
    """Says that what was just answered is true for now only."""
    if (found := _passing.get()) is not None:
        found.append(what)


def question(function: Callable[P, T]) -> Callable[P, T]:
    """Marks what may look at other files than the log itself, and is cheap to repeat.

    Arguments and answers are paths, text, numbers, or tuples of these.
    """
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    @wraps(function)
    def ask(*about: P.args, **named: P.kwargs) -> T:
        notes = _noted.get()
        if notes is None:
            return function(*about, **named)
        token = _noted.set(None)  # what it asks in turn is part of its answer
        try:
            answer = function(*about, **named)
        finally:
            _noted.reset(token)
        notes.append(Asked(name, about, answer))
        return answer

    _QUESTIONS[name] = function
    return ask


def ask_again(asked: Asked) -> Any:
    """What the answer to the question is now.

    Raises:
        ValueError: there is no such question.
    """
    function = _QUESTIONS.get(asked.question)
    if function is None:
        raise ValueError(f"no question {asked.question}")
    return function(*asked.about)


def is_inside(path: Path) -> bool:
    """Whether it lies in the given folders; a link is followed only to see that.

    Where no folders are given, as for a loader on its own, no link is inside.
    """
    roots = _roots.get()
    if roots is None:
        return not path.is_symlink()
    place = os.fspath(path)
    folder, name = os.path.split(place)
    if name in ("", ".", "..") or os.path.islink(place):
        real = os.path.realpath(place)
    else:
        real = os.path.join(_resolved(os.path.abspath(folder)), name)
    return any(real == r or real.startswith(r.rstrip(os.sep) + os.sep) for r in roots)


def is_file(path: Path) -> bool:
    """Whether it is a regular file in the given folders, and may be opened."""
    return stamp(path) is not None


@question
def stamp(path: Path) -> Stamp | None:
    """By what a change of a regular file in the given folders is noticed."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return stamp_of(found) if stat.S_ISREG(found.st_mode) and is_inside(path) else None


def stamp_of(found: os.stat_result) -> Stamp:
    """The same, of what the system says of a file."""
    return (
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_ino,
        found.st_dev,
    )


@question
def names_in(directory: Path) -> tuple[str, ...]:
    """What a folder holds, sorted; nothing if it lies outside the given ones."""
    if not is_inside(directory):
        return ()
    return _names(os.path.abspath(directory), changed(directory))


def changed(path: Path | str) -> int:
    """When a file or folder was last changed, in ns; 0 if there is none."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1024)
def _names(directory: str, time: int) -> tuple[str, ...]:
    try:
        return tuple(sorted(os.listdir(directory)))
    except OSError:
        return ()


@lru_cache(maxsize=4096)
def _resolved(directory: str) -> str:
    return os.path.realpath(directory)

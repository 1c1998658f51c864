"""Regular files below a directory, in an order that does not depend on the machine.

Only regular files are opened: a FIFO would block, a device may never end. Links are
never followed into directories, so there are no loops; a link to a file counts only if
the file lies below the same root and is not found there itself (as in a cache of DVC).
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import Problem

_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})
ENVIRONMENT = "pyvenv.cfg"  # marks the directory of a virtual environment
# W&B's own: they dangle when a tree is copied, or lead into its cache.
_LINKS_OF_TOOLS = re.compile(r"latest-run|debug.*\.log")

_LOOP = "symbolic links that lead in a circle"
_OUTSIDE = "symbolic links that lead out of it"
_DANGLING = "symbolic links to nothing"
_SPECIAL = "files that are no regular files (FIFO, socket or device)"
_REMEDIES = {
    _LOOP: "they were not followed",
    _OUTSIDE: "they were not followed; pass their targets as further paths",
    _DANGLING: "they were left out",
    _SPECIAL: "they were left out",
}


@dataclass(frozen=True, slots=True)
class Tree:
    """What lies below a directory: files in natural order, and what was passed over."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


def walk(root: Path) -> Tree:
    """All regular files at or below `root`; hidden directories but `.hydra` left out.

    Natural order: `exp2` comes before `exp10`, files before folders.
    """
    return _Walk(root).tree()


def is_passed_over(name: str) -> bool:
    """Whether logs are not looked for in folders of that name."""
    return name != ".hydra" and (name.startswith(".") or name in _SKIPPED)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key by which numbers within names count as numbers."""
    parts = re.split(r"([0-9]+)", text)
    return (
        *((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts),
        (2, 0, text),
    )


class _Walk:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.real = os.path.realpath(root)
        self.found: list[tuple[str, bool]] = []  # path, whether it is a link
        self.passed_over: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.unreadable: list[Problem] = []

    def tree(self) -> Tree:
        pending = [os.fspath(self.root)]
        while pending:
            directory = pending.pop()
            try:
                with os.scandir(directory) as scan:
                    entries = sorted(scan, key=lambda entry: natural(entry.name))
            except OSError as error:
                self.unreadable.append(_unreadable(directory, error))
                continue
            below = self._sort_out(directory, entries)
            pending.extend(reversed(below))
        return Tree(tuple(self._files()), (*self.unreadable, *self._problems()))

    def _sort_out(self, directory: str, entries: list[os.DirEntry[str]]) -> list[str]:
        if any(entry.name == ENVIRONMENT for entry in entries):
            return []
        below = []
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                self.found.append((entry.path, False))
            elif entry.is_symlink():
                self._link(directory, entry)
            elif not entry.is_dir(follow_symlinks=False):
                self.passed_over[directory, _SPECIAL].append(entry.name)
            elif not is_passed_over(entry.name):
                below.append(entry.path)
        return below

    def _link(self, directory: str, entry: os.DirEntry[str]) -> None:
        try:
            os.stat(entry.path)
        except FileNotFoundError:
            kind: str | None = _DANGLING
        except OSError:
            kind = _LOOP
        else:
            kind = self._kind_of_link(entry.path)
        known = kind != _LOOP and _LINKS_OF_TOOLS.fullmatch(entry.name)
        if kind is not None and not known:
            self.passed_over[directory, kind].append(entry.name)

    def _kind_of_link(self, path: str) -> str | None:
        target = os.path.realpath(path)
        if not _is_below(target, self.real):
            return _OUTSIDE
        if os.path.isfile(target):
            self.found.append((path, True))
            return None
        if not os.path.isdir(target):
            return _SPECIAL
        place = os.path.realpath(os.path.dirname(path))
        return _LOOP if _is_below(place, target) else None

    def _files(self) -> list[Path]:
        if not any(link for _, link in self.found):
            return [Path(path) for path, _ in self.found]
        seen = {os.path.realpath(path) for path, link in self.found if not link}
        files = []
        for path, link in self.found:
            target = os.path.realpath(path) if link else None
            if target not in seen:
                files.append(Path(path))
            if target is not None:
                seen.add(target)
        return files

    def _problems(self) -> list[Problem]:
        return [
            Problem(
                Path(directory),
                "regular files and folders",
                f"{len(names)} {kind}: {_first(names)}",
                _REMEDIES[kind],
            )
            for (directory, kind), names in self.passed_over.items()
        ]


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _first(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and others"


def _unreadable(directory: str, error: OSError) -> Problem:
    return Problem(
        Path(directory),
        "a readable folder",
        (error.strerror or type(error).__name__).lower(),
        "check its rights; what it holds was left out",
    )

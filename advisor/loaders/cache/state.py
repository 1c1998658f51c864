"""Everything that an answer depends on, as one digest.

It takes in more than a check looks at, never less: all names below the given folders,
and of every file there what a kept reading is known again by. It follows what `walk`
finds and what the questions of the loaders may look at, and opens nothing else.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from advisor.loaders.cache.folder import DIGEST, READ
from advisor.loaders.surroundings import stamp_of
from advisor.loaders.walk import ENVIRONMENT, is_passed_over

MOST_BESIDE = 1024  # entries beside a file that was given by itself

_ENDS = 4096  # bytes of each end of a log
_SMALL = 1 << 16  # bytes of a file that is digested whole
_LARGEST = 1 << 24  # the same, of one whose middle may count
_READ_WHOLE = (".json", ".yaml", ".yml", ".toml")


class UnknowableError(Exception):
    """There is too much that an answer might depend on."""


class StateDigest:
    """Takes in whatever it is told of; `own` are files that the command writes."""

    def __init__(self, own: Iterable[Path] = ()) -> None:
        self.newest = 0  # ns, when the last of the files was changed
        self._digest = hashlib.blake2b(digest_size=DIGEST)
        self._own = frozenset(map(os.path.realpath, own))
        self._left: int | None = None

    def digest(self) -> bytes:
        """`DIGEST` bytes that differ where anything does."""
        return self._digest.digest()

    def add(self, *parts: object) -> None:
        """Values that say all of themselves by `repr`."""
        self._digest.update(repr(parts).encode() + b"\n")

    def given(self, paths: Iterable[Path]) -> None:
        """Logs and folders of logs, with all that loaders may look at."""
        folders = {path: path.is_dir() for path in paths}
        roots = [path if folder else path.parent for path, folder in folders.items()]
        real = tuple(dict.fromkeys(map(os.path.realpath, roots)))
        if any(_is_below(a, b) for a in real for b in real if a != b):
            raise UnknowableError("a folder within another may lie where none is read")
        self.add("roots", real)
        for path, folder in folders.items():
            if not folder:
                self.file(path)
        for root in dict.fromkeys(roots):
            self._left = None if folders.get(root) else MOST_BESIDE
            self._tree(os.fspath(root), real)

    def file(self, path: Path | str) -> bytes:
        """A file that is read by its name, or what is there instead.

        Returns its content, as far as it was read.
        """
        place = os.fspath(path)
        self.add("file", place, os.path.realpath(place))
        return self._content(place, whole=True)

    def existence(self, path: Path | str) -> None:
        """Whether anything is there."""
        self.add("exists", os.fspath(path), os.path.exists(path))

    def stamps(self, folder: Path | str) -> None:
        """All files at any depth, without opening them."""
        pending = [os.fspath(folder)]
        while pending:
            directory = pending.pop()
            self.add("code", directory)
            for entry in self._entries(directory):
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        pending.append(entry.path)
                else:
                    self._stamp(entry.path, entry.name)

    def _tree(self, root: str, roots: tuple[str, ...]) -> None:
        pending = [root]
        while pending:
            directory = pending.pop()
            self.add("folder", directory)
            entries = self._entries(directory)
            if any(entry.name == ENVIRONMENT for entry in entries):
                self._glance(entries)
                continue
            for entry in entries:
                self.add(entry.name)
                if entry.is_file(follow_symlinks=False):
                    self._content(entry.path)
                elif entry.is_symlink():
                    self._link(entry.path, roots)
                elif not entry.is_dir(follow_symlinks=False):
                    self.add("special")
                elif is_passed_over(entry.name):
                    self._glance(self._entries(entry.path))
                else:
                    pending.append(entry.path)

    def _entries(self, directory: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(directory) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            self.add("unreadable", error.errno)
            return []
        if self._left is not None:
            self._left -= len(entries)
            if self._left < 0:
                raise UnknowableError("too much lies beside the log")
        self.add(len(entries))
        return entries

    def _glance(self, entries: Iterable[os.DirEntry[str]]) -> None:
        """Of a folder that is not searched loaders may ask whether it holds logs."""
        for entry in entries:
            self.add(entry.name, entry.is_dir(follow_symlinks=False))
            if "tfevents" in entry.name or entry.is_symlink():
                self._stamp(entry.path)

    def _link(self, path: str, roots: tuple[str, ...]) -> None:
        real = os.path.realpath(path)
        self.add("link", real)
        if not any(real == root or _is_below(real, root) for root in roots):
            self.add(os.path.exists(path))
        elif os.path.isdir(real):
            for entry in self._entries(real):
                self._stamp(entry.path, entry.name)
        else:
            self._content(path)

    def _stamp(self, path: str, *names: str) -> None:
        try:
            found = os.stat(path)
        except OSError as error:
            self.add(*names, error.errno)
            return
        if stat.S_ISREG(found.st_mode):
            self.add(*names, stamp_of(found))
            self._notice(found)
        else:
            self.add(*names, stat.S_IFMT(found.st_mode))

    def _content(self, path: str, *, whole: bool = False) -> bytes:
        own = bool(self._own) and os.path.realpath(path) in self._own
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe is never opened
                raise OSError(errno.EINVAL, "no regular file")
            found, content = _read(path, whole or own or path.endswith(_READ_WHOLE))
        except OSError as error:
            self.add(error.errno)
            self._stamp(path)
            return b""
        if own and found.st_size == len(content):
            # Its time is when the last check wrote it; what it says counts.
            self.add("own", len(content))
        else:
            self.add(stamp_of(found), len(content))
            self._notice(found)
        self._digest.update(content)
        return content

    def _notice(self, found: os.stat_result) -> None:
        self.newest = max(self.newest, found.st_mtime_ns, found.st_ctime_ns)


def _read(path: str, whole: bool) -> tuple[os.stat_result, bytes]:
    """What the system says of the file, and all of it or its two ends."""
    handle = os.open(path, READ)
    try:
        found = os.fstat(handle)
        size = found.st_size
        if size <= _SMALL or (whole and size <= _LARGEST):
            return found, os.read(handle, size)
        head = os.read(handle, _ENDS)
        os.lseek(handle, size - _ENDS, os.SEEK_SET)
        return found, head + os.read(handle, _ENDS)
    finally:
        os.close(handle)


def _is_below(path: str, folder: str) -> bool:
    return path != folder and path.startswith(folder.rstrip(os.sep) + os.sep)

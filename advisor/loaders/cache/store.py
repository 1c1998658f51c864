"""Where readings are kept: a folder of the user's own, of bounded size.

An entry counts only if the log is the same (size, times, inode, both ends), the code
that read it is the same, and every question about other files has the same answer.
What is damaged or forged is as if it were not there.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import yaml

from advisor import __version__
from advisor.loaders import surroundings
from advisor.loaders.cache.entry import MAGIC, Content, Reading, digest
from advisor.loaders.cache.reading import decode
from advisor.loaders.cache.writing import Writer, encode
from advisor.loaders.surroundings import Asked, stamp_of

LIMIT = 1 << 30  # bytes of all entries; what was not used for longest goes first
LONGEST = LIMIT // 4  # bytes of one entry
SETTLED = 2 * 10**9  # ns; a file changed later may change again within its time stamp
VARIABLE = "ADVISOR_CACHE"
HEAD = 4096  # bytes of a file that its loaders may judge it by

_BLOCK = 4096  # what a small file takes on the disk
_DAY = 86_400
_CODE = ("loaders", "model", "errors.py", "safe_yaml.py", "text.py")
_used: ContextVar[bool] = ContextVar("used", default=True)


@contextmanager
def switched_off() -> Iterator[None]:
    """Every file is read itself."""
    token = _used.set(False)
    try:
        yield
    finally:
        _used.reset(token)


def open_cache(roots: Sequence[Path]) -> Cache | None:
    """The cache, unless it is switched off, not the user's own, or among the logs."""
    folder = _folder()
    if not _used.get() or folder is None:
        return None
    real = os.path.realpath(folder)
    for root in map(os.path.realpath, roots):
        if f"{real}{os.sep}".startswith(root.rstrip(os.sep) + os.sep):
            return None
    try:
        os.makedirs(real, mode=0o700, exist_ok=True)
        found = os.stat(real)
    except (OSError, ValueError):
        return None
    own = not hasattr(os, "getuid") or (
        found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o022
    )
    return Cache(Path(real)) if own else None


def _folder() -> Path | None:
    if place := os.environ.get(VARIABLE):
        return Path(place) / "readings"
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")
    if not os.path.isabs(base) and not os.path.isabs(home):
        return None
    base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    return Path(base) / "advisor" / "readings"


def look(path: Path) -> tuple[bytes, Content]:
    """The head of a file, and by what it is known again."""
    with path.open("rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        head = file.read(HEAD)
        tail = b""
        if found.st_size > HEAD:
            file.seek(max(HEAD, found.st_size - HEAD))
            tail = file.read(HEAD)
    return head, Content(stamp_of(found), digest(head + tail))


class Cache:
    """Entries in `folder`, one a file that was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0

    def get(self, path: Path, content: Content) -> Reading | None:
        """What the log gave, if nothing that it depends on has changed since."""
        key = _key(path)
        place = self._place(key)
        try:
            reading = decode(path, key, content, _content(place))
            same = all(_is_answered_alike(path, each) for each in reading.asked)
        except (OSError, ValueError, TypeError):
            return None
        return reading if same else None

    def put(self, path: Path, content: Content, reading: Reading) -> None:
        """Keeps the reading, unless the log is still changing."""
        key = _key(path)
        stamps = [each.answer for each in reading.asked if _is_stamp(each)]
        try:
            if stamp_of(os.stat(path)) != content.stamp:
                return
            if max(map(_changed, (content.stamp, *stamps))) > time.time_ns() - SETTLED:
                return
            data = encode(path, key, content, reading)
            if len(data) <= LONGEST:
                _write(self._place(key), data)
                self.written += 1
        except (OSError, ValueError, TypeError, OverflowError):
            return  # the disk is full, or it holds what an entry cannot

    def _place(self, key: bytes) -> str:
        return os.path.join(self.folder, digest(key).hex())

    def tidy(self) -> None:
        """Removes the entries that were not used for longest, if there are too many."""
        if not self.written:
            return
        entries = []
        try:
            with os.scandir(self.folder) as scan:
                for each in scan:
                    found = each.stat(follow_symlinks=False)
                    size = -(-found.st_size // _BLOCK) * _BLOCK
                    entries.append((found.st_mtime, size, each.path))
        except OSError:
            return
        total = sum(size for _, size, _ in entries)
        if total <= LIMIT:
            return
        for _, size, place in sorted(entries):
            if total <= LIMIT * 4 // 5:
                return
            try:
                os.unlink(place)
            except OSError:
                continue  # another process was faster
            total -= size


def _key(path: Path) -> bytes:
    """The log's place, how it was given, and the code that reads it."""
    places = (os.path.abspath(path), os.fspath(path))
    return b"\0".join((*map(os.fsencode, places), _code()))


@cache
def _code() -> bytes:
    """A digest of all that decides what a file gives."""
    package = Path(surroundings.__file__).parents[1]
    found = hashlib.blake2b(digest_size=16)
    libraries = (np.__version__, yaml.__version__, version("pandas"))  # slow to import
    found.update(repr((MAGIC, __version__, sys.version, *libraries)).encode())
    for name in _CODE:
        place = package / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            found.update(path.read_bytes())
    return found.digest()


def _is_answered_alike(path: Path, asked: Asked) -> bool:
    answer = surroundings.ask_again(asked)
    again = Writer(path).answer(asked._replace(answer=answer))
    return again == bytes(asked.answer)


def _is_stamp(asked: Asked) -> bool:
    return asked.question == "surroundings.stamp" and asked.answer is not None


def _changed(stamp: surroundings.Stamp) -> int:
    return max(stamp[1], stamp[2])


def _content(place: str) -> bytes:
    """The bytes of an entry, whose time is renewed once a day.

    Raises:
        OSError, ValueError: none there, too long, or no regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(place, flags | getattr(os, "O_BINARY", 0))
    with open(handle, "rb", buffering=0) as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LONGEST:
            raise ValueError("no entry")
        data = file.read()
    if found.st_mtime < time.time() - _DAY:
        os.utime(place)
    return data


def _write(place: str, data: bytes) -> None:
    """Beside, then renamed: others see the old entry or the whole new one."""
    beside = f"{place}.{os.getpid()}.{time.monotonic_ns()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(beside, flags, 0o600)
    try:
        with open(handle, "wb", buffering=0) as file:
            file.write(data)
        os.replace(beside, place)
    except OSError:
        os.unlink(beside)
        raise

"""Where readings and answers are kept: a folder of the user's own, of bounded size.

An entry is written beside its place and then renamed, so that two processes at once see
an old one or a whole new one. This module and its imports are quick to load.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

LIMIT = 1 << 30  # bytes of all entries; what was not used for longest goes first
LONGEST = LIMIT // 4  # bytes of one entry
SETTLED = 2 * 10**9  # ns; a file changed later may change again within its time stamp
VARIABLE = "ADVISOR_CACHE"

READ = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
"""How files are opened: nothing waits, not even for the writer of a pipe."""

DIGEST = 16  # bytes of a digest

_BLOCK = 4096  # what a small file takes on the disk
_DAY = 86_400
_used: ContextVar[bool] = ContextVar("used", default=True)


@contextmanager
def switched_off() -> Iterator[None]:
    """Every file is read itself, and nothing is kept."""
    token = _used.set(False)
    try:
        yield
    finally:
        _used.reset(token)


def open_folder(roots: Sequence[Path]) -> Folder | None:
    """The folder, unless it is switched off, not the user's own, or among the logs."""
    place = _place()
    if not _used.get() or place is None:
        return None
    real = os.path.realpath(place)
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
    return Folder(Path(real)) if own else None


def _place() -> Path | None:
    if place := os.environ.get(VARIABLE):
        return Path(place) / "readings"
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")
    if not os.path.isabs(base) and not os.path.isabs(home):
        return None
    base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    return Path(base) / "advisor" / "readings"


def digest(content: bytes) -> bytes:
    """`DIGEST` bytes that differ where the content does."""
    return hashlib.blake2b(content, digest_size=DIGEST).digest()


def is_settled(changed: int) -> bool:
    """Whether a file last changed at that time (ns) would show a change from now on."""
    return changed <= time.time_ns() - SETTLED


class Folder:
    """Entries by their keys."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.written = 0

    def read(self, key: bytes) -> bytes:
        """The bytes of an entry, whose time is renewed once a day.

        Raises:
            OSError, ValueError: none there, too long, or no regular file.
        """
        place = self._name(key)
        handle = os.open(place, READ | getattr(os, "O_NOFOLLOW", 0))
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > LONGEST:
                raise ValueError("no entry")
            data = os.read(handle, found.st_size)
        finally:
            os.close(handle)
        if found.st_mtime < time.time() - _DAY:
            os.utime(place)
        return data

    def write(self, key: bytes, data: bytes) -> None:
        """Beside, then renamed: others see the old entry or the whole new one.

        Raises:
            OSError: the disk is full, for example.
        """
        if len(data) > LONGEST:
            return
        place = self._name(key)
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
        self.written += 1

    def tidy(self) -> None:
        """Removes the entries that were not used for longest, if there are too many."""
        if not self.written:
            return
        entries = []
        try:
            with os.scandir(self.place) as scan:
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

    def _name(self, key: bytes) -> str:
        return os.path.join(self.place, digest(key).hex())

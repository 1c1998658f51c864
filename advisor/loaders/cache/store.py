"""Readings that are kept.

An entry counts only if the log is the same (size, times, inode, both ends), the code
that read it is the same, and every question about other files has the same answer.
What is damaged or forged is as if it were not there.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import yaml

from advisor import __version__
from advisor.loaders import surroundings
from advisor.loaders.cache.entry import MAGIC, Content, Reading
from advisor.loaders.cache.folder import (
    DIGEST,
    READ,
    Folder,
    digest,
    is_settled,
    open_folder,
)
from advisor.loaders.cache.folder import switched_off as switched_off
from advisor.loaders.cache.reading import decode
from advisor.loaders.cache.writing import Writer, encode
from advisor.loaders.surroundings import Asked, stamp_of

HEAD = 4096  # bytes of a file that its loaders may judge it by

_CODE = ("loaders", "model", "errors.py", "safe_yaml.py", "text.py")


def open_cache(roots: Sequence[Path]) -> Cache | None:
    """The cache, unless it is switched off, not the user's own, or among the logs."""
    folder = open_folder(roots)
    return None if folder is None else Cache(folder)


def look(path: Path) -> tuple[bytes, Content]:
    """The head of a file, and by what it is known again."""
    handle = os.open(path, READ)
    try:
        found = os.fstat(handle)
        head = os.read(handle, HEAD)
        tail = b""
        if found.st_size > HEAD:
            os.lseek(handle, max(HEAD, found.st_size - HEAD), os.SEEK_SET)
            tail = os.read(handle, HEAD)
    finally:
        os.close(handle)
    return head, Content(stamp_of(found), digest(head + tail))


class Cache:
    """Entries in `folder`, one a file that was read."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def get(self, path: Path, content: Content) -> Reading | None:
        """What the log gave, if nothing that it depends on has changed since."""
        key = _key(path)
        try:
            reading = decode(path, key, content, self.folder.read(key))
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
            if is_settled(max(map(_changed, (content.stamp, *stamps)))):
                self.folder.write(key, encode(path, key, content, reading))
        except (OSError, ValueError, TypeError, OverflowError):
            return  # the disk is full, or it holds what an entry cannot

    def tidy(self) -> None:
        """Keeps the folder from growing beyond its bound."""
        self.folder.tidy()


def _key(path: Path) -> bytes:
    """The log's place, how it was given, and the code that reads it."""
    places = (os.path.abspath(path), os.fspath(path))
    return b"\0".join((*map(os.fsencode, places), _code()))


@cache
def _code() -> bytes:
    """A digest of all that decides what a file gives."""
    package = Path(surroundings.__file__).parents[1]
    found = hashlib.blake2b(digest_size=DIGEST)
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

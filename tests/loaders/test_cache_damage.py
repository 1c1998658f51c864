"""Kept readings that are damaged or forged are as if they were not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from kept_readings import CSV, Count, entries, told
from test_hostile_tree import put

from advisor.loaders.cache.entry import HIGHEST, MAGIC, checksum
from advisor.loaders.collect import collect

pytestmark = pytest.mark.usefixtures("folder")


def test_damaged_entries_are_ignored_and_written_again(
    tmp_path: Path, folder: Path, count: Count
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    plain = told(collect([tmp_path]))
    (entry,) = entries(folder)
    whole = entry.read_bytes()
    rng = np.random.default_rng(0)
    places = [0, 8, 23, 24, 31, 32, len(whole) - 1, *rng.integers(0, len(whole), 60)]
    damaged = [whole[:place] for place in places]
    for place in places:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        damaged.append(bytes(flipped))
    for content in [*damaged, b"", whole + b"12345678", b"\0" * len(whole)]:
        count.names()
        entry.write_bytes(content)
        assert told(collect([tmp_path])) == plain
        assert count.names() == ["log.csv"]
        assert entry.read_bytes() == whole


def forged(whole: bytes, change: Any) -> bytes:
    """An entry with another text, whose checksum is right."""
    body = whole[len(MAGIC) + 16 :]
    end = 8 + int.from_bytes(body[:8], "little")
    data = msgspec.msgpack.decode(body[8:end])
    change(data)
    text = msgspec.msgpack.encode(data)
    text = len(text).to_bytes(8, "little") + text
    text += bytes(-len(text) % 8)
    body = text + body[end + -end % 8 :]
    return MAGIC + checksum(body) + body


STAMP = "surroundings.stamp"
PART, CURVE = 5, 6  # positions in an entry, and in a trial
FORGERIES = {
    "a path above": lambda e: e[PART][0].__setitem__(1, [0, b"../../etc"]),
    "an absolute path": lambda e: e[PART][0].__setitem__(1, [0, b"/etc"]),
    "a path too high": lambda e: e[PART][0].__setitem__(1, [99, b""]),
    "a path above the root": lambda e: e[PART][0].__setitem__(1, [HIGHEST - 1, b""]),
    "a negative path": lambda e: e[PART][0].__setitem__(1, [-2, b""]),
    "numbers beyond the end": lambda e: e[PART][0][CURVE][0].__setitem__(3, 10**6),
    "a count beyond the end": lambda e: e[PART][0][CURVE][0].__setitem__(2, 2**62),
    "a negative start": lambda e: e[PART][0][CURVE][0].__setitem__(3, -1),
    "an unknown question": lambda e: e[4].append(["os.system", ["touch x"], b""]),
    "a question about nothing": lambda e: e[4].append([STAMP, [], b""]),
    "an object as a setting": lambda e: e[PART][0].__setitem__(8, {"a": [[[[1]]]]}),
    "another key": lambda e: e.__setitem__(0, b"other"),
    "more than is known": lambda e: e.append(1),
    "an unknown kind of part": lambda e: e[PART][0].__setitem__(0, 7),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_entries_are_ignored(
    tmp_path: Path, folder: Path, count: Count, name: str
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    plain = told(collect([tmp_path]))
    (entry,) = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(forged(whole, lambda data: None))
    count.names()
    assert told(collect([tmp_path])) == plain
    assert count.names() == []
    entry.write_bytes(forged(whole, FORGERIES[name]))
    assert told(collect([tmp_path])) == plain
    assert count.names() == ["log.csv"]


def test_an_entry_that_is_no_file_is_not_opened(tmp_path: Path, folder: Path) -> None:
    put(tmp_path / "a/log.csv", CSV)
    plain = told(collect([tmp_path]))
    (entry,) = entries(folder)
    secret = tmp_path / "secret"
    secret.write_bytes(entry.read_bytes())
    for make in (
        lambda: os.mkfifo(entry),
        lambda: entry.symlink_to(secret),
        lambda: entry.mkdir(),
    ):
        entry.unlink()
        make()
        assert told(collect([tmp_path])) == plain
    assert secret.exists()

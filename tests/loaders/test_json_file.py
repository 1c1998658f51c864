"""JSON of any size: no more is read than the cap, and that is said."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import LogError
from advisor.loaders import json_file
from advisor.loaders.json_file import read_json, read_json_lines

LIMIT = 1 << 20
READERS: dict[str, Callable[[Path], Any]] = {
    "whole": lambda path: read_json(path, limit=LIMIT),
    "lines": read_json_lines,
}


@pytest.fixture(autouse=True)
def _smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_file, "MAX_BYTES", LIMIT)


@pytest.mark.parametrize("reader", READERS)
def test_no_more_than_the_cap_is_read(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "history.json"
    with path.open("wb") as file:
        file.write(b"[1, ")
        file.truncate(64 * LIMIT)  # without taking that much of the disk
    tracemalloc.start()
    try:
        with pytest.raises(LogError, match=f"at most {LIMIT} bytes of JSON"):
            READERS[reader](path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * LIMIT


@pytest.mark.parametrize("reader", READERS)
def test_up_to_the_cap_all_is_read(tmp_path: Path, reader: str) -> None:
    path = tmp_path / "history.json"
    path.write_text("1".ljust(LIMIT))
    assert READERS[reader](path) in (1, ([1], ()))

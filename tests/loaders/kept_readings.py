"""What was read, to the last bit, and how often it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.loaders import collect as collecting
from advisor.loaders.cache.folder import switched_off
from advisor.loaders.collect import collect
from advisor.model.curve import Curve
from advisor.model.log import Declaration, Logs, TrialLog

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = sorted(each for each in (ROOT / "fixtures").iterdir() if each.is_dir())
LOGS = ROOT / "../shared/logs"
FOLDERS = sorted(LOGS.iterdir()) if LOGS.is_dir() else []
CSV = "epoch,loss\n" + "".join(f"{i},{1 / (i + 1)}\n" for i in range(50))


def told(value: Any) -> Any:
    """Everything in it, to the last bit, in the order that it has."""
    if isinstance(value, Curve):
        arrays = (value.steps, value.values, value.wall_times)
        given = [each for each in arrays if each is not None]
        return value.axis, [(each.dtype, each.tobytes()) for each in given]
    if isinstance(value, TrialLog | Declaration | Logs):
        return [told(getattr(value, name)) for name in value.__slots__]
    if isinstance(value, tuple | list):
        return [told(each) for each in value]
    if hasattr(value, "items"):
        return [(told(key), told(each)) for key, each in value.items()]
    return (type(value).__name__, repr(value))


class Count:
    """How many files were read by a loader, and how many taken from the cache."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[Path] = []
        original = collecting._Collection._read

        def read(collection: Any, claim: Any) -> Any:
            self.read.append(claim.path)
            return original(collection, claim)

        monkeypatch.setattr(collecting._Collection, "_read", read)

    def names(self) -> list[str]:
        names = sorted(path.name for path in self.read)
        self.read.clear()
        return names


def assert_the_same(root: Path, count: Count) -> None:
    with switched_off():
        plain = told(collect([root]))
    count.names()
    first = told(collect([root]))
    read = count.names()
    again = told(collect([root]))
    assert plain == first == again
    assert read
    assert count.names() == []


def entries(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_file())

"""A cache of its own for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kept_readings import Count

from advisor.loaders.cache import folder as places


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the test's own, which takes files that were written just now."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(places.VARIABLE, str(place))
        patch.setattr(places, "SETTLED", 0)
        yield place / "readings"


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Count:
    return Count(monkeypatch)

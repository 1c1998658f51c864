"""The loaders: every module of this package that has a NAME."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from advisor import loaders
from advisor.model.log import Declaration, TrialLog


class Loader(Protocol):
    """A module that reads one format."""

    NAME: str
    READS: str

    def claims(self, path: Path, head: bytes) -> bool:
        """Whether the file at `path`, which begins with `head`, has this format."""

    def load(self, path: Path) -> Iterator[TrialLog | Declaration]:
        """The trials, or parts of trials, and the declarations in the file."""


@cache
def known_loaders() -> tuple[Loader, ...]:
    """All loaders in the order of their names."""
    own = __name__.removeprefix(f"{loaders.__name__}.")
    names = [info.name for info in pkgutil.iter_modules(loaders.__path__)]
    modules = [
        importlib.import_module(f"{loaders.__name__}.{name}")
        for name in names
        if name not in (own, "collect")
    ]
    found = [cast(Loader, module) for module in modules if hasattr(module, "NAME")]
    return tuple(sorted(found, key=lambda loader: loader.NAME))

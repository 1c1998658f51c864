"""What people run the next round with: one target a module, found in this package.

A module has `NAME`, `SUFFIX` (of the file), `TAKES` (one line: what reads it, and what
the target cannot express) and `export(next_round) -> str`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from advisor.errors import AdvisorError

if TYPE_CHECKING:  # the command line lists the names, and imports nothing heavy
    from advisor.model.next_round import NextRound


class Exporter(Protocol):
    """The module of one target."""

    NAME: str
    SUFFIX: str
    TAKES: str

    def export(self, next_round: NextRound) -> str:
        """The content of the file."""
        ...


class ExportError(AdvisorError):
    """The target cannot take this round: why, and what to do instead."""


def names() -> tuple[str, ...]:
    """The targets there are; nothing of them is imported."""
    found = (each.name.replace("_", "-") for each in pkgutil.iter_modules(__path__))
    return tuple(sorted(found))


@cache
def exporters() -> Mapping[str, Exporter]:
    """Every target by its name."""
    found = {}
    for name in names():
        module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
        found[name] = cast(Exporter, module)
    return found

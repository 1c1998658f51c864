"""What other tools read of a check: one format a module, found in this package.

A module has `NAME`, `TAKES` (one line: what reads it, and its limits), `APPENDS`
(whether a file is added to rather than replaced) and `render(evaluation) -> str`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:  # the command line lists the names, and imports nothing heavy
    from advisor.model.finding import Evaluation


class Format(Protocol):
    """The module of one format."""

    NAME: str
    TAKES: str
    APPENDS: bool

    def render(self, evaluation: Evaluation) -> str:
        """The whole output."""
        ...


def names() -> tuple[str, ...]:
    """The formats there are; nothing of them is imported."""
    found = (each.name.replace("_", "-") for each in pkgutil.iter_modules(__path__))
    return tuple(sorted(found))


@cache
def find_format(name: str) -> Format:
    """The format of that name."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast(Format, module)

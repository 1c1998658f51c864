"""Files as they are to be written: finished bytes, so that they can also be kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from advisor.errors import AdvisorError


class Written(NamedTuple):
    """One of them."""

    path: Path
    content: bytes
    appends: bool = False  # to what is there already


def images_of(report: Path) -> Path:
    """The folder beside a Markdown report that holds its plots."""
    return report.with_name(f"{report.stem}_files")


def write(files: Iterable[Written]) -> None:
    """Writes them, with the folders above them.

    Raises:
        AdvisorError: one cannot be written.
    """
    for each in files:
        try:
            each.path.parent.mkdir(parents=True, exist_ok=True)
            with each.path.open("ab" if each.appends else "wb") as file:
                file.write(each.content)
        except OSError as error:
            raise AdvisorError(f"{each.path}: {error.strerror or error}") from error

"""What is said of a file that could not be read at all."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import Problem
from advisor.loaders.known import Loader


def not_a_file(path: Path) -> Problem:
    """There is nothing, or nothing that ends."""
    exists = path.exists()
    return Problem(
        path,
        "a regular file or a folder",
        "a FIFO, socket or device" if exists else "nothing",
        "write the log to a file first" if exists else "correct the path",
    )


def unreadable(path: Path, error: OSError) -> Problem:
    """The system refused."""
    return Problem(
        path,
        "a readable file",
        (error.strerror or type(error).__name__).lower(),
        "check its rights and the disk; the other files were read",
    )


def unforeseen(path: Path, loader: Loader, error: Exception) -> Problem:
    """A mistake of ours."""
    return Problem(
        path,
        f"a file that the loader `{loader.NAME}` can read",
        f"{type(error).__name__}: {error}",
        "it was left out; please report this with the file, it is a mistake of ours",
    )

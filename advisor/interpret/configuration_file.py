"""Where the configuration is looked for, and how its two file formats are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from advisor.errors import ConfigurationError, Problem, ProblemError
from advisor.interpret.configuration import FILE_NAME
from advisor.safe_yaml import MAX_BYTES, Document, Place, parse_yaml

_PYPROJECT = "pyproject.toml"
_TABLE = re.compile(r"\s*\[\[?\s*tool\.advisor\.?([^\]]*?)\s*\]\]?")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_only_here: ContextVar[bool] = ContextVar("only_here", default=False)


@contextmanager
def only_here() -> Iterator[None]:
    """Nothing is looked for but in the working directory itself."""
    token = _only_here.set(True)
    try:
        yield
    finally:
        _only_here.reset(token)


def find_configuration(start: Path | None) -> Path | None:
    """The nearest configuration above `start`, then above the working directory."""
    if _only_here.get():
        return configuration_in(Path.cwd())
    for origin in (start, Path.cwd()):
        if origin is None:
            continue
        for folder in _folders(origin):
            if (path := configuration_in(folder)) is not None:
                return path
    return None


def configuration_in(folder: Path) -> Path | None:
    """The configuration in this very folder."""
    if (path := folder / FILE_NAME).is_file():
        return path
    if (path := folder / _PYPROJECT).is_file() and _speaks_of_us(path):
        return path
    return None


def read_document(path: Path) -> Document:
    """The file's entries and where they stand; for TOML, those of [tool.advisor].

    Raises:
        ConfigurationError: unreadable or malformed.
    """
    try:
        text = _text(path)
        if path.suffix == ".toml":
            return _toml(text, path)
        return parse_yaml(text, path, trusted_author=True)
    except ConfigurationError:
        raise
    except ProblemError as error:
        raise ConfigurationError(error.problem) from error


def _folders(origin: Path) -> Iterator[Path]:
    folder = origin.resolve()
    for each in (folder, *folder.parents):
        if each.is_dir():
            yield each
        if (each / ".git").exists():
            return


def _speaks_of_us(path: Path) -> bool:
    """Whether a pyproject.toml holds our table; a broken one without it is not ours."""
    try:
        return any(_TABLE.match(line) for line in _text(path).splitlines())
    except ConfigurationError:
        return False


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ConfigurationError(
                Problem(path, f"at most {MAX_BYTES} bytes", "more", "shorten it")
            )
        return content.decode("utf-8-sig")
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        raise ConfigurationError(
            Problem(path, "a readable file", found, "correct the path or its rights")
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            Problem(
                path,
                "UTF-8 text",
                f"byte 0x{content[error.start]:02x}",
                "save it as UTF-8",
                offset=error.start,
            )
        ) from error


def _toml(text: str, path: Path) -> Document:
    try:
        data: Any = tomllib.loads(text)
        _check_numbers(data)
    except (tomllib.TOMLDecodeError, RecursionError, OverflowError) as error:
        raise ConfigurationError(
            Problem(path, "valid TOML", str(error), "mend the syntax there")
        ) from error
    tool = data.get("tool") if isinstance(data.get("tool"), dict) else {}
    return Document(tool.get("advisor"), path, _positions(text))


def _positions(text: str) -> dict[Place, tuple[int, int]]:
    """Tables and keys of [tool.advisor] by line, which the TOML parser does not tell.

    Keys within inline tables are found at the line of their table.
    """
    positions: dict[Place, tuple[int, int]] = {}
    table: Place | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            match = _TABLE.match(line)
            table = None
            if match:
                table = tuple(
                    part.strip("\"' ") for part in match[1].split(".") if part
                )
                positions.setdefault(table, (number, 1))
        elif table is not None and (key := _KEY.match(line)):
            positions.setdefault((*table, key[1]), (number, key.start(1) + 1))
    return positions


def _check_numbers(value: Any) -> None:
    """TOML's integers may be longer than any number that we count with.

    Raises:
        OverflowError: one of them is.
    """
    if isinstance(value, int):
        float(value)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _check_numbers(each)

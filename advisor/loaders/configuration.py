"""Configuration files beside a log: the hyperparameters that it does not hold itself.

Where several files hold a key, the file that comes first in `_STEMS` wins.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import Problem, ProblemError
from advisor.loaders.configuration_entries import flatten, select, unwrap_wandb
from advisor.loaders.surroundings import is_inside
from advisor.model.log import Value
from advisor.safe_yaml import MAX_BYTES, parse_yaml, scalar

MAX_ENTRIES = 5_000  # a file; real ones stay below 500

# What the trial was given comes before what the program was configured with, and that
# before the settings of the machinery around it.
_STEMS = (
    "hparams",  # Lightning, AlgoPerf, init2winit
    "hyperparameters",
    "params",  # Ray Tune, DVC
    "hyp",  # YOLOv5
    "args",  # Ultralytics
    "opt",  # YOLOv5
    "config",
    "flags",
    "flags_0",  # AlgoPerf
    "meta_data_0",  # AlgoPerf
)
_NAMES = [stem + suffix for stem in _STEMS for suffix in (".json", ".yaml", ".yml")]


def read_configuration(
    directory: Path,
) -> tuple[Mapping[str, Value], tuple[Path, ...], tuple[Problem, ...]]:
    """Everything that the configuration files in `directory` say of its trial.

    Returns:
        The entries, the files that they were read from, and what could not be read.
    """
    return read_files(_candidates(directory))


def read_files(
    paths: Iterable[Path],
) -> tuple[Mapping[str, Value], tuple[Path, ...], tuple[Problem, ...]]:
    """The entries of `paths` merged; the first file that holds a key wins."""
    entries: dict[str, Value] = {}
    sources: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found = _entries(path, problems)
        except ProblemError as error:
            problems.append(error.problem)
            continue
        sources.append(path)
        for key, value in found.items():
            entries.setdefault(key, value)
    return entries, tuple(sources), tuple(problems)


def _candidates(directory: Path) -> Iterator[Path]:
    """Existing configuration files, in order of precedence."""
    present = _regular_files(directory)
    for name in _NAMES:
        if name in present:
            yield directory / name
    # Hydra writes config.yaml and overrides.yaml; the first includes the second.
    hydra = _regular_files(directory / ".hydra")
    for name in ("config.yaml", "overrides.yaml"):
        if name in hydra:
            yield directory / ".hydra" / name
            break
    # RL Baselines3 Zoo: <environment>_<number>/<environment>/config.yml
    if zoo := re.fullmatch(r"(.+)_[0-9]+", directory.name):
        inner = directory / zoo[1]
        present = _regular_files(inner)
        yield from (inner / n for n in ("config.yml", "args.yml") if n in present)


def _regular_files(directory: Path) -> frozenset[str]:
    if not is_inside(directory):
        return frozenset()
    try:
        with os.scandir(directory) as entries:
            return frozenset(
                each.name for each in entries if each.is_file(follow_symlinks=False)
            )
    except OSError:
        return frozenset()


def _entries(path: Path, problems: list[Problem]) -> dict[str, Value]:
    data = select(path, unwrap_wandb(_as_mapping(path, _parse(path))))
    found: dict[str, Value] = {}
    for key, value in flatten(data):
        if len(found) >= MAX_ENTRIES:
            problems.append(
                Problem(
                    path,
                    f"at most {MAX_ENTRIES} entries",
                    "more; the rest was left out",
                    "keep hyperparameters and data in separate files",
                )
            )
            break
        found[key] = value
    return found


def _parse(path: Path) -> Any:
    text = _text(path)
    if path.suffix != ".json":
        return parse_yaml(text, path, trusted_author=False).data
    try:
        return json.loads(text) if text.strip() else None
    except json.JSONDecodeError as error:
        raise ProblemError(
            Problem(path, "JSON", error.msg, "mend it there", error.lineno, error.colno)
        ) from error
    except (RecursionError, ValueError) as error:
        found = (
            "deep nesting" if isinstance(error, RecursionError) else "a number too long"
        )
        raise ProblemError(
            Problem(path, "JSON of ordinary size", found, "pass settings, not data")
        ) from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProblemError(
            Problem(path, "a readable file", str(error.strerror), "check its rights")
        ) from error
    if len(content) > MAX_BYTES:
        raise ProblemError(
            Problem(
                path,
                f"at most {MAX_BYTES} bytes of configuration",
                "more",
                "pass a configuration file, not data",
            )
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(
            Problem(
                path,
                "UTF-8 text",
                f"byte 0x{content[error.start]:02x}",
                "save it as UTF-8",
                offset=error.start,
            )
        ) from error


def _as_mapping(path: Path, data: Any) -> Mapping[str, Any]:
    if data is None or data == []:
        return {}
    if isinstance(data, dict):
        return {str(key): value for key, value in data.items()}
    if isinstance(data, list):
        # Hydra's overrides.yaml: a list of `key=value`.
        if all(isinstance(item, str) and "=" in item for item in data):
            pairs = (item.lstrip("+~").partition("=") for item in data)
            return {key: scalar(value) for key, _, value in pairs}
        # An OrderedDict under a Python tag: its pairs, inside the list of arguments.
        inner = data[0] if len(data) == 1 and isinstance(data[0], list) else data
        if all(isinstance(pair, list) and len(pair) == 2 for pair in inner):
            return {str(key): value for key, value in inner}
    raise ProblemError(
        Problem(
            path,
            "a mapping of settings",
            "a list" if isinstance(data, list) else f"`{str(data)[:40]}`",
            "write one `name: value` a line, or rename the file",
        )
    )

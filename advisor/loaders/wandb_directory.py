"""Where a W&B run lies: its directory, what is beside it, and whose run it is."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from advisor.errors import LogError, Problem
from advisor.loaders.configuration import read_files
from advisor.loaders.json_file import read_json
from advisor.loaders.surroundings import (
    changed,
    is_file,
    is_inside,
    names_in,
    question,
)
from advisor.model.log import Value

DIRECTORY = re.compile(r"(?:offline-)?run-[0-9]{8}_[0-9]{6}-(.+)")
CONFIGURATION = "config.yaml"
SUMMARY = "wandb-summary.json"
METADATA = "wandb-metadata.json"

_SAMPLED = re.compile(r"config-(.+)\.yaml")


@dataclass(frozen=True, slots=True)
class Files:
    """What lies in the folder `files/` of a run directory."""

    configuration: dict[str, Value] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    sources: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def files_of(directory: Path, *, alone: bool) -> Files:
    """Configuration and summary; `alone`: there is no `.wandb` file."""
    folder = directory / "files"
    if alone and not {CONFIGURATION, SUMMARY, METADATA} & {*names_in(folder)}:
        folder = directory  # as downloaded from W&B's servers
    configuration = filter(is_file, [folder / CONFIGURATION])
    entries, sources, problems = read_files(configuration)
    summary: dict[str, Any] = {}
    if is_file(folder / SUMMARY):
        try:
            content = read_json(folder / SUMMARY)
        except LogError as error:
            problems = (*problems, error.problem)
        else:
            summary = content if isinstance(content, dict) else {}
            sources = (*sources, folder / SUMMARY)
    return Files(dict(entries), summary, sources, problems)


def directory_of(path: Path) -> Path:
    """The run directory that `path` belongs to."""
    return path.parent.parent if path.parent.name == "files" else path.parent


@question
def holds_run_file(directory: Path) -> bool:
    """Whether the directory has its `.wandb` file."""
    return any(name.endswith(".wandb") for name in names_in(directory))


@question
def place_of(directory: Path, path: Path) -> tuple[Path, str]:
    """Location and key: the first directory of the run, or the file among others."""
    named = DIRECTORY.fullmatch(directory.name)
    if path.suffix != ".wandb":
        return _first_of_run(directory), ""
    run_id = path.stem.removeprefix("run-")
    if named and named[1] == run_id:
        return _first_of_run(directory), ""
    files = [name for name in names_in(directory) if name.endswith(".wandb")]
    return directory, run_id if len(files) > 1 else ""


def _first_of_run(directory: Path) -> Path:
    named = DIRECTORY.fullmatch(directory.name)
    if not named:
        return directory
    parent = directory.parent
    runs = _runs(os.fspath(parent), changed(parent)) if is_inside(parent) else {}
    return directory.parent / runs.get(named[1], directory.name)


@question
def sweep_of(directory: Path) -> str | None:
    """`abc` where `sweep-abc/config-<run id>.yaml` lies beside the run."""
    if not (named := DIRECTORY.fullmatch(directory.name)):
        return None
    parent = directory.parent
    if not is_inside(parent):
        return None
    return _sweeps(os.fspath(parent), changed(parent)).get(named[1])


@lru_cache(maxsize=256)
def _runs(parent: str, modified: int) -> Mapping[str, str]:
    """The first directory of each run id."""
    first: dict[str, str] = {}
    for name in sorted(
        names_in(Path(parent)), key=lambda name: name.removeprefix("offline-")
    ):
        if named := DIRECTORY.fullmatch(name):
            first.setdefault(named[1], name)
    return first


@lru_cache(maxsize=256)
def _sweeps(parent: str, modified: int) -> Mapping[str, str]:
    """The sweep of each run id, as far as the agent left its configuration."""
    return {
        sampled[1]: name.removeprefix("sweep-")
        for name in names_in(Path(parent))
        if name.startswith("sweep-")
        for each in names_in(Path(parent, name))
        if (sampled := _SAMPLED.fullmatch(each))
    }

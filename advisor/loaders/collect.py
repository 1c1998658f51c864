"""From paths to logs: every file asked of every loader, parts joined into trials."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from advisor.errors import AdvisorError, LogError, Problem
from advisor.loaders.joining import join
from advisor.loaders.known import Loader, known_loaders
from advisor.loaders.surroundings import within
from advisor.loaders.trials import sort_out, with_configurations
from advisor.loaders.walk import walk
from advisor.model.log import Declaration, Logs, TrialLog

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the files done and the files in all."""

HEAD = 4096  # bytes of a file that its loaders may judge it by

_LIKE_LOGS = frozenset(
    {".csv", ".tsv", ".jsonl", ".ndjson", ".npz", ".wandb", ".sqlite", ".db"}
    | {".parquet", ".arrow", ".feather"}
)
_LIKE_LOGS_BY_NAME = frozenset(
    {"trainer_state.json", "result.json", "results.json", "history.json"}
    | {"metrics.json", "log.json", "trial.json", "oracle.json"}
)


def collect(paths: Sequence[Path], progress: Progress | None = None) -> Logs:
    """All trials at or below `paths`; each file is read once.

    Raises:
        AdvisorError: two loaders claim one file, a mistake in this package.
    """
    roots = _roots(paths)
    with within(roots):
        collection = _Collection(known_loaders())
        collection.find(paths)
        collection.load(progress)
        return collection.logs(roots)


class _Collection:
    """What was found so far."""

    def __init__(self, known: Sequence[Loader]) -> None:
        self.known = known
        self.claimed: list[tuple[Path, Loader]] = []
        self.unclaimed: Counter[str] = Counter()
        self.parts: dict[tuple[Path, str], list[TrialLog]] = {}
        self.declarations: list[Declaration] = []
        self.problems: list[Problem] = []

    def find(self, paths: Sequence[Path]) -> None:
        """Asks for every regular file at or below `paths` which loader reads it."""
        seen: set[str] = set()
        for root in paths:
            explicit = not root.is_dir()
            if not explicit:
                tree = walk(root)
                self.problems.extend(tree.problems)
            for path in [root] if explicit else tree.files:
                # Within one tree every file is found once; roots may overlap.
                real = os.path.realpath(path) if len(paths) > 1 else str(path)
                if real not in seen:
                    seen.add(real)
                    self._claim(path, explicit=explicit)

    def _claim(self, path: Path, *, explicit: bool) -> None:
        try:
            head = _head(path) if path.is_file() else None
        except OSError as error:
            if explicit or _kind_of_log(path):
                self.problems.append(_unreadable(path, error))
            return
        if head is None:
            self.problems.append(_not_a_file(path))
            return
        claimants = self._claimants(path, head)
        if len(claimants) > 1:
            names = " and ".join(f"`{loader.NAME}`" for loader in claimants)
            raise AdvisorError(f"{path}: claimed by the loaders {names}; report this")
        if claimants:
            self.claimed.append((path, claimants[0]))
        elif explicit:
            self.problems.append(self._unknown(path))
        elif kind := _kind_of_log(path):
            self.unclaimed[kind] += 1

    def _claimants(self, path: Path, head: bytes) -> list[Loader]:
        """The loaders that say they read the file; normally one or none."""
        claimants = []
        for loader in self.known:
            try:
                if loader.claims(path, head):
                    claimants.append(loader)
            except OSError as error:
                self.problems.append(_unreadable(path, error))
            except Exception as error:
                self.problems.append(_unforeseen(path, loader, error))
        return claimants

    def _unknown(self, path: Path) -> Problem:
        formats = ", ".join(loader.NAME for loader in self.known)
        return Problem(
            path,
            "a log in a known format",
            "something else",
            f"pass a log of one of these formats, or its folder: {formats}",
        )

    def load(self, progress: Progress | None) -> None:
        """Reads every claimed file; what is wrong with one costs only itself."""
        for done, (path, loader) in enumerate(self.claimed):
            if progress is not None:
                progress(done, len(self.claimed))
            try:
                for part in loader.load(path):
                    self._take(part)
            except LogError as error:
                self.problems.append(error.problem)
            except OSError as error:
                self.problems.append(_unreadable(path, error))
            except Exception as error:
                # A loader must not end the command for a file that nobody foresaw.
                self.problems.append(_unforeseen(path, loader, error))
        if progress is not None:
            progress(len(self.claimed), len(self.claimed))

    def _take(self, part: TrialLog | Declaration) -> None:
        if isinstance(part, Declaration):
            self.declarations.append(part)
        else:
            self.parts.setdefault((part.location, part.key), []).append(part)

    def logs(self, roots: tuple[Path, ...]) -> Logs:
        """The parts joined, with the configurations beside them."""
        joined = [join(parts) for parts in self.parts.values()]
        trials, problems = sort_out(with_configurations(joined, roots))
        for trial in trials:
            problems.extend(trial.problems)
        return _with_distinct_names(
            Logs(
                roots=roots,
                trials=tuple(trials),
                declarations=tuple(self.declarations),
                problems=tuple(dict.fromkeys((*self.problems, *problems))),
                unclaimed=dict(sorted(self.unclaimed.items())),
            )
        )


def _roots(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The folders that names of trials are relative to."""
    folders = (path if path.is_dir() else path.parent for path in paths)
    return tuple(dict.fromkeys(folders))


def _with_distinct_names(logs: Logs) -> Logs:
    """Of trials with equal names below different roots, more of the path is named."""
    for roots in (logs.roots, _common(logs.roots), ()):
        named = replace(logs, roots=roots)
        names = {named.name_of(trial) for trial in logs.trials}
        if len(names) == len(logs.trials):
            return named
    return logs


def _common(roots: Sequence[Path]) -> tuple[Path, ...]:
    if len({root.is_absolute() for root in roots}) != 1:
        return ()
    return (Path(os.path.commonpath(roots)),)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _kind_of_log(path: Path) -> str | None:
    """What a file that is named like a log is counted as; None: not like a log."""
    if path.name in _LIKE_LOGS_BY_NAME:
        return path.name
    if ".tfevents." in path.name:
        return ".tfevents"
    suffix = path.suffix.lower()
    return suffix if suffix in _LIKE_LOGS else None


def _not_a_file(path: Path) -> Problem:
    exists = path.exists()
    return Problem(
        path,
        "a regular file or a folder",
        "a FIFO, socket or device" if exists else "nothing",
        "write the log to a file first" if exists else "correct the path",
    )


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        path,
        "a readable file",
        (error.strerror or type(error).__name__).lower(),
        "check its rights and the disk; the other files were read",
    )


def _unforeseen(path: Path, loader: Loader, error: Exception) -> Problem:
    return Problem(
        path,
        f"a file that the loader `{loader.NAME}` can read",
        f"{type(error).__name__}: {error}",
        "it was left out; please report this with the file, it is a mistake of ours",
    )

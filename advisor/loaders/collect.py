"""From paths to logs: every file asked of every loader, parts joined into trials."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from advisor.errors import AdvisorError, LogError, Problem
from advisor.loaders.cache.entry import Content, Reading
from advisor.loaders.cache.store import Cache, look, open_cache
from advisor.loaders.joining import join
from advisor.loaders.known import Loader, known_loaders
from advisor.loaders.surroundings import Asked, noted, within
from advisor.loaders.trials import sort_out, with_configurations
from advisor.loaders.unread import not_a_file, unforeseen, unreadable
from advisor.loaders.walk import walk
from advisor.model.log import Declaration, Logs, TrialLog

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the files done and the files in all."""

_LIKE_LOGS = frozenset(
    {".csv", ".tsv", ".jsonl", ".ndjson", ".npz", ".wandb", ".sqlite", ".db"}
    | {".parquet", ".arrow", ".feather"}
)
_LIKE_LOGS_BY_NAME = frozenset(
    {"trainer_state.json", "result.json", "results.json", "history.json"}
    | {"metrics.json", "log.json", "log.txt", "trial.json", "oracle.json"}
)


def collect(paths: Sequence[Path], progress: Progress | None = None) -> Logs:
    """All trials at or below `paths`; each file is read once.

    Raises:
        AdvisorError: two loaders claim one file, a mistake in this package.
    """
    roots = _roots(paths)
    with within(roots):
        cache = open_cache(roots)
        collection = _Collection(known_loaders(), cache)
        collection.find(paths)
        collection.load(progress)
        if cache is not None:
            cache.tidy()
        return collection.logs(roots)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A file that is read: by which loader, or what the cache holds of it."""

    path: Path
    loader: Loader | None = None
    content: Content | None = None  # None: not to be kept
    asked: Sequence[Asked] = ()
    kept: Reading | None = None


class _Collection:
    """What was found so far."""

    def __init__(self, known: Sequence[Loader], cache: Cache | None = None) -> None:
        self.known = known
        self.cache = cache
        self.claimed: list[_Claim] = []
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
            found = look(path) if path.is_file() else None
        except OSError as error:
            if explicit or _kind_of_log(path):
                self.problems.append(unreadable(path, error))
            return
        if found is None:
            self.problems.append(not_a_file(path))
            return
        head, content = found
        if self.cache is not None and (kept := self.cache.get(path, content)):
            self.claimed.append(_Claim(path, kept=kept))
            return
        with noted() as asked:
            claimants, certain = self._claimants(path, head)
        if len(claimants) > 1:
            names = " and ".join(f"`{loader.NAME}`" for loader in claimants)
            raise AdvisorError(f"{path}: claimed by the loaders {names}; report this")
        if claimants:
            claim = _Claim(path, claimants[0], content if certain else None, asked)
            self.claimed.append(claim)
        elif explicit:
            self.problems.append(self._unknown(path))
        elif kind := _kind_of_log(path):
            self.unclaimed[kind] += 1

    def _claimants(self, path: Path, head: bytes) -> tuple[list[Loader], bool]:
        """The loaders that read the file, normally one or none; whether all said so."""
        claimants, certain = [], True
        for loader in self.known:
            try:
                if loader.claims(path, head):
                    claimants.append(loader)
            except OSError as error:
                certain = False
                self.problems.append(unreadable(path, error))
            except Exception as error:
                certain = False
                self.problems.append(unforeseen(path, loader, error))
        return claimants, certain

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
        for done, claim in enumerate(self.claimed):
            if progress is not None:
                progress(done, len(self.claimed))
            reading = claim.kept or self._read(claim)
            for part in reading.parts:
                self._take(part)
            if reading.failure is not None:
                self.problems.append(reading.failure)
        if progress is not None:
            progress(len(self.claimed), len(self.claimed))

    def _read(self, claim: _Claim) -> Reading:
        path, loader, content = claim.path, claim.loader, claim.content
        assert loader is not None
        parts: list[TrialLog | Declaration] = []
        failure = None
        with noted() as asked:
            try:
                parts.extend(loader.load(path))
            except LogError as error:
                failure = error.problem
            except OSError as error:
                failure, content = unreadable(path, error), None
            except Exception as error:
                # A loader must not end the command for a file that nobody foresaw.
                failure, content = unforeseen(path, loader, error), None
        questions = tuple(dict.fromkeys((*claim.asked, *asked)))
        reading = Reading(loader.NAME, questions, parts, failure)
        if self.cache is not None and content is not None:
            self.cache.put(path, content, reading)
        return reading

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


def _kind_of_log(path: Path) -> str | None:
    """What a file that is named like a log is counted as; None: not like a log."""
    if path.name in _LIKE_LOGS_BY_NAME:
        return path.name
    if ".tfevents." in path.name:
        return ".tfevents"
    suffix = path.suffix.lower()
    return suffix if suffix in _LIKE_LOGS else None

"""Trained trials on disk: found again by their configuration, whole or not at all.

A batch of trials is trained in a folder beside its place and moved there when all of it
is done. Interrupted batches are trained again as a whole, because which trials train
together shows in the last digits of their curves. Several processes may share a store.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from advisor import __version__
from advisor.confirm.pipelines.pipeline import Settings

_LENGTH = 16  # of 64 digits; two of a million trials agree in these once in 10^7
_SECONDS = ".seconds"  # how long a batch took, so that a resumed call spends the same


def fingerprint(pipeline: str, settings: Settings) -> str:
    """A short name of a configuration under a pipeline, the same in every process."""
    text = json.dumps(
        [__version__, pipeline, dict(settings)], sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


class Store:
    """The trials below a folder, by fingerprint."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._places: dict[str, Path] = {}
        self._seconds: dict[str, float] = {}
        if directory.is_dir():
            for batch in sorted(directory.iterdir()):
                if batch.is_dir() and not batch.name.startswith("."):
                    self._take(batch)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> Path:
        return self._places[name]

    def place(self, trials: Mapping[str, Settings]) -> Path:
        """An empty folder to train these trials in, not yet part of the store."""
        partial = self.directory / f".{_batch_name(trials)}.{_owner()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        return partial

    def keep(
        self, partial: Path, trials: Mapping[str, Settings], seconds: float
    ) -> None:
        """Makes a trained batch part of the store, all at once."""
        place = self.directory / _batch_name(trials)
        for name in trials:
            (partial / name).mkdir(exist_ok=True)  # a command may have removed it
        (partial / _SECONDS).write_text(repr(seconds), "ascii")
        try:
            partial.rename(place)
        except OSError:
            if not place.is_dir():
                raise
            # Another process was faster with the same trials.
            shutil.rmtree(partial, ignore_errors=True)
        self._take(place)

    def seconds(self, name: str) -> float:
        """How long the trial took, beside those that were trained with it."""
        return self._seconds[name]

    def forget(self, name: str) -> None:
        """Removes a trial whose log is not what was expected."""
        shutil.rmtree(self._places.pop(name), ignore_errors=True)

    def clean(self) -> None:
        """Removes what interrupted processes left, but not what is being trained."""
        if self.directory.is_dir():
            for each in self.directory.iterdir():
                owner = each.name.partition(".")[2].partition(".")[2]
                if each.name.startswith(".") and each.is_dir() and _gone(owner):
                    shutil.rmtree(each, ignore_errors=True)

    def _take(self, batch: Path) -> None:
        trials = [
            each
            for each in sorted(batch.iterdir())
            if each.is_dir() and not each.name.startswith(".")
        ]
        for trial in trials:
            if trial.name not in self._places:
                self._places[trial.name] = trial
                self._seconds[trial.name] = _seconds_of(batch) / len(trials)


def _seconds_of(batch: Path) -> float:
    try:
        return float((batch / _SECONDS).read_text("ascii"))
    except (OSError, ValueError):
        return 0.0


def _owner() -> str:
    return f"{os.getpid()}@{socket.gethostname()}"


def _gone(owner: str) -> bool:
    """Whether the process is surely none that is training now."""
    process, _, host = owner.partition("@")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    if int(process) == os.getpid():
        return True  # one before this had the same number, as in containers
    if os.name != "posix":
        return False  # there the question itself would end the process
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _batch_name(trials: Mapping[str, Settings]) -> str:
    text = "\n".join(sorted(trials))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]

"""Trained trials on disk: found again by their configuration, whole or not at all.

A batch of trials is trained in a folder beside its place and moved there when all of it
is done. Interrupted batches are trained again as a whole, because which trials train
together shows in the last digits of their curves.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from advisor.confirm.pipelines.pipeline import Settings

_LENGTH = 16  # of 64 digits; two of a million trials agree in these once in 10^7


def fingerprint(pipeline: str, settings: Settings) -> str:
    """A short name of a configuration under a pipeline, the same in every process."""
    text = json.dumps([pipeline, dict(settings)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


class Store:
    """The trials below a folder, by fingerprint."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._places: dict[str, Path] = {}
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
        partial = self.directory / f".{_batch_name(trials)}.{os.getpid()}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        return partial

    def keep(self, partial: Path, trials: Mapping[str, Settings]) -> None:
        """Makes a trained batch part of the store, all at once."""
        place = self.directory / _batch_name(trials)
        if place.exists():  # another process was faster with the same trials
            shutil.rmtree(partial, ignore_errors=True)
        else:
            os.replace(partial, place)
        self._take(place)

    def clean(self) -> None:
        """Removes what interrupted processes left."""
        if self.directory.is_dir():
            for each in self.directory.iterdir():
                if each.name.startswith(".") and each.is_dir():
                    shutil.rmtree(each, ignore_errors=True)

    def _take(self, batch: Path) -> None:
        for trial in sorted(batch.iterdir()):
            if trial.is_dir() and not trial.name.startswith("."):
                self._places.setdefault(trial.name, trial)


def _batch_name(trials: Mapping[str, Settings]) -> str:
    text = "\n".join(sorted(trials))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]

"""Where an arm comes from: another trial's configuration, and the user's own files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.pipeline import NotApplicableError
from advisor.model.trial import Trial

_LARGEST = 2**26  # bytes; larger files are known by their size and time


def source_of(experiment: Experiment, trial: Trial, change: Change) -> Trial:
    """The trial whose configuration is changed.

    Raises:
        NotApplicableError: the change names a trial that is not there.
    """
    if not change.trial:
        return trial
    other = experiment.study.trials_by_name.get(change.trial)
    if other is None:
        raise NotApplicableError(f"there is no trial {change.trial}")
    return other


def contents_of(names: Iterable[str], folder: Path) -> str:
    """A digest of those names that are files, so that edited code trains again."""
    digest = hashlib.sha256()
    for name in names:
        path = folder / name
        try:
            status = path.stat()
            if not path.is_file():
                continue
            if status.st_size > _LARGEST:
                digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
            else:
                digest.update(path.read_bytes())
        except (OSError, ValueError):
            continue
        digest.update(name.encode("utf-8", "replace"))
    return digest.hexdigest()

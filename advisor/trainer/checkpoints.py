"""Weights in .npz files without pickled objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from advisor.trainer.history import Checkpoint
from advisor.trainer.result import KeptCheckpoint
from advisor.trainer.tensor import Arrays

_FOLDER = "checkpoints"


def write_checkpoints(
    directory: Path, checkpoints: Sequence[Checkpoint]
) -> tuple[KeptCheckpoint, ...]:
    """One file a checkpoint, `checkpoints/step-<n>.npz`."""
    if checkpoints:
        (directory / _FOLDER).mkdir()
    kept = []
    for each in checkpoints:
        file = f"{_FOLDER}/step-{each.step}.npz"
        np.savez(directory / file, **each.arrays)  # type: ignore[arg-type]
        kept.append(KeptCheckpoint(each.step, each.validation_error, file))
    return tuple(kept)


def read_checkpoint(directory: Path, kept: KeptCheckpoint) -> Arrays:
    """Weights and running statistics by name."""
    with np.load(directory / kept.file, allow_pickle=False) as arrays:
        return dict(arrays)

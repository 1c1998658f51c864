"""What is known of a trained trial beside its curves; `result.json` in its folder."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec

from advisor.trainer.errors import TrainerError
from advisor.trainer.history import History

FILE_NAME = "result.json"


class KeptCheckpoint(msgspec.Struct, frozen=True):
    """One of the best; weights in `file` below the trial's folder."""

    step: int
    validation_error: float
    file: str


class Infeasible(msgspec.Struct, frozen=True):
    """Why a trial is infeasible, and the first step where it was seen."""

    step: int
    reason: str


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """Retrospectively: the best evaluation, not the last one, is the trial's result."""

    name: str
    fingerprint: str
    objective: str  # tag
    last_step: int
    best_step: int | None  # None where nothing finite was measured
    best_error: float | None
    final_error: float | None
    infeasible: Infeasible | None
    checkpoints: tuple[KeptCheckpoint, ...]  # best first
    trials_together: int
    compile_seconds: float  # of the whole batch
    train_seconds: float


def read_result(directory: Path) -> TrialResult | None:
    """The result of the trial in that folder, or None if none was finished there.

    Raises:
        TrainerError: the file is damaged.
    """
    path = directory / FILE_NAME
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=TrialResult)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TrainerError(
            f"{path}: expected the result of a trial, but {error}; delete {directory}"
        ) from error


def best_evaluation(history: History, tag: str) -> tuple[int, float] | None:
    """Step and value of the smallest finite error."""
    pairs = zip(
        history.evaluations[tag].tolist(),
        history.evaluation_steps.tolist(),
        strict=True,
    )
    found = min((pair for pair in pairs if math.isfinite(pair[0])), default=None)
    return None if found is None else (found[1], found[0])

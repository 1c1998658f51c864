"""The folder of a finished trial: configuration, events, checkpoints, result.

It is written beside its place and moved there when complete, so that an interruption
leaves a whole trial or none.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path, PurePosixPath

import msgspec

from advisor.trainer.checkpoints import write_checkpoints
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError
from advisor.trainer.event_log import write_events
from advisor.trainer.history import History
from advisor.trainer.loop import BatchResult
from advisor.trainer.result import (
    FILE_NAME,
    Infeasible,
    TrialResult,
    best_evaluation,
    read_result,
)


def place_of(directory: Path, name: str) -> Path:
    """The folder of the trial called `name`, e.g. `reproduction/seed-0`.

    Raises:
        TrainerError: a name that leads out of `directory`.
    """
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in name:
        raise TrainerError(
            f"a trial's name must be a relative path, but got {name!r}; "
            "write e.g. baseline/seed-0"
        )
    return directory / path


def finished(
    directory: Path, name: str, configuration: TrialConfiguration
) -> TrialResult | None:
    """The result of the same trial, trained before.

    Raises:
        TrainerError: another trial lies there.
    """
    place = place_of(directory, name)
    result = read_result(place)
    if result is not None and result.fingerprint != configuration.fingerprint:
        raise TrainerError(
            f"{place} holds a trial of another configuration; "
            "choose another directory, or delete it"
        )
    if result is None and place.exists():
        raise TrainerError(
            f"{place} exists and holds no finished trial; choose another directory"
        )
    return result


def write_trial(
    directory: Path,
    name: str,
    configuration: TrialConfiguration,
    batch: BatchResult,
    history: History,
    objective: str,
) -> TrialResult:
    """Writes everything; the folder appears at once."""
    place = place_of(directory, name)
    partial = place.with_name(f".{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    mapping = configuration.to_mapping()
    (partial / "config.json").write_text(json.dumps(mapping, indent=1) + "\n", "utf-8")
    write_events(partial, history, mapping)
    best = best_evaluation(history, objective)
    result = TrialResult(
        name=name,
        fingerprint=configuration.fingerprint,
        objective=objective,
        last_step=history.last_step,
        best_step=best[0] if best else None,
        best_error=best[1] if best else None,
        final_error=float(history.evaluations[objective][-1]),
        infeasible=Infeasible(*history.nonfinite) if history.nonfinite else None,
        checkpoints=write_checkpoints(partial, history.checkpoints),
        trials_together=len(batch.histories),
        compile_seconds=batch.compile_seconds,
        train_seconds=batch.train_seconds,
    )
    (partial / FILE_NAME).write_bytes(msgspec.json.encode(result))
    partial.rename(place)
    return result

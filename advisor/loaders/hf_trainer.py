"""Hugging Face's trainer_state.json: the history that every Trainer leaves.

Each `checkpoint-N/` holds a copy of the history up to its step; the copies belong to
the folder above. Hyperparameters are in no plain file but the model card, README.md
(`training_args.bin` is a pickle and is never opened).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from advisor.errors import LogError, Problem
from advisor.loaders.configuration_entries import flatten
from advisor.loaders.event_places import logs_of_trainer
from advisor.loaders.json_file import read_json
from advisor.loaders.surroundings import is_file
from advisor.model.curve import Curve
from advisor.model.log import State, TrialLog, Value, is_number
from advisor.safe_yaml import scalar

NAME = "hf-trainer"
READS = "Hugging Face `trainer_state.json`, of the output folder and its checkpoints"

_CHECKPOINT = re.compile(r"checkpoint-[0-9]+")
_SETTINGS = ("train_batch_size", "max_steps", "num_train_epochs")
_END = "train_runtime"  # only in the row that is written when training ends
# Not comparable with anything: the mean over the whole training, its start included.
_MISLEADING = frozenset({"train_loss", "total_flos"})
_SUMMARIES = ("all_results.json", "eval_results.json")
_CARD_HEADING = b"The following hyperparameters were used during training:"
_CARD_BYTES = 1 << 20
_CARD_ENTRY = re.compile(r"- ([A-Za-z_][A-Za-z0-9_.]*): (\S.*)")
_NON_FINITE = {"NaN", "Infinity", "-Infinity"}


def claims(path: Path, head: bytes) -> bool:
    """Whether it has that name."""
    return path.name == "trainer_state.json"


def load(path: Path) -> Iterator[TrialLog]:
    """The trial, as far as this copy of its history goes.

    Raises:
        LogError: not JSON, or without `log_history`.
    """
    state = read_json(path)
    rows = state.get("log_history") if isinstance(state, dict) else None
    if not isinstance(rows, list):
        raise LogError(_no_history(path))
    in_checkpoint = bool(_CHECKPOINT.fullmatch(path.parent.name))
    location = path.parent.parent if in_checkpoint else path.parent
    rows = [row for row in rows if isinstance(row, dict)]
    curves = _curves([row for row in rows if _END not in row])
    results = {} if in_checkpoint else _results(rows, location, curves)
    if logs_of_trainer(location):
        # The same numbers again: under the same tags they are counted once.
        curves = {_event_tag(tag): curve for tag, curve in curves.items()}
    configuration, sources = _configuration(state, location)
    yield TrialLog(
        location=location,
        format=NAME,
        sources=(path, *sources),
        curves=curves,
        results=results,
        configuration=configuration,
        state=_state(state, rows),
    )


def _curves(rows: list[dict[str, Any]]) -> dict[str, Curve]:
    columns: dict[str, tuple[list[int], list[float]]] = {}
    for position, row in enumerate(rows):
        step = _number(row.get("step"))
        whole = step is not None and abs(step) < 1 << 62
        for tag, value in row.items():
            number = _number(value)
            if number is None or tag == "step":
                continue
            steps, values = columns.setdefault(tag, ([], []))
            steps.append(int(step) if whole and step is not None else position)
            values.append(number)
    return {
        tag: Curve(np.array(steps, dtype=np.int64), np.array(values))
        for tag, (steps, values) in columns.items()
    }


def _event_tag(tag: str) -> str:
    """The tag under which the Trainer writes a metric to event files."""
    for split in ("eval", "test"):
        if tag.startswith(f"{split}_"):
            return f"{split}/{tag.removeprefix(f'{split}_')}"
    return f"train/{tag}"


def _number(value: Any) -> float | None:
    if isinstance(value, str) and value in _NON_FINITE:
        return float(value)
    if not is_number(value):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _results(
    rows: list[dict[str, Any]], location: Path, curves: Mapping[str, Curve]
) -> dict[str, float]:
    """The row at the end of training, and what was evaluated only after it."""
    found: dict[str, float] = {}
    last = [row for row in rows if _END in row][-1:]
    for row in (*last, *map(_of_summary, (location / name for name in _SUMMARIES))):
        for tag, value in row.items():
            number = _number(value)
            if number is not None and tag not in {
                *curves,
                *_MISLEADING,
                "step",
                "epoch",
            }:
                found.setdefault(tag, number)
    return found


def _of_summary(path: Path) -> dict[str, Any]:
    if not is_file(path):
        return {}
    try:
        content = read_json(path, limit=1 << 20)
    except LogError:
        return {}  # the history is what counts
    return content if isinstance(content, dict) else {}


def _configuration(
    state: Mapping[str, Any], location: Path
) -> tuple[dict[str, Value], tuple[Path, ...]]:
    stated = {key: state[key] for key in _SETTINGS if state.get(key)}
    tried = state.get("trial_params")  # by `hyperparameter_search`
    own = dict(flatten(tried)) if isinstance(tried, dict) else {}
    card = location / "README.md"
    entries = _of_card(card)
    return {**dict(flatten(stated)), **entries, **own}, (card,) if entries else ()


def _of_card(path: Path) -> dict[str, Value]:
    """The list of hyperparameters in a model card that the Trainer wrote."""
    if not is_file(path):
        return {}
    try:
        with path.open("rb") as file:
            content = file.read(_CARD_BYTES)
    except OSError:
        return {}
    _, found, rest = content.partition(_CARD_HEADING)
    entries: dict[str, Value] = {}
    for line in rest.decode("utf-8", "replace").splitlines() if found else ():
        entry = _CARD_ENTRY.fullmatch(line.strip())
        if entry:
            entries[entry[1]] = scalar(entry[2])
        elif line.strip():
            break
    return entries


def _state(state: Mapping[str, Any], rows: list[dict[str, Any]]) -> State | None:
    """Finished, where it says so: Trainer has no word for a crash."""
    done, wanted = _number(state.get("global_step")), _number(state.get("max_steps"))
    ended = any(_END in row for row in rows)
    reached = done is not None and wanted is not None and 0 < wanted <= done
    return "finished" if ended or reached else None


def _no_history(path: Path) -> Problem:
    return Problem(
        path,
        "a list `log_history`",
        "none",
        "pass the trainer_state.json that the Trainer wrote",
    )

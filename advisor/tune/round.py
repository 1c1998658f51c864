"""A round as it is kept on disk: what was planned, and what came out of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from advisor.errors import AdvisorError
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter

PLAN, PLAN_YAML, OUTCOME = "round.json", "plan.yaml", "outcome.json"
Kind = Literal["float", "integer", "categorical"]
Plain = bool | int | float | str | None
_T = TypeVar("_T")


class Range(msgspec.Struct, frozen=True):
    """Where one hyperparameter was searched."""

    name: str
    kind: Kind
    lower: float | None
    upper: float | None
    scale: Literal["linear", "log"]
    choices: tuple[Plain, ...] = ()

    @classmethod
    def of(cls, space: Hyperparameter) -> Range:
        """That of a search space."""
        return cls(
            space.name, space.kind, space.lower, space.upper, space.scale, space.choices
        )


class Training(msgspec.Struct, frozen=True):
    """One trial of a round."""

    values: dict[str, Plain]  # of the hyperparameters, as the study names them
    settings: dict[str, Plain]  # everything that the pipeline is given
    repeats: str | None = None  # the trial whose configuration is trained again


class Reason(msgspec.Struct, frozen=True):
    """One change against the round before."""

    name: str
    what: str
    rule: str  # empty: the plan itself
    why: str


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A planned round."""

    number: int
    phase: str
    since: int  # first round whose trials are compared with those of this one
    study: str
    searched: dict[str, Range]
    fixed: tuple[str, ...] = ()  # what was searched before
    trials: dict[str, Training]
    reason: str  # of their number
    changes: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()


class Learned(msgspec.Struct, frozen=True):
    """One finding, as the journal tells it."""

    id: str
    rule: str
    severity: str
    message: str
    link: str
    of_trial: bool  # of one trial, not of the study or a hyperparameter


class Best(msgspec.Struct, frozen=True):
    """The best trial so far."""

    name: str
    objective: float  # as logged
    values: dict[str, Plain]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the trials of a round showed, together with those before."""

    objective: str  # metric
    goal: str
    trained: int
    infeasible: int
    compared: int  # trials in all rounds that are compared
    best_of_round: float | None  # as logged
    best: Best | None
    findings: tuple[Learned, ...] = ()
    left_open: int = 0  # rules and subjects that were inconclusive or not evaluated


def place_of(directory: Path, number: int) -> Path:
    """The folder of a round."""
    return directory / f"round-{number}"


def read_rounds(directory: Path, first: int) -> list[Round]:
    """Those planned so far, in order.

    Raises:
        AdvisorError: a file that is not as it was written.
    """
    rounds: list[Round] = []
    while True:
        path = place_of(directory, first + len(rounds)) / PLAN
        found = _read(path, Round)
        if found is None:
            return rounds
        rounds.append(found)


def read_outcome(directory: Path, number: int) -> Outcome | None:
    """What a round showed; None before it was checked.

    Raises:
        AdvisorError: a file that is not as it was written.
    """
    return _read(place_of(directory, number) / OUTCOME, Outcome)


def write(path: Path, what: Round | Outcome) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(msgspec.json.format(msgspec.json.encode(what)) + b"\n")
    os.replace(partial, path)


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AdvisorError(f"{path}: {error.strerror or error}") from error
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AdvisorError(
            f"{path}: expected a round as `advisor tune` wrote it, but {error}; "
            "choose another --output, or remove the folder of that round"
        ) from error


def plain(values: Mapping[str, Value]) -> dict[str, Plain]:
    """A copy that JSON can hold."""
    return dict(values)

"""What the user says of the logs: advisor.yaml, or [tool.advisor] of pyproject.toml.

    objective: {metric: val_acc, goal: maximize, selection: best}
    metrics: {training_loss: train/loss}          # which tag plays which part
    hyperparameters:
      lr: {lower: 1e-5, upper: 1e-1, scale: log, hard: [upper], role: scientific}
      comment: {ignore: true}                     # not a hyperparameter
    studies: [{name: baseline, match: "baseline/*"}]
    trials: ["2024-*"]                            # only these
    ignore: ["*/debug"]                           # not these
    facts: {compute_bound: true}
    rules:
      disable: [{id: still-improving, reason: "budget is fixed"}]
      parameters: {too-few-trials: {min_trials: 10}}
      folders: [our-rules]
    confirm:                                      # how to train a trial again
      command: [python, train.py, "--lr={lr}", "--seed={seed}", "--logs={directory}"]
      timeout: 600
    suppress: [{finding: loss-spikes-3fa9cd, reason: "known", until: 2027-03-31}]
    tune:                                         # where `advisor tune` begins
      workload: digits                            # or the command of `confirm`
      search_space: {learning_rate: {lower: 1e-4, upper: 1e-2, scale: log}}
      fixed: {max_train_steps: 400}

Globs match a trial's name, the name of any folder above it, or its path from the
file's folder; `*` also matches `/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from advisor.errors import ConfigurationError, Problem
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter, Role, Scale, Side
from advisor.model.study import Goal
from advisor.model.trial import Part
from advisor.safe_yaml import Document, Place

FILE_NAME = "advisor.yaml"
Selection: TypeAlias = Literal["best", "final"]


@dataclass(frozen=True, slots=True)
class ObjectiveSettings:
    """What is compared; None where the user leaves it to the logs."""

    metric: str | None = None
    goal: Goal | None = None
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class HyperparameterSettings:
    """What the user knows of one hyperparameter; None where the logs decide."""

    lower: float | None = None
    upper: float | None = None
    scale: Scale | None = None
    choices: tuple[Value, ...] = ()
    hard: frozenset[Side] | None = None
    role: Role | None = None
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class StudySettings:
    """A study that the user puts together."""

    name: str
    match: tuple[str, ...]
    objective: ObjectiveSettings | None = None


@dataclass(frozen=True, slots=True)
class ConfirmSettings:
    """How the user's own trials are trained again; never read from within the logs."""

    command: tuple[str, ...] = ()  # an argument list with {placeholders}
    model: str | None = None  # module:function that builds a Keras model
    data: str | None = None  # module:function, or an .npz file
    timeout: float = 3600.0  # seconds for one trial


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding that somebody accepts, why, and until when."""

    finding: str  # its id or its fingerprint
    reason: str
    until: date | None = None  # the last day


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """Where `advisor tune` begins if there are no logs yet."""

    workload: str | None = None  # of the bundled trainer
    search_space: tuple[Hyperparameter, ...] = ()
    fixed: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything in the file; without a file, nothing is said."""

    path: Path | None = None
    objective: ObjectiveSettings = field(default_factory=ObjectiveSettings)
    metrics: Mapping[Part, str] = field(default_factory=dict)
    hyperparameters: Mapping[str, HyperparameterSettings] = field(default_factory=dict)
    studies: tuple[StudySettings, ...] = ()
    trials: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    disabled_rules: Mapping[str, str] = field(default_factory=dict)  # id: reason
    rule_parameters: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    rule_folders: tuple[Path, ...] = ()
    confirm: ConfirmSettings = field(default_factory=ConfirmSettings)
    tune: TuneSettings = field(default_factory=TuneSettings)
    suppressions: tuple[Suppression, ...] = ()
    explicit: bool = False  # named by the user, not found beside the logs
    document: Document | None = None  # where each entry stands

    def error(
        self, place: Place, *, expected: str, found: str, remedy: str
    ) -> ConfigurationError:
        """A mistake at `place` of the file, e.g. a metric that no trial has."""
        if self.document is None:
            path = self.path or Path(FILE_NAME)
            return ConfigurationError(Problem(path, expected, found, remedy))
        return ConfigurationError(
            self.document.problem(place, expected=expected, found=found, remedy=remedy)
        )


def load_configuration(start: Path | None, explicit: Path | None) -> Configuration:
    """The configuration in `explicit`, or the nearest one to `start`.

    Looked for in the folder of `start` and those above it up to a repository's root,
    then likewise from the working directory. None found: nothing is said.

    Raises:
        ConfigurationError: unreadable, or a key or value that is not known.
    """
    from advisor.interpret.configuration_file import find_configuration, read_document
    from advisor.interpret.configuration_schema import configuration_of

    path = explicit if explicit is not None else find_configuration(start)
    if path is None:
        return Configuration()
    return replace(configuration_of(read_document(path)), explicit=explicit is not None)

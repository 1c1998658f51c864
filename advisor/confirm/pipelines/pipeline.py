"""What every pipeline offers: configurations of arms, and training them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from advisor.confirm.experiment import Change, Experiment
from advisor.model.confirmation import Level
from advisor.model.trial import Trial

Settings: TypeAlias = Mapping[str, Any]
"""A whole configuration of one trial, as plain data."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the work done and the work in all, in any unit."""


class NotApplicableError(Exception):
    """A change that this pipeline cannot make; the text says why."""


class Trains(Protocol):
    """What an executor carries out, here or elsewhere."""

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        """Trains all `trials`; the logs of each lie in `directory/<name>/`."""


class Pipeline(Trains, Protocol):
    """Trains configurations and leaves logs that the loaders read."""

    @property
    def level(self) -> Level:
        """How much of the flagged trial it reproduces."""

    @property
    def workload(self) -> str:
        """What is trained, in words."""

    @property
    def identity(self) -> str:
        """What tells its trials from others of the same settings."""

    @property
    def separate(self) -> bool:
        """Whether trials train one by one, for an unknown time; else all at once."""

    def settings(
        self, experiment: Experiment, trial: Trial, change: Change, repeat: int
    ) -> Settings:
        """The configuration of one repeat of an arm, with seeds of its own.

        Raises:
            NotApplicableError: the change makes no sense here.
        """

    def described(self, settings: Settings) -> str:
        """One line for `--dry-run`: what will run."""

    def seconds(self, settings: Settings) -> float:
        """About how long one trial takes, before any was trained."""

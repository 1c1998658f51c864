"""The user's own command, in any framework: an argument list, no shell, a time limit.

Placeholders are names of the trial's configuration (or the field's own names for them),
`{seed}`, and `{directory}`, where the command must leave its logs. A change that no
placeholder takes cannot be made.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.bundled import FIRST_SEED
from advisor.confirm.pipelines.pipeline import NotApplicableError, Progress, Settings
from advisor.errors import AdvisorError
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.confirmation import Level
from advisor.model.trial import Trial
from advisor.text import printable

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_GIVEN = frozenset({"seed", "directory"})
_USUAL_SECONDS = 60.0
_SHOWN = 2000  # characters of what a failed command printed


@dataclass(frozen=True, slots=True)
class CommandPipeline:
    """Runs the command once a trial, in the folder of advisor.yaml."""

    command: tuple[str, ...]
    folder: Path
    timeout: float  # seconds a trial

    @property
    def level(self) -> Level:
        """The user's own pipeline."""
        return Level.SAME_PIPELINE

    @property
    def workload(self) -> str:
        """The command as written."""
        return f"`{' '.join(self.command)}`"

    @property
    def placeholders(self) -> frozenset[str]:
        """Names that the command takes."""
        return frozenset(
            name for part in self.command for name in _PLACEHOLDER.findall(part)
        )

    def settings(
        self, experiment: Experiment, trial: Trial, change: Change, repeat: int
    ) -> Settings:
        """A value for every placeholder but the directory.

        Raises:
            NotApplicableError: a placeholder that the trial has no value for, or a
                change that no placeholder takes.
        """
        source = experiment.study.trials_by_name.get(change.trial, trial)
        values = {
            name: _value(source, name) for name in sorted(self.placeholders - _GIVEN)
        }
        for each in (experiment.change, change):
            values = self._changed(values, each)
        return {**values, "seed": FIRST_SEED + repeat}

    def _changed(self, values: Mapping[str, Any], change: Change) -> dict[str, Any]:
        result = dict(values)
        for key, value in change.set.items():
            result[self._placeholder(key)] = value
        for key, factor in change.multiply.items():
            name = self._placeholder(key)
            value = result[name]
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise NotApplicableError(f"{name} is no number, but {value}")
            scaled = value * factor
            result[name] = round(scaled) if isinstance(value, int) else scaled
        if result == dict(values) and (change.set or change.multiply):
            raise NotApplicableError(f"{change} changes nothing")
        return result

    def _placeholder(self, key: str) -> str:
        """The placeholder that takes a setting, by its name or its alias."""
        known = self.placeholders - _GIVEN
        if key in known:
            return key
        alias = read_key(key).alias or key
        for name in sorted(known):
            if read_key(name).alias == alias or name == alias:
                return name
        raise NotApplicableError(f"the command has no placeholder for {key}")

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        """One after the other.

        Raises:
            AdvisorError: the command is not found, fails, or takes too long.
        """
        for done, (name, settings) in enumerate(trials.items()):
            progress(done, len(trials))
            place = directory / name
            place.mkdir(parents=True)
            self._run(self.arguments(settings, place))
        progress(len(trials), len(trials))

    def arguments(self, settings: Settings, place: Path) -> list[str]:
        """The command with every placeholder filled; values are never parsed again."""
        values = {**settings, "directory": place.resolve()}
        return [
            _PLACEHOLDER.sub(lambda match: str(values[match[1]]), part)
            for part in self.command
        ]

    def _run(self, arguments: Sequence[str]) -> None:
        shown = printable(" ".join(arguments))
        try:
            done = subprocess.run(
                arguments,
                cwd=self.folder,
                timeout=self.timeout,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except OSError as error:
            raise AdvisorError(f"{shown}: {error.strerror or error}") from error
        except subprocess.TimeoutExpired as error:
            raise AdvisorError(
                f"{shown}: expected an end within {self.timeout:g} s, found none; "
                "raise `timeout` below `confirm` in advisor.yaml"
            ) from error
        if done.returncode != 0:
            said = printable(done.stdout.decode("utf-8", "replace")[-_SHOWN:])
            raise AdvisorError(
                f"{shown}: expected exit code 0, found {done.returncode}; it printed: "
                f"{said or 'nothing'}"
            )

    def described(self, settings: Settings) -> str:
        """The command line."""
        return printable(" ".join(self.arguments(settings, Path("DIRECTORY"))))

    def seconds(self, settings: Settings) -> float:
        """Unknown before it was run once."""
        return min(self.timeout, _USUAL_SECONDS)


def _value(trial: Trial, name: str) -> Any:
    """The trial's value for a placeholder, by its name or its alias."""
    if name in trial.hyperparameters:
        return trial.hyperparameters[name]
    for key, value in trial.hyperparameters.items():
        parts = read_key(key)
        if name in (parts.last, parts.alias):
            return value
    raise NotApplicableError(f"the configuration of {trial.name} has no {name}")

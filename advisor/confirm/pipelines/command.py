"""The user's own command, in any framework: an argument list, no shell, a time limit.

Placeholders are names of the trial's configuration (or the field's own names for them),
`{seed}`, and `{directory}`, where the command must leave its logs. A change that no
placeholder takes cannot be made.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.bundled import FIRST_SEED
from advisor.confirm.pipelines.execution import execute
from advisor.confirm.pipelines.pipeline import NotApplicableError, Progress, Settings
from advisor.confirm.pipelines.sources import source_of
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.confirmation import Level
from advisor.model.log import is_number
from advisor.model.trial import Trial
from advisor.text import printable

_PLACEHOLDER = re.compile(r"\{([\w./-]+)\}")  # {"json": 1} is none
_GIVEN = frozenset({"seed", "directory"})
_USUAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class CommandPipeline:
    """Runs the command once a trial, in the folder of advisor.yaml."""

    command: tuple[str, ...]
    folder: Path
    timeout: float  # seconds a trial
    contents: str = ""  # digest of the files that the command names

    @property
    def level(self) -> Level:
        """The user's own pipeline."""
        return Level.SAME_PIPELINE

    @property
    def workload(self) -> str:
        """The command as written."""
        return f"`{shlex.join(self.command)}`"

    @property
    def identity(self) -> str:
        """The command, its folder, and what the files that it names hold."""
        return "\n".join((*self.command, str(self.folder), self.contents))

    @property
    def separate(self) -> bool:
        """One after the other."""
        return True

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
            NotApplicableError: a placeholder that the trial has no value for, a change
                that no placeholder takes, or a value that would be read as an option.
        """
        source = source_of(experiment, trial, change)
        values = self._values(source.hyperparameters, source.name)
        flagged = self._changed(values, experiment.change)
        values = self._changed(flagged, change)
        if values == flagged and (change.set or change.multiply):
            raise NotApplicableError(f"{change} changes nothing")
        self._refuse_options(values)
        return {**values, "seed": FIRST_SEED + repeat}

    def filled(self, configuration: Mapping[str, Any], seed: int) -> Settings:
        """A value for every placeholder but the directory, from a configuration.

        Raises:
            NotApplicableError: there is none, or it would be read as an option.
        """
        values = self._values(configuration, "the trial")
        self._refuse_options(values)
        return {**values, "seed": seed}

    def takes(self, name: str) -> bool:
        """Whether some placeholder stands for that hyperparameter."""
        try:
            self._placeholder(name)
        except NotApplicableError:
            return False
        return True

    def _values(self, configuration: Mapping[str, Any], whose: str) -> dict[str, Any]:
        return {
            name: _value(configuration, name, whose)
            for name in sorted(self.placeholders - _GIVEN)
        }

    def _changed(self, values: Mapping[str, Any], change: Change) -> dict[str, Any]:
        result = dict(values)
        for key, value in change.set.items():
            result[self._placeholder(key)] = value
        for key, factor in change.multiply.items():
            name = self._placeholder(key)
            value = result[name]
            for number in (value, factor):
                if not is_number(number):
                    raise NotApplicableError(f"{name} is no number, but {number}")
            scaled = value * factor
            result[name] = round(scaled) if isinstance(value, int) else scaled
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

    def _refuse_options(self, values: Mapping[str, Any]) -> None:
        """Text from a log is a value of the command, never an option of it."""
        for part in self.command:
            first = _PLACEHOLDER.match(part)
            value = values.get(first[1]) if first is not None else None
            if isinstance(value, str) and value.startswith("-"):
                raise NotApplicableError(f"{value} would be read as an option")

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        """One after the other; what was begun elsewhere before is begun anew.

        Raises:
            AdvisorError: the command is not found, fails, or takes too long.
        """
        for done, (name, settings) in enumerate(trials.items()):
            progress(done, len(trials))
            place = directory / name
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            arguments = self.arguments(settings, place.resolve())
            execute(arguments, self.folder, self.timeout)
        progress(len(trials), len(trials))

    def arguments(self, settings: Settings, place: Path) -> list[str]:
        """The command with every placeholder filled; values are never parsed again."""
        values = {**settings, "directory": place}
        return [
            _PLACEHOLDER.sub(lambda match: str(values[match[1]]), part)
            for part in self.command
        ]

    def described(self, settings: Settings) -> str:
        """The command line."""
        return printable(shlex.join(self.arguments(settings, Path("DIRECTORY"))))

    def seconds(self, settings: Settings) -> float:
        """Unknown before it was run once."""
        return min(self.timeout, _USUAL_SECONDS)


def _value(configuration: Mapping[str, Any], name: str, whose: str) -> Any:
    """The value for a placeholder, by its name or its alias."""
    if name in configuration:
        return configuration[name]
    for key, value in configuration.items():
        parts = read_key(key)
        if name in (parts.last, parts.alias):
            return value
    raise NotApplicableError(f"the configuration of {whose} has no {name}")

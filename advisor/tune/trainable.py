"""How trials are trained: by the bundled trainer, or by the user's own means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from advisor.confirm.changes import reproduced, setting_of
from advisor.confirm.experiment import Change
from advisor.confirm.own import own_pipeline
from advisor.confirm.pipelines.builder import BuilderPipeline
from advisor.confirm.pipelines.bundled import BundledPipeline, configuration_of
from advisor.confirm.pipelines.command import CommandPipeline
from advisor.confirm.pipelines.pipeline import (
    NotApplicableError,
    Pipeline,
    Settings,
)
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.log import Value, is_number
from advisor.model.study import Study
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError

COMPLEMENT = "one_minus_"


class Trainable(Protocol):
    """A pipeline, and the configuration that a round's points change."""

    @property
    def pipeline(self) -> Pipeline:
        """What trains."""

    @property
    def lack(self) -> str:
        """What is missing where a hyperparameter cannot be set."""

    def takes(self, name: str) -> bool:
        """Whether the hyperparameter can be set."""

    def settings(self, values: Mapping[str, Value], seed: int) -> Settings:
        """The whole configuration of one trial.

        Raises:
            NotApplicableError: a value is missing or out of place.
        """


@dataclass(frozen=True, slots=True)
class TrainerTrials:
    """By the bundled trainer: its workloads, or a model of the user's own."""

    pipeline: Pipeline
    base: TrialConfiguration
    lack: str = "the trainer has no such setting"

    def takes(self, name: str) -> bool:
        """Whether the trainer has such a setting."""
        if read_key(name).alias == "warmup_fraction":
            return True
        try:
            setting_of(_plain(name))
        except NotApplicableError:
            return False
        return True

    def settings(self, values: Mapping[str, Value], seed: int) -> Settings:
        """The base with the values set; no checkpoints are kept."""
        change = Change(
            {_plain(name): _turned(name, value) for name, value in values.items()}
        )
        made = reproduced(self.base, change)
        return replace(made, seed=seed, data_seed=seed, checkpoints_kept=0).to_mapping()


@dataclass(frozen=True, slots=True)
class CommandTrials:
    """By the user's command."""

    pipeline: CommandPipeline
    base: Mapping[str, Value] = field(default_factory=dict)
    lack: str = "the command has no placeholder for it"

    def takes(self, name: str) -> bool:
        """Whether the command has a placeholder for it, or for one minus it."""
        return self.pipeline.takes(name) or self.pipeline.takes(_plain(name))

    def settings(self, values: Mapping[str, Value], seed: int) -> Settings:
        """A value for every placeholder; those of the round come first."""
        told = dict(
            (name, value)
            if self.pipeline.takes(name)
            else (_plain(name), _turned(name, value))
            for name, value in values.items()
        )
        rest = {key: value for key, value in self.base.items() if key not in told}
        return self.pipeline.filled({**told, **rest}, seed)


def trainable_of(
    configuration: Configuration, roots: Sequence[Path], study: Study | None
) -> Trainable:
    """What the configuration names, else the trainer that made the study's trials.

    Raises:
        AdvisorError: neither, or it cannot be trusted or understood.
    """
    own = own_pipeline(configuration, roots)
    if own is not None and configuration.tune.workload is not None:
        raise configuration.error(
            ("tune", "workload"),
            expected="`workload` or the command or model of `confirm`",
            found="both",
            remedy="remove one of them",
        )
    try:
        if isinstance(own, CommandPipeline):
            return CommandTrials(own, {**configuration.tune.fixed, **_best(study)})
        if isinstance(own, BuilderPipeline):
            return TrainerTrials(own, _of_builder(own, configuration, study))
        base = _bundled(configuration, study)
    except (TrainerError, NotApplicableError) as error:
        raise AdvisorError(f"{configuration.path or 'the logs'}: {error}") from error
    if base is None:
        raise AdvisorError(
            "expected a way to train trials, found none: name the `command` or `model` "
            "below `confirm`, or a bundled `workload` below `tune`, in advisor.yaml"
        )
    return TrainerTrials(BundledPipeline(base.workload), base)


def _best(study: Study | None) -> Mapping[str, Value]:
    best = study.best if study is not None else None
    return best.hyperparameters if best is not None else {}


def _bundled(
    configuration: Configuration, study: Study | None
) -> TrialConfiguration | None:
    """The best trial's configuration, or the healthy one of the named workload."""
    from advisor.trainer.workloads.workload import find_workload

    if study is not None and study.trials:
        return configuration_of(study.best or study.trials[0])
    settings = configuration.tune
    if settings.workload is None:
        return None
    healthy = find_workload(settings.workload).healthy
    return reproduced(healthy, Change(settings.fixed))


def _of_builder(
    pipeline: BuilderPipeline, configuration: Configuration, study: Study | None
) -> TrialConfiguration:
    if study is not None and study.trials:
        return pipeline.configuration_of(study.best or study.trials[0])
    searched = {
        setting_of(_plain(each.name)): each.bounds[0]
        for each in configuration.tune.search_space
        if each.ordered and not each.name.startswith(COMPLEMENT)
    }
    fixed = {setting_of(key): value for key, value in configuration.tune.fixed.items()}
    return TrialConfiguration.from_mapping(
        {"workload": pipeline.model, **searched, **fixed}
    )


def _plain(name: str) -> str:
    """`momentum` for `one_minus_momentum`."""
    alias = read_key(name).alias or name
    return alias.removeprefix(COMPLEMENT) if alias.startswith(COMPLEMENT) else name


def _turned(name: str, value: Value) -> Value:
    if _plain(name) != name and is_number(value):
        return round(1.0 - value, 12)
    return value

"""Trials that the bundled trainer made itself: trained again exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from advisor.confirm.changes import changed, known_entries, reproduced
from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.pipeline import NotApplicableError, Progress, Settings
from advisor.confirm.pipelines.sources import source_of
from advisor.errors import AdvisorError
from advisor.model.confirmation import Level
from advisor.model.trial import Trial
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError

FIRST_SEED = 10_000  # far from the seeds that people give
_SECONDS_A_STEP = 1e-3  # of one trial beside others, on one core


def configuration_of(trial: Trial) -> TrialConfiguration | None:
    """The trainer's configuration behind a trial's log; None if it made no such log."""
    from advisor.trainer.workloads.workload import workload_names

    entries = known_entries(trial.hyperparameters)
    if entries.get("workload") not in workload_names():
        return None
    try:
        return TrialConfiguration.from_mapping(entries)
    except TrainerError:
        return None


class BundledPipeline:
    """The bundled trainer, on the workload of the flagged trial itself."""

    level = Level.SAME_PIPELINE
    separate = False

    def __init__(self, workload: str) -> None:
        self.workload = f"the bundled workload `{workload}`"
        self.identity = workload

    def settings(
        self, experiment: Experiment, trial: Trial, change: Change, repeat: int
    ) -> Settings:
        """The trial's own configuration with the changes, and seeds of its own."""
        source = source_of(experiment, trial, change)
        base = configuration_of(source)
        if base is None:
            raise NotApplicableError(f"{source.name} was not made by the trainer")
        _require_effect(change, base)
        flagged = reproduced(base, experiment.change) if source is trial else base
        return settings_of(changed(flagged, change), repeat)

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        """Many at once, where they share a shape."""
        train_bundled(trials, directory, progress)

    def described(self, settings: Settings) -> str:
        """The settings that differ from the workload's healthy configuration."""
        return described(settings)

    def seconds(self, settings: Settings) -> float:
        """By the number of steps."""
        return float(settings["max_train_steps"]) * _SECONDS_A_STEP


def _require_effect(change: Change, configuration: TrialConfiguration) -> None:
    """Refuses an arm that would be the same training over again."""
    from advisor.trainer.workloads.workload import find_workload

    numbers = find_workload(configuration.workload).task == "regression"
    if numbers and "label_smoothing" in change.set:
        raise NotApplicableError("label smoothing does nothing to numbers")


def settings_of(configuration: TrialConfiguration, repeat: int) -> Settings:
    """The whole configuration of one repeat; checkpoints are not needed."""
    seed = FIRST_SEED + repeat
    return replace(
        configuration, seed=seed, data_seed=seed, checkpoints_kept=0
    ).to_mapping()


def train_bundled(
    trials: Mapping[str, Settings], directory: Path, progress: Progress
) -> None:
    """Trains configurations of bundled workloads.

    Raises:
        AdvisorError: TensorFlow is not installed, or the trainer refuses something.
    """
    try:
        from advisor.trainer.train import train
    except ImportError as error:
        raise AdvisorError(
            "expected TensorFlow, which trains again what was flagged, found none; "
            "pip install 'advisor[confirm]'"
        ) from error
    configurations = {
        name: TrialConfiguration.from_mapping(settings)
        for name, settings in trials.items()
    }
    try:
        train(configurations, directory, progress=progress)
    except TrainerError as error:
        raise AdvisorError(str(error)) from error


def described(settings: Settings) -> str:
    """`digits: learning_rate 0.05, dropout 0.2 …`, without what is as usual."""
    from advisor.trainer.workloads.workload import find_workload

    healthy = find_workload(str(settings["workload"])).healthy.to_mapping()
    differing = [
        f"{key} {value}"
        for key, value in settings.items()
        if value != healthy.get(key) and key not in ("workload", "checkpoints_kept")
    ]
    return f"{settings['workload']}: {', '.join(differing) or 'as usual'}"

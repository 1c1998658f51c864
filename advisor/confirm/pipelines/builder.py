"""The user's own Keras model and data, trained by the trainer's loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.confirm.changes import changed, reproduced
from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.analogue import by_alias
from advisor.confirm.pipelines.bundled import settings_of
from advisor.confirm.pipelines.pipeline import NotApplicableError, Progress, Settings
from advisor.confirm.pipelines.sources import source_of
from advisor.errors import AdvisorError
from advisor.interpret.training_length import configured_updates
from advisor.model.confirmation import Level
from advisor.model.log import is_number
from advisor.model.trial import Trial
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError

_OWN = (
    "learning_rate",
    "batch_size",
    "momentum",
    "beta1",
    "beta2",
    "epsilon",
    "weight_decay",
    "dropout",
    "label_smoothing",
    "clip_norm",
    "warmup_steps",
    "width",
    "depth",
)
_USUAL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class BuilderPipeline:
    """Everything that the trial's configuration says, in the trainer's vocabulary."""

    model: str
    data: str
    folder: Path
    contents: str = ""  # digest of the files that hold both

    @property
    def level(self) -> Level:
        """The user's own model and data."""
        return Level.SAME_PIPELINE

    @property
    def workload(self) -> str:
        """Where the model and the data come from."""
        return f"{self.model} on {self.data}"

    @property
    def identity(self) -> str:
        """The model, the data, and what their files hold."""
        return "\n".join((self.workload, str(self.folder), self.contents))

    @property
    def separate(self) -> bool:
        """One after the other."""
        return True

    def settings(
        self, experiment: Experiment, trial: Trial, change: Change, repeat: int
    ) -> Settings:
        """The trial's configuration with the changes, and seeds of its own.

        Raises:
            NotApplicableError: the trial's log does not say its learning rate, batch
                size or length; or the trainer has no such setting.
        """
        source = source_of(experiment, trial, change)
        base = self.configuration_of(source)
        return settings_of(changed(reproduced(base, experiment.change), change), repeat)

    def configuration_of(self, trial: Trial) -> TrialConfiguration:
        """What the log of a trial says, in the trainer's vocabulary.

        Raises:
            NotApplicableError: it does not say enough.
        """
        own = by_alias(trial)
        entries = {name: own[name] for name in _OWN if is_number(own.get(name))}
        for name in ("momentum", "beta1", "beta2"):
            complement = own.get(f"one_minus_{name}")
            if is_number(complement):
                entries.setdefault(name, 1 - complement)
        steps = _updates(trial)
        missing = {"learning_rate", "batch_size"} - entries.keys()
        if missing or not steps:
            raise NotApplicableError(
                f"the log of {trial.name} does not say its "
                f"{', '.join(sorted(missing)) or 'number of updates'}"
            )
        if isinstance(own.get("optimizer"), str):
            entries["optimizer"] = own["optimizer"].lower()
        try:
            return TrialConfiguration.from_mapping(
                {
                    "workload": self.model,
                    "max_train_steps": steps,
                    "eval_every": max(1, steps // 40),
                    **entries,
                }
            )
        except TrainerError as error:
            raise NotApplicableError(str(error)) from error

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        """One after the other.

        Raises:
            AdvisorError: TensorFlow is missing, or the model or data are not there.
        """
        try:
            from advisor.trainer.builder import train_own
        except ImportError as error:
            raise AdvisorError(
                "expected TensorFlow and Keras, found none; "
                "pip install 'advisor[confirm]'"
            ) from error
        for done, (name, settings) in enumerate(trials.items()):
            progress(done, len(trials))
            configuration = TrialConfiguration.from_mapping(settings)
            try:
                train_own(
                    name,
                    configuration,
                    self.model,
                    self.data,
                    directory,
                    folder=self.folder,
                )
            except TrainerError as error:
                raise AdvisorError(str(error)) from error
        progress(len(trials), len(trials))

    def described(self, settings: Settings) -> str:
        """The settings that the trainer is given."""
        given = (
            f"{key} {value}"
            for key, value in settings.items()
            if key in _OWN or key in ("optimizer", "max_train_steps", "seed")
        )
        return f"{self.workload}: {', '.join(given)}"

    def seconds(self, settings: Settings) -> float:
        """Unknown before it was trained once."""
        return _USUAL_SECONDS


def _updates(trial: Trial) -> int | None:
    """How many updates it made; a curve against epochs does not say."""
    stated = configured_updates(trial.hyperparameters)
    if stated is not None:
        return stated
    curve = trial.curves.get("training_loss") or trial.curves.get("validation_error")
    if curve is not None and curve.axis != "step":
        return None
    return trial.max_train_steps or trial.last_step

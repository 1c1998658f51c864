"""A bundled workload under the optimisation settings of a trial that cannot be trained.

What carries over is relative: the learning rate as a multiple of the best one of the
study, warmup as a share of training. Sizes and data are the workload's own, so that the
outcome can support a finding and never refute it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor.confirm.changes import changed, reproduced
from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.bundled import described, settings_of, train_bundled
from advisor.confirm.pipelines.pipeline import NotApplicableError, Progress, Settings
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.confirmation import Level
from advisor.model.log import is_number
from advisor.model.trial import Trial
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.workloads.workload import find_workload

_AS_THEY_ARE = (
    "momentum",
    "beta1",
    "beta2",
    "epsilon",
    "weight_decay",
    "dropout",
    "label_smoothing",
    "clip_norm",
)
_SECONDS_A_STEP = 1e-3
_NOTHING = (
    "nothing that its log says carries over to a bundled workload: name a `command` or "
    "a `model` in the `confirm` section of advisor.yaml"
)


class AnaloguePipeline:
    """The workload that the rule names, under mapped settings."""

    level = Level.ANALOGUE
    separate = False

    def __init__(self, workload: str) -> None:
        self.name = workload
        self.workload = f"the bundled workload `{workload}` under mapped settings"
        self.identity = workload  # its trials are trials of the workload itself

    def settings(
        self, experiment: Experiment, trial: Trial, change: Change, repeat: int
    ) -> Settings:
        """The workload's healthy configuration with what carries over.

        Raises:
            NotApplicableError: nothing does, so that it would only show itself healthy.
        """
        if change.trial:
            raise NotApplicableError("an analogue knows no other trial")
        base = self._mapped(experiment, trial)
        flagged = reproduced(base, experiment.change)
        if flagged == find_workload(self.name).healthy:
            raise NotApplicableError(_NOTHING)
        return settings_of(changed(flagged, change), repeat)

    def _mapped(self, experiment: Experiment, trial: Trial) -> TrialConfiguration:
        healthy = find_workload(self.name).healthy
        own = by_alias(trial)
        entries: dict[str, Any] = {
            name: own[name] for name in _AS_THEY_ARE if is_number(own.get(name))
        }
        best = experiment.study.best
        rate, reference = _rate(trial), _rate(best) if best else None
        if rate == 0:
            entries["learning_rate"] = 0.0
        elif rate is not None and reference:
            entries["learning_rate"] = healthy.learning_rate * rate / reference
        warmup, steps = own.get("warmup_steps"), trial.max_train_steps
        if is_number(warmup) and steps:
            share = min(warmup / steps, 0.5)
            entries["warmup_steps"] = round(share * healthy.max_train_steps)
        try:
            return changed(healthy, Change(set=entries)) if entries else healthy
        except NotApplicableError:
            return healthy

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


def _rate(trial: Trial) -> float | None:
    """The learning rate as configured, else the largest one logged."""
    configured = by_alias(trial).get("learning_rate")
    if is_number(configured):
        return float(configured)
    curve = trial.curves.get("learning_rate")
    logged = curve.finite().values if curve is not None else ()
    return float(max(logged)) if len(logged) else None


def by_alias(trial: Trial) -> dict[str, Any]:
    """A trial's hyperparameters by the field's own names."""
    found: dict[str, Any] = {}
    for key, value in trial.hyperparameters.items():
        alias = read_key(key).alias
        if alias is not None:
            found.setdefault(alias, value)
    return found

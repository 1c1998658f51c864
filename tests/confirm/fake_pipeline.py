"""A pipeline without a framework: curves in closed form, and noise from the seed.

What goes wrong is planted by settings: a `width` of 100 and more without dropout
overfits, and a learning rate above 1 diverges unless it is warmed up or clipped, both
in a share `luck` of the seeds; the longer training is, the lower the error gets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.pipeline import NotApplicableError, Progress, Settings
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.confirmation import Level
from advisor.model.trial import Trial

HEALTHY: Mapping[str, Any] = {
    "learning_rate": 0.1,
    "dropout": 0.0,
    "width": 10,
    "epochs": 60,
    "warmup_steps": 0,
    "clip_norm": 0.0,
    "luck": 1.0,
}
OVERFITTING: Mapping[str, Any] = {**HEALTHY, "width": 200}
DIVERGING: Mapping[str, Any] = {**HEALTHY, "learning_rate": 3.0}
_NAMES = {read_key(name).alias or name: name for name in HEALTHY}


def write(settings: Settings, folder: Path) -> None:
    """One trial as Keras's CSVLogger leaves it, its configuration beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    losses, errors = curves(settings)
    rows = [
        f"{i},{a:.9g},{b:.9g}"
        for i, (a, b) in enumerate(zip(losses, errors, strict=True))
    ]
    text = "\n".join(["epoch,loss,val_loss", *rows]) + "\n"
    (folder / "training.csv").write_text(text, "utf-8")
    (folder / "config.json").write_text(json.dumps(dict(settings)), "utf-8")


def curves(settings: Settings) -> tuple[Any, Any]:
    """Training loss and validation loss of every epoch."""
    rng = np.random.default_rng(int(settings["seed"]))
    unlucky = rng.random() >= settings["luck"]
    epochs = np.arange(int(settings["epochs"]))
    floor = 0.3 + 0.01 * rng.standard_normal()
    losses = floor + np.exp(-epochs / 8) + 0.004 * rng.standard_normal(len(epochs))
    errors = 0.1 + floor + np.exp(-epochs / 8)
    errors = errors + 0.004 * rng.standard_normal(len(epochs))
    if settings["width"] >= 100 and not unlucky:
        rise = max(0.0, 0.3 - settings["dropout"]) / 0.3
        errors += 0.02 * rise * np.clip(epochs - 20, 0, None)
    calm = settings["warmup_steps"] > 0 or settings["clip_norm"] > 0
    if settings["learning_rate"] > 1 and not calm and not unlucky:
        losses[20:] = np.nan
        errors[20:] = np.nan
    return losses, errors


@dataclass(slots=True)
class FakePipeline:
    """Trains in no time; every trained trial leaves a line in `journal`."""

    journal: Path | None = None
    separate: bool = True
    interrupt_at: int | None = None  # trial of this process in which Ctrl-C comes
    delay: float = 0.0  # seconds a trial
    guess: float = 1.0  # seconds a trial, as it says
    level: Level = Level.SAME_PIPELINE
    workload: str = "a fake"
    identity: str = "fake"
    begun: int = field(default=0)

    def settings(
        self, experiment: Experiment, trial: Trial, change: Change, repeat: int
    ) -> Settings:
        source = experiment.study.trials_by_name[change.trial or trial.name]
        for name in HEALTHY:
            if name not in source.hyperparameters:
                raise NotApplicableError(f"{source.name} has no {name}")
        entries = {name: source.hyperparameters[name] for name in HEALTHY}
        for each in (experiment.change, change):
            before = dict(entries)
            for key, value in each.set.items():
                if key == "warmup_fraction":
                    entries["warmup_steps"] = round(value * entries["epochs"])
                else:
                    entries[_name(key)] = value
            for key, factor in each.multiply.items():
                entries[_name(key)] *= factor
            if entries == before and (each.set or each.multiply):
                raise NotApplicableError(f"{each} changes nothing")
        return {**entries, "seed": 100 + repeat}

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        for done, (name, settings) in enumerate(trials.items()):
            progress(done, len(trials))
            if self.begun == self.interrupt_at:
                (directory / name).mkdir(parents=True, exist_ok=True)
                (directory / name / "training.csv").write_text("epoch,lo", "utf-8")
                raise KeyboardInterrupt
            self.begun += 1
            time.sleep(self.delay)
            write(settings, directory / name)
            if self.journal is not None:
                with self.journal.open("a", encoding="utf-8") as file:
                    file.write(f"{name}\n")
        progress(len(trials), len(trials))

    def described(self, settings: Settings) -> str:
        return ", ".join(f"{key} {value}" for key, value in settings.items())

    def seconds(self, settings: Settings) -> float:
        return self.guess


def _name(key: str) -> str:
    name = _NAMES.get(read_key(key).alias or key)
    if name is None:
        raise NotApplicableError(f"a fake has no {key}")
    return name

"""Signals: what the engine can hand to a feature, and how to log what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from advisor.features.configurations import tried_configurations
from advisor.features.throughput_scaling import examples_per_second_of
from advisor.model.curve import Curve, FloatArray
from advisor.model.finding import Subject
from advisor.model.study import Study
from advisor.model.trial import Part, Trial

# The playbook looks at "the best few trials" of a study; so many at most.
GOOD_TRIALS = 10
LEADING_TRIALS = 5


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: what it is in words, and what to do where it is missing."""

    what: str
    enable: str
    supply: Callable[[Study, Subject], Any]  # None where it is missing
    shared: bool = False  # the same for all subjects of a study


def _curve(part: Part) -> Callable[[Study, Subject], Curve | None]:
    def supply(study: Study, subject: Subject) -> Curve | None:
        curve = _trial(study, subject).curves.get(part)
        return curve if curve is not None and len(curve) > 0 else None

    return supply


def _trial(study: Study, subject: Subject) -> Trial:
    return study.trials_by_name[subject.name]


def _good_trials(study: Study) -> tuple[Trial, ...]:
    """The better half of the feasible trials, at most ten, best first."""
    half = (len(study.ranked) + 1) // 2
    return study.ranked[: min(half, GOOD_TRIALS)]


def _errors(study: Study, subject: Subject) -> FloatArray | None:
    errors = study.design.errors
    errors = errors[np.isfinite(errors)]
    return errors if len(errors) else None


def _repeats(study: Study, subject: Subject) -> tuple[FloatArray, ...] | None:
    """Errors of every configuration that has two or more feasible trials."""
    tried = tried_configurations(study)
    repeated = tuple(each.errors for each in tried if len(each.trials) > 1)
    return repeated or None


def _leading_errors(study: Study, subject: Subject) -> FloatArray | None:
    """Errors of the best few configurations, means over repeats, best first."""
    tried = tried_configurations(study)[:LEADING_TRIALS]
    return np.array([each.mean for each in tried]) if len(tried) > 1 else None


def _good_trials_with_curve(study: Study, subject: Subject) -> tuple[Trial, ...] | None:
    good = tuple(
        trial
        for trial in _good_trials(study)
        if len(trial.curves.get("validation_error", ()))
    )
    return good or None


def _throughputs(study: Study) -> list[tuple[float, float]]:
    """(batch size, examples per second) of the trials that have both."""
    axis = study.search_space.find("batch_size")
    if axis is None:
        return []
    pairs = []
    for trial in study.trials:
        size = trial.hyperparameters.get(axis.name)
        if isinstance(size, int | float) and size > 0:
            rate = examples_per_second_of(trial, float(size))
            if rate is not None:
                pairs.append((float(size), rate))
    return pairs


def _throughput_column(column: int) -> Callable[[Study, Subject], FloatArray | None]:
    def supply(study: Study, subject: Subject) -> FloatArray | None:
        pairs = _throughputs(study)
        return np.array([pair[column] for pair in pairs]) if pairs else None

    return supply


def _values(study: Study, subject: Subject) -> FloatArray | None:
    values = [trial.hyperparameters.get(subject.name) for trial in study.trials]
    numbers = [
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else np.nan
        for value in values
    ]
    return np.array(numbers) if study.search_space[subject.name].ordered else None


def _design(study: Study, subject: Subject) -> Any:
    return study.design if study.design.axes else None


_CONFIGURE = "keep each trial's configuration beside its log, e.g. as config.yaml"
_EVALUATE = "evaluate on a validation set every fixed number of steps and log it"

SIGNALS: Mapping[str, Signal] = {
    "training_loss": Signal(
        "training loss",
        "log the training loss, e.g. as train/loss",
        _curve("training_loss"),
    ),
    "training_error": Signal(
        "the objective on the training set",
        "evaluate the objective's metric on training examples too",
        _curve("training_error"),
    ),
    "validation_loss": Signal("validation loss", _EVALUATE, _curve("validation_loss")),
    "validation_error": Signal(
        "the objective against steps", _EVALUATE, _curve("validation_error")
    ),
    "learning_rate": Signal(
        "the learning rate against steps",
        "log the learning rate of every step, e.g. as learning_rate",
        _curve("learning_rate"),
    ),
    "gradient_norm": Signal(
        "gradient norm",
        "log the L2 norm of the full unclipped gradient, e.g. as grad_norm",
        _curve("gradient_norm"),
    ),
    "throughput": Signal(
        "examples per second",
        "log examples per second, or wall times and the batch size",
        _curve("throughput"),
    ),
    "rewards": Signal(
        "rewards of single episodes",
        "log the reward of every episode, e.g. as episode_reward",
        _curve("rewards"),
    ),
    "max_train_steps": Signal(
        "the configured number of steps",
        "put max_train_steps into each trial's configuration",
        lambda study, subject: _trial(study, subject).max_train_steps,
    ),
    "trial": Signal("the trial", "", _trial),
    "study": Signal("the study", "", lambda study, subject: study),
    "design": Signal("varied hyperparameters with an order", _CONFIGURE, _design),
    "errors": Signal("the objective of any trial", _EVALUATE, _errors, shared=True),
    "errors_by_trial": Signal(
        "the objective", _EVALUATE, lambda study, subject: study.design.errors
    ),
    "infeasible": Signal(
        "feasibility", "", lambda study, subject: study.design.infeasible
    ),
    "repeated_errors": Signal(
        "repeats of one configuration with other seeds",
        "train the best configuration again with two or more other seeds",
        _repeats,
        shared=True,
    ),
    "leading_errors": Signal(
        "two or more configurations to compare",
        "check the trials of a study together",
        _leading_errors,
        shared=True,
    ),
    "good_trials": Signal(
        "the objective against steps", _EVALUATE, _good_trials_with_curve, shared=True
    ),
    "batch_sizes": Signal(
        "batch size and examples per second of the same trials",
        "log examples per second and put batch_size into the configuration",
        _throughput_column(0),
        shared=True,
    ),
    "examples_per_second": Signal(
        "batch size and examples per second of the same trials",
        "log examples per second and put batch_size into the configuration",
        _throughput_column(1),
        shared=True,
    ),
    "values": Signal("values with an order", _CONFIGURE, _values),
    "hyperparameter": Signal(
        "the hyperparameter",
        "",
        lambda study, subject: study.search_space[subject.name],
    ),
}
"""All signals by the name that features ask for."""

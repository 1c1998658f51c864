"""Signals: what the engine can hand to a feature, and how to log what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

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
    groups: dict[tuple[Any, ...], list[float]] = {}
    names = [each.name for each in study.search_space]
    for trial in study.ranked:
        key = tuple(trial.hyperparameters.get(name) for name in names)
        groups.setdefault(key, []).append(trial.error or 0.0)
    repeated = [np.array(group) for group in groups.values() if len(group) > 1]
    return tuple(repeated) if repeated and names else None


def _leading_errors(study: Study, subject: Subject) -> FloatArray | None:
    """Errors of the best few configurations, each at its best trial, best first."""
    names = [each.name for each in study.search_space]
    best: dict[Any, float] = {}
    for trial in study.ranked:
        key = tuple(trial.hyperparameters.get(name) for name in names) or trial.name
        best.setdefault(key, trial.error or 0.0)
    errors = list(best.values())[:LEADING_TRIALS]
    return np.array(errors, dtype=np.float64) if len(errors) > 1 else None


def _step_budgets(study: Study, subject: Subject) -> FloatArray | None:
    budgets = [
        trial.max_train_steps if trial.max_train_steps is not None else trial.last_step
        for trial in study.trials
        if trial.feasible
    ]
    known = [budget for budget in budgets if budget is not None]
    return np.array(known, dtype=np.float64) if len(known) > 1 else None


def _best_step_fractions(study: Study, subject: Subject) -> FloatArray | None:
    fractions = [
        trial.best_step / trial.last_step
        for trial in _good_trials(study)
        if trial.best_step is not None and trial.last_step
    ]
    return np.array(fractions, dtype=np.float64) if fractions else None


def _throughputs(study: Study) -> list[tuple[float, float]]:
    """(batch size, examples per second) of the trials that have both."""
    axis = study.search_space.find("batch_size")
    if axis is None:
        return []
    pairs = []
    for trial in study.trials:
        size = trial.hyperparameters.get(axis.name)
        curve = trial.curves.get("throughput")
        if isinstance(size, int | float) and curve is not None and len(curve.finite()):
            pairs.append((float(size), float(np.median(curve.finite().values))))
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
    "max_train_steps": Signal(
        "the configured number of steps",
        "put max_train_steps into each trial's configuration",
        lambda study, subject: _trial(study, subject).max_train_steps,
    ),
    "trial": Signal("the trial", "", _trial),
    "study": Signal("the study", "", lambda study, subject: study),
    "design": Signal("varied hyperparameters with an order", _CONFIGURE, _design),
    "errors": Signal("the objective of any trial", _EVALUATE, _errors),
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
    ),
    "leading_errors": Signal(
        "two or more configurations to compare",
        "check the trials of a study together",
        _leading_errors,
    ),
    "step_budgets": Signal(
        "training lengths of two or more trials",
        "put max_train_steps into each trial's configuration",
        _step_budgets,
    ),
    "best_step_fractions": Signal(
        "the step of the best evaluation", _EVALUATE, _best_step_fractions
    ),
    "batch_sizes": Signal(
        "batch size and examples per second of the same trials",
        "log examples per second and put batch_size into the configuration",
        _throughput_column(0),
    ),
    "examples_per_second": Signal(
        "batch size and examples per second of the same trials",
        "log examples per second and put batch_size into the configuration",
        _throughput_column(1),
    ),
    "values": Signal("values with an order", _CONFIGURE, _values),
    "hyperparameter": Signal(
        "the hyperparameter",
        "",
        lambda study, subject: study.search_space[subject.name],
    ),
}
"""All signals by the name that features ask for."""

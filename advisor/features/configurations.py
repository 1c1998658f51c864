"""The configurations of a study: trials that differ at most in their seed, together.

Shared by what compares configurations and by what measures how retraining varies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from advisor.model.curve import FloatArray
from advisor.model.log import Value
from advisor.model.study import Study
from advisor.model.trial import Trial

Key: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TriedConfiguration:
    """One configuration and its repeats."""

    trials: tuple[Trial, ...]  # best first, without copies of one another
    copied: tuple[Trial, ...]  # left out: the very numbers of another

    @property
    def copies(self) -> int:
        """Trials left out because they repeat the very numbers of another."""
        return len(self.copied)

    @property
    def errors(self) -> FloatArray:
        """[repeats] best first."""
        return np.array([trial.error for trial in self.trials], dtype=np.float64)

    @property
    def mean(self) -> float:
        """Mean error over the repeats."""
        return float(self.errors.mean())

    @property
    def name(self) -> str:
        """Of its best trial."""
        return self.trials[0].name


def tried_configurations(study: Study) -> tuple[TriedConfiguration, ...]:
    """Every configuration with a feasible trial, lowest mean error first.

    Seeds are no hyperparameters and so tell no configurations apart. A trial without
    any value stands alone. Unfinished trials count only where nothing else was tried.
    """
    groups: dict[Key, list[Trial]] = {}
    for trial in study.ranked:
        groups.setdefault(configuration_key(study, trial), []).append(trial)
    configurations = [_configuration(group) for group in groups.values()]
    return tuple(sorted(configurations, key=lambda each: (each.mean, each.name)))


def configuration_key(study: Study, trial: Trial) -> Key:
    """Equal for trials of one configuration."""
    values = tuple(trial.hyperparameters.get(each.name) for each in study.search_space)
    known = any(value is not None for value in values)
    return values if known else (None, trial.name)


def scientific_difference(
    study: Study, best: TriedConfiguration, other: TriedConfiguration
) -> str | None:
    """A scientific hyperparameter in which two configurations differ."""
    settings = [each.trials[0].hyperparameters for each in (best, other)]
    for axis in study.search_space:
        if axis.role == "scientific":
            values = [each.get(axis.name) for each in settings]
            if values[0] != values[1]:
                return axis.name
    return None


def _configuration(group: list[Trial]) -> TriedConfiguration:
    finished = [trial for trial in group if trial.finished] or group
    distinct: dict[tuple[float | None, float | None], list[Trial]] = {}
    for trial in finished:
        same = distinct.setdefault((trial.error, trial.final_error), [])
        if not any(_is_copy(trial, other) for other in same):
            same.append(trial)
    kept = tuple(trial for same in distinct.values() for trial in same)
    names = {trial.name for trial in kept}
    copied = tuple(trial for trial in finished if trial.name not in names)
    return TriedConfiguration(kept, copied)


def _is_copy(trial: Trial, other: Trial) -> bool:
    """Whether two trials of equal results have the same numbers throughout.

    So has a copied log, or a seed that is not used. A single result may be equal by
    chance, so that other seeds make it a repeat.
    """
    if any(len(curve) > 1 for curve in trial.curves.values()):
        return trial.curves == other.curves
    return trial.seed == other.seed

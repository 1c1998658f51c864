"""How many trials of a study tell their hyperparameters."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.study import Study


@dataclass(frozen=True, slots=True)
class ConfigurationCoverage:
    """Trials with and without a configuration."""

    trials: int = quantity("trials", "in the study")
    configured: int = quantity("trials", "with a value of any hyperparameter")
    missing: float = quantity("fraction", "trials without one")
    without: tuple[str, ...] = quantity("", "up to ten of them")


@feature()
def configuration_coverage(study: Study) -> ConfigurationCoverage:
    """How many trials have a value of any hyperparameter of the study.

    Seeds, paths and names are no hyperparameters: a log that holds only these says
    nothing about the configuration.
    """
    if not study.trials:
        raise NotEnoughDataError("at least 1 trial; there is none")
    names = [each.name for each in study.search_space]
    without = tuple(
        trial.name
        for trial in study.trials
        if all(trial.hyperparameters.get(name) is None for name in names)
    )
    return ConfigurationCoverage(
        trials=len(study.trials),
        configured=len(study.trials) - len(without),
        missing=len(without) / len(study.trials),
        without=without[:10],
    )

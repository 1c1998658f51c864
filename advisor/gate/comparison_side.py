"""One side of a comparison: its trials, and the configuration that stands for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from advisor.errors import AdvisorError
from advisor.features.configurations import (
    TriedConfiguration,
    configuration_key,
    tried_configurations,
)
from advisor.features.repeat_seeds import without_shared_seeds
from advisor.interpret.configuration import Configuration, StudySettings
from advisor.model.log import Logs, Value
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Objective, Study
from advisor.model.trial import Trial
from advisor.pipeline import read

Name: TypeAlias = Literal["candidate", "incumbent"]

_UNKNOWN = Hyperparameter(
    "configuration", "categorical", choices=("unknown",), role="fixed"
)


@dataclass(frozen=True)
class Side:
    """The trials of one side as a study, and those that are compared."""

    name: Name
    paths: tuple[Path, ...]
    logs: Logs
    study: Study
    tried: int  # different configurations, those without a result too
    configuration: Mapping[str, Value]  # of the one that stands for the side
    trials: tuple[Trial, ...]  # its repeats that count
    left_out: Mapping[str, str]  # its other repeats, and why they do not count
    infeasible: tuple[Trial, ...]  # of the same configuration

    @property
    def objective(self) -> Objective:
        """By which the trials are compared."""
        assert self.study.objective is not None
        return self.study.objective

    @property
    def mean(self) -> float:
        """Mean error of the repeats that count."""
        return sum(trial.error or 0.0 for trial in self.trials) / len(self.trials)


def read_side(name: Name, paths: Sequence[Path], configuration: Configuration) -> Side:
    """Everything below `paths` as one study.

    Raises:
        AdvisorError: no trial, no objective, no result at all, or repeats that cannot
            be told from a search.
    """
    own = configuration
    if not configuration.studies:
        own = replace(configuration, studies=(StudySettings(name, ("*",)),))
    logs, studies = read(paths, own)
    if len(studies) != 1:
        names = ", ".join(each.name for each in studies[:6])
        raise AdvisorError(
            f"{name}: expected one study, found {len(studies)}: {names}; pass the "
            "folders of one, or choose by `trials` in advisor.yaml"
        )
    study = _as_one(replace(studies[0], name=name), name)
    if study.objective is None:
        raise AdvisorError(
            f"{name}: expected a metric to compare by, found none; log one on "
            "validation data"
        )
    if not study.ranked and not study.infeasible:
        raise AdvisorError(
            f"{name}: expected {study.objective.metric} of a trial, found none; are "
            "its trials still running?"
        )
    return side_of(name, study, logs, tuple(paths))


def side_of(name: Name, study: Study, logs: Logs, paths: tuple[Path, ...] = ()) -> Side:
    """The side that a study with a result or an infeasible trial makes."""
    keys = {configuration_key(study, t) for t in (*study.ranked, *study.infeasible)}
    chosen = _chosen(study)
    first = chosen.trials[0] if chosen is not None else study.infeasible[0]
    key = configuration_key(study, first)
    kept, left_out = _counting(chosen, name, len(keys))
    return Side(
        name=name,
        paths=paths,
        logs=logs,
        study=study,
        tried=len(keys),
        configuration={
            each.name: first.hyperparameters.get(each.name)
            for each in study.search_space
            if each is not _UNKNOWN
        },
        trials=kept,
        left_out=left_out,
        infeasible=tuple(
            trial
            for trial in study.infeasible
            if configuration_key(study, trial) == key
        ),
    )


def _chosen(study: Study) -> TriedConfiguration | None:
    """The configuration that was repeated, the best of several; else the best."""
    tried = tried_configurations(study)
    repeated = [each for each in tried if len(each.trials) > 1]
    return next(iter(repeated or tried), None)


def _counting(
    chosen: TriedConfiguration | None, name: Name, tried: int
) -> tuple[tuple[Trial, ...], dict[str, str]]:
    """The repeats that count, and why the others do not.

    The result for which a candidate was chosen among others is better than it would be
    again. An incumbent's is kept, in doubt for the incumbent.
    """
    if chosen is None:
        return (), {}
    kept = without_shared_seeds(chosen)
    left_out = {
        trial.name: "its numbers are those of another" for trial in chosen.copied
    }
    left_out |= {
        trial.name: f"another repeat has its seed, {trial.seed}"
        for trial in chosen.trials
        if trial not in kept
    }
    if name == "candidate" and tried > 1 and len(kept) > 1:
        winner = min(kept, key=lambda trial: trial.error or 0.0)
        kept = tuple(trial for trial in kept if trial is not winner)
        left_out[winner.name] = (
            f"the result for which its configuration was chosen among {tried}"
        )
    return kept, left_out


def _as_one(study: Study, name: Name) -> Study:
    """Trials without any configuration are repeats where seeds tell them apart.

    Raises:
        AdvisorError: nothing tells repeats from a search.
    """
    known = any(
        trial.hyperparameters.get(each.name) is not None
        for trial in study.trials
        for each in study.search_space
    )
    if known:
        return study
    seeds = [trial.seed for trial in study.trials]
    if len(seeds) > 1 and (None in seeds or len(set(seeds)) < len(seeds)):
        raise AdvisorError(
            f"{name}: expected the configuration of each trial, e.g. as config.yaml "
            f"beside its log, found none for {len(seeds)} trials; without it, or "
            "different seeds in the names of their folders, repeats cannot be told "
            "from a search"
        )
    return replace(
        study,
        search_space=SearchSpace((_UNKNOWN,)),
        trials=tuple(
            replace(t, hyperparameters={**t.hyperparameters, _UNKNOWN.name: "unknown"})
            for t in study.trials
        ),
    )

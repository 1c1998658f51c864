"""Logs made into studies: what belongs together, is compared and was searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.errors import AdvisorError, AmbiguityError
from advisor.interpret.configuration import Configuration, ObjectiveSettings
from advisor.interpret.feasibility import with_feasibility
from advisor.interpret.grouping import group_trials
from advisor.interpret.groups import Group
from advisor.interpret.hyperparameters import search_space_of
from advisor.interpret.objective import choose_objective
from advisor.interpret.parts import choose_parts
from advisor.interpret.readings import Understood, metrics_of, readings_of
from advisor.interpret.tags import Tags, find_tag, tags_of
from advisor.interpret.throughput import throughput_of
from advisor.interpret.trials import trial_of
from advisor.model.log import Declaration, Logs, TrialLog
from advisor.model.search_space import Domain
from advisor.model.study import Study
from advisor.model.trial import Trial


def interpret(logs: Logs, configuration: Configuration) -> tuple[Study, ...]:
    """The studies that the logs hold, all of which must be understood.

    Raises:
        AdvisorError: advisor.yaml lets no trial through.
        AmbiguityError: a metric whose meaning the names do not tell.
        ConfigurationError: advisor.yaml names a metric that no trial has.
    """
    studies, unclear = interpret_each(logs, configuration)
    if unclear:
        raise unclear[0]
    return studies


def interpret_each(
    logs: Logs, configuration: Configuration
) -> tuple[tuple[Study, ...], tuple[AmbiguityError, ...]]:
    """The studies that are understood, and why others are not.

    Raises:
        AdvisorError: advisor.yaml lets no trial through.
        ConfigurationError: advisor.yaml names a metric that no trial has.
    """
    groups = group_trials(logs, configuration)
    if not groups:
        raise AdvisorError(
            f"{configuration.path}: expected `trials` and `ignore` to let some of the "
            f"{len(logs.trials)} trials through, found that they let none; correct them"
        )
    tags = [tags_of(group.logs) for group in groups]
    _check_metrics(tags, configuration)
    names = _distinct_names(groups)
    studies, unclear = [], []
    for group, name, tags_here in zip(groups, names, tags, strict=True):
        try:
            named = replace(group, name=name)
            studies.append(_study(named, tags_here, logs, configuration))
        except AmbiguityError as error:
            place = group.logs[0].location
            unclear.append(AmbiguityError(replace(error.problem, path=place)))
    return tuple(studies), tuple(unclear)


def _study(group: Group, tags: Tags, logs: Logs, configuration: Configuration) -> Study:
    settings = _objective_settings(group, configuration)
    declared = next((each for each in group.declarations if each.objective), None)
    choice = choose_objective(tags, group.logs, declared, settings)
    objective = choice.objective if choice is not None else None
    parts = choose_parts(tags, objective, configuration.metrics)
    domains = _domains(group.declarations)
    searched = search_space_of(group.logs, domains, configuration)
    trials = with_feasibility(
        [
            _with_throughput(trial_of(log, logs.name_of(log), parts, objective), log)
            for log in group.logs
        ],
        group.logs,
        objective,
    )
    understood = Understood(group, trials, choice, parts, searched)
    return Study(
        name=group.name,
        trials=trials,
        objective=objective,
        search_space=searched.space,
        algorithm=next((d.algorithm for d in group.declarations if d.algorithm), None),
        facts=configuration.facts,
        readings=tuple(readings_of(understood)),
        metrics=metrics_of(understood),
    )


def _with_throughput(trial: Trial, log: TrialLog) -> Trial:
    if "throughput" in trial.curves:
        return trial
    curve = throughput_of(log, trial.curves)
    if curve is None:
        return trial
    return replace(trial, curves={**trial.curves, "throughput": curve})


def _objective_settings(
    group: Group, configuration: Configuration
) -> ObjectiveSettings:
    """What is said of this study, then what is said of all."""
    own, common = group.objective, configuration.objective
    if own is None:
        return common
    return ObjectiveSettings(
        metric=own.metric or common.metric,
        goal=own.goal or (None if own.metric else common.goal),
        selection=own.selection or common.selection,
    )


def _domains(declarations: Sequence[Declaration]) -> dict[str, Domain]:
    """The nearest declaration of every hyperparameter."""
    domains: dict[str, Domain] = {}
    for declaration in declarations:
        for name, domain in declaration.domains.items():
            domains.setdefault(name, domain)
    return domains


def _check_metrics(tags: Sequence[Tags], configuration: Configuration) -> None:
    """A metric that advisor.yaml names must be in the logs of some study."""
    said: list[tuple[tuple[str | int, ...], str]] = [
        (("metrics", part), tag) for part, tag in configuration.metrics.items()
    ]
    if configuration.objective.metric is not None:
        said.append((("objective", "metric"), configuration.objective.metric))
    for i, study in enumerate(configuration.studies):
        if study.objective is not None and study.objective.metric is not None:
            said.append((("studies", i, "objective", "metric"), study.objective.metric))
    for place, name in said:
        if all(find_tag(each, name) is None for each in tags):
            known = sorted({tag.name for each in tags for tag in each})
            listed = ", ".join(f"`{tag}`" for tag in known[:12]) or "none"
            raise configuration.error(
                place,
                expected=f"a metric that a trial has: {listed}",
                found=f"`{name}`",
                remedy="correct the name",
            )


def _distinct_names(groups: Sequence[Group]) -> list[str]:
    names: list[str] = []
    for group in groups:
        name, n = group.name, 2
        while name in names:
            name, n = f"{group.name} #{n}", n + 1
        names.append(name)
    return names

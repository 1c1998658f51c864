"""Which trials belong to one study.

In this order: advisor.yaml; the sweep that a log names; the sweep file that lies above
the trials; the folder that holds them. Trials of different problems (data set, task,
environment) are never compared, and neither are trials that measured nothing alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from advisor.interpret.configuration import Configuration
from advisor.interpret.groups import (
    Group,
    by_likeness,
    by_problem,
    merged_repeats,
    with_silent_attempts,
)
from advisor.model.log import Declaration, Logs, TrialLog

_REPEAT = re.compile(
    r"(?:(?:rng|random)?[_-]?seed|rep|repeat|replicate|fold|split|iter|version)[_=-]?\d+"
    r"|(?:log|logs|log_dir|logdir|tb|tensorboard|tb_logs)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a trial belongs before its problem is looked at."""

    key: Hashable
    name: str
    reason: str


def group_trials(logs: Logs, configuration: Configuration) -> tuple[Group, ...]:
    """The trials that `configuration` lets through, in groups, in order of the logs."""
    named = {id(log): logs.name_of(log) for log in logs.trials}
    chosen = [log for log in logs.trials if _wanted(log, named[id(log)], configuration)]
    groups: list[Group] = []
    for settings in configuration.studies:
        members = [
            log
            for log in chosen
            if any(matches(log, named[id(log)], glob) for glob in settings.match)
        ]
        chosen = [log for log in chosen if log not in members]
        if members:
            reason = "advisor.yaml puts it together"
            groups.append(
                Group(settings.name, tuple(members), reason, settings.objective)
            )
    groups.extend(_automatic(chosen, logs))
    return tuple(_with_declarations(group, logs.declarations) for group in groups)


def matches(log: TrialLog, name: str, glob: str) -> bool:
    """Whether `glob` matches the trial's name, a folder above it, or its path."""
    parts = name.split("/")
    folders = ("/".join(parts[:end]) for end in range(1, len(parts)))
    candidates = (name, *folders, *parts, log.location.as_posix(), log.display_name)
    return any(
        fnmatchcase(text, glob) or fnmatchcase(text, f"*/{glob}")
        for text in candidates
        if text
    )


def _wanted(log: TrialLog, name: str, configuration: Configuration) -> bool:
    if any(matches(log, name, glob) for glob in configuration.ignore):
        return False
    wanted = configuration.trials
    return not wanted or any(matches(log, name, glob) for glob in wanted)


def _automatic(trials: Sequence[TrialLog], logs: Logs) -> list[Group]:
    places = _places(trials, logs)
    by_place: dict[Hashable, list[TrialLog]] = defaultdict(list)
    found: dict[Hashable, _Place] = {}
    for log, place in zip(trials, places, strict=True):
        by_place[place.key].append(log)
        found.setdefault(place.key, place)
    groups = [
        Group(found[key].name, tuple(members), found[key].reason)
        for key, members in by_place.items()
    ]
    split = [part for group in merged_repeats(groups) for part in by_problem(group)]
    alike = [part for group in split for part in by_likeness(group)]
    return with_silent_attempts(alike)


def _places(trials: Sequence[TrialLog], logs: Logs) -> list[_Place]:
    sweeps = [
        declaration.location
        for declaration in logs.declarations
        if declaration.domains
        and sum(_below(log, declaration.location) for log in trials) > 1
    ]
    sizes = Counter(_container(log) for log in trials)
    return [_place(log, logs, sweeps, sizes) for log in trials]


def _place(
    log: TrialLog, logs: Logs, sweeps: Sequence[Path], sizes: Mapping[Path, int]
) -> _Place:
    if log.group is not None:
        return _Place(("group", log.group), log.group, "the logs name this group")
    above = [place for place in sweeps if _below(log, place)]
    if above:
        place = max(above, key=lambda path: len(path.parts))
        return _Place(place, _name(place, logs), "one search space is declared above")
    place = _container(log)
    # A folder that holds one trial only wraps it, e.g. model/logs/.
    while sizes[place] == 1 and place not in logs.roots and place != place.parent:
        place = place.parent
    return _Place(place, _name(place, logs), "its trials lie in one folder")


def _container(log: TrialLog) -> Path:
    """The folder above the trial's own, seeds apart; a table of trials is its own."""
    place = log.location
    if log.key:
        return place
    while _REPEAT.fullmatch(place.name) and place != place.parent:
        place = place.parent
    return place.parent


def _below(log: TrialLog, place: Path) -> bool:
    return place == log.location or place in log.location.parents


def _name(place: Path, logs: Logs) -> str:
    for root in logs.roots:
        if place != root and root in place.parents:
            return place.relative_to(root).as_posix()
    below = [root for root in logs.roots if place in root.parents]
    if len(below) == 1:  # what was given is better known than the folder above it
        place = below[0]
    return place.name or place.resolve().name or "study"


def _with_declarations(group: Group, known: Sequence[Declaration]) -> Group:
    """The declarations that hold for at least half of the trials, nearest first.

    PyTorch declares the same domains anew in the folder of every trial.
    """
    alike: dict[Hashable, list[Declaration]] = defaultdict(list)
    for declaration in known:
        said = tuple(declaration.domains.items()), declaration.objective
        alike[said].append(declaration)
    fitting = []
    for same in alike.values():
        covered = sum(any(_covers(each, log) for each in same) for log in group.logs)
        if covered * 2 >= len(group.logs):
            fitting.append(same[0])
    fitting.sort(key=lambda declaration: -len(declaration.location.parts))
    return replace(group, declarations=tuple(fitting))


def _covers(declaration: Declaration, log: TrialLog) -> bool:
    if declaration.group is not None and log.group is not None:
        return declaration.group == log.group
    return _below(log, declaration.location)

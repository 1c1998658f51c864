"""Groups of trials: merged where they repeat each other, split where they differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from advisor.interpret.configuration import ObjectiveSettings
from advisor.interpret.hyperparameter_names import read_key
from advisor.interpret.metrics import read_metric
from advisor.model.log import Declaration, TrialLog, Value

_NUMBER = re.compile(r"\d+")
_TELLING = 8  # entries of a configuration that tell one program from another
_ALIKE = 0.2  # entries in common, of all entries of two configurations


@dataclass(frozen=True, slots=True)
class Group:
    """Trials that are to be one study, and why."""

    name: str
    logs: tuple[TrialLog, ...]
    reason: str
    objective: ObjectiveSettings | None = None
    declarations: tuple[Declaration, ...] = ()
    certain: bool = True


def merged_repeats(groups: Sequence[Group]) -> list[Group]:
    """Folders like study_0, study_1 that hold the same configurations, as one study."""
    merged: dict[str, Group] = {}
    for group in groups:
        pattern = _NUMBER.sub("*", group.name)
        earlier = merged.get(pattern)
        if earlier is not None and _repeats(earlier, group):
            merged[pattern] = Group(
                pattern,
                earlier.logs + group.logs,
                "its folders hold the same configurations, repeated",
                certain=False,
            )
        else:
            merged[group.name if earlier is not None else pattern] = group
    return list(merged.values())


def _repeats(one: Group, other: Group) -> bool:
    first, second = (
        {settings for log in group.logs if (settings := _settings(log))}
        for group in (one, other)
    )
    return len(first & second) * 2 >= len(second) > 0 and len(second) > 1


def _settings(log: TrialLog) -> frozenset[tuple[str, Value]]:
    return frozenset(
        (key, value)
        for key, value in log.configuration.items()
        if not read_key(key).machinery
    )


def by_problem(group: Group) -> list[Group]:
    """A group for each value of the keys that name a data set, task or environment."""
    keys = sorted(
        {
            key
            for log in group.logs
            for key in log.configuration
            if read_key(key).names_the_problem
        }
    )
    telling = [
        key
        for key in keys
        if len({_problem(log, key) for log in group.logs} - {None}) > 1
    ]
    if not telling:
        return [group]
    parts: dict[tuple[str | None, ...], list[TrialLog]] = defaultdict(list)
    for log in group.logs:
        parts[tuple(_problem(log, key) for key in telling)].append(log)
    reason = f"{group.reason} and share {', '.join(telling)}"
    return [
        Group(_named(group.name, values), tuple(members), reason, certain=False)
        for values, members in parts.items()
    ]


def _problem(log: TrialLog, key: str) -> str | None:
    value = log.configuration.get(key)
    if not isinstance(value, str) or not value:
        return None
    return value.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _named(name: str, values: Iterable[str | None]) -> str:
    said = ", ".join(dict.fromkeys(value for value in values if value))
    return f"{name} ({said or 'none named'})" if said not in name else name


def by_likeness(group: Group) -> list[Group]:
    """Trials connected by a metric in common and by alike configurations.

    Trials that measured nothing stay with the largest part.
    """
    alike: dict[_Signature, list[TrialLog]] = defaultdict(list)
    for log in group.logs:
        alike[_signature(log)].append(log)
    silent = [log for sign, logs in alike.items() if not sign.measures for log in logs]
    parts: list[list[_Signature]] = []
    for sign in alike:
        if sign.measures:
            touching = [part for part in parts if any(map(sign.is_like, part))]
            parts = [part for part in parts if part not in touching]
            parts.append([sign, *chain.from_iterable(touching)])
    if len(parts) < 2:
        return [group]
    members = [[log for sign in part for log in alike[sign]] for part in parts]
    members.sort(key=len, reverse=True)
    members[0].extend(silent)
    order = {id(log): i for i, log in enumerate(group.logs)}
    return [
        replace(
            group,
            name=group.name if i == 0 else f"{group.name} ({_metric_of(part)})",
            logs=tuple(sorted(part, key=lambda log: order[id(log)])),
            reason=f"{group.reason} and share metrics and entries of configuration",
            certain=False,
        )
        for i, part in enumerate(members)
    ]


def with_silent_attempts(groups: Sequence[Group]) -> list[Group]:
    """Groups that measured nothing, joined to a study whose trials lie beside theirs.

    Sweeps that failed to start are attempts at the sweep that ran in the end.
    """
    speaking = [g for g in groups if any(map(_measures, g.logs))]
    joined: dict[str, list[TrialLog]] = defaultdict(list)
    kept: list[Group] = list(speaking)
    for group in groups:
        if group in speaking:
            continue
        homes = [each for each in speaking if _folders(each) & _folders(group)]
        if homes:
            joined[max(homes, key=lambda each: len(each.logs)).name] += group.logs
        else:
            kept.append(group)
    return [
        replace(
            group,
            logs=(*group.logs, *joined[group.name]),
            reason=f"{group.reason}; attempts beside them that logged nothing count",
            certain=False,
        )
        if group.name in joined
        else group
        for group in kept
    ]


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a trial measured, and the entries of its configuration."""

    measures: frozenset[Hashable]
    keys: frozenset[str]

    def is_like(self, other: _Signature) -> bool:
        if not self.measures & other.measures:
            return False
        if min(len(self.keys), len(other.keys)) < _TELLING:
            return True
        common = len(self.keys & other.keys)
        return common >= _ALIKE * len(self.keys | other.keys)


def _signature(log: TrialLog) -> _Signature:
    return _Signature(_measures(log), frozenset(log.configuration))


def _measures(log: TrialLog) -> frozenset[Hashable]:
    tags = [*log.curves, *log.results]
    known = {
        read_metric(tag).measure for tag in tags if read_metric(tag).is_measurement
    }
    unknown = {tag for tag in tags if read_metric(tag).kind == "unknown"}
    return frozenset(known or unknown)


def _folders(group: Group) -> set[Path]:
    return {log.location.parent for log in group.logs}


def _metric_of(members: Sequence[TrialLog]) -> str:
    tags = (tag for log in members for tag in (*log.curves, *log.results))
    return next((tag for tag in tags if read_metric(tag).is_measurement), "other")

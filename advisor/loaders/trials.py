"""What counts as a trial, and which configuration files are its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from advisor.errors import Problem
from advisor.loaders.configuration import read_configuration
from advisor.model.log import TrialLog


def with_configurations(
    trials: Sequence[TrialLog], roots: Sequence[Path]
) -> list[TrialLog]:
    """Each trial with the configuration files beside it; the log's own entries win.

    Where nothing lies beside it, the nearest folder above counts that holds only this
    trial, as when Hydra's `.hydra` lies above a folder of event files.
    """
    ends = frozenset(roots)
    places = {
        location: _places(location, ends)
        for location in dict.fromkeys(trial.location for trial in trials)
    }
    held: Counter[Path] = Counter()
    for trial in trials:
        held.update(places[trial.location])
    return [
        _with_configuration(trial, places[trial.location], held) for trial in trials
    ]


def _with_configuration(
    trial: TrialLog, places: Sequence[Path], held: Counter[Path]
) -> TrialLog:
    for place in places:
        own = not trial.key and place == trial.location
        if not own and held[place] > 1:
            break
        entries, sources, problems = read_configuration(place)
        if sources or problems:
            return replace(
                trial,
                configuration={**entries, **trial.configuration},
                sources=tuple(dict.fromkeys((*trial.sources, *sources))),
                problems=(*trial.problems, *problems),
            )
    return trial


def _places(location: Path, roots: frozenset[Path]) -> tuple[Path, ...]:
    """The trial's folder, then those above it up to the root it was found under."""
    if location in roots:
        return (location,)
    above = tuple(location.parents)
    ends = [index for index, place in enumerate(above) if place in roots]
    return (location, *above[: ends[-1] + 1]) if ends else (location,)


def sort_out(trials: Sequence[TrialLog]) -> tuple[list[TrialLog], list[Problem]]:
    """The trials, without folders whose logs hold nothing at all.

    A folder with a configuration and no points is a trial that logged nothing, unless
    it holds other trials: then it is only where these were put.
    """
    holding = {each.location for each in trials if _has_numbers(each)}
    above = {place for location in holding for place in location.parents}
    kept: list[TrialLog] = []
    problems: list[Problem] = []
    for trial in trials:
        holds_others = trial.location in above
        if _has_numbers(trial) or (trial.configuration and not holds_others):
            kept.append(trial)
        elif trial.problems:
            problems.extend(trial.problems)
        elif not holds_others:
            problems.append(_nothing_logged(trial))
    return kept, problems


def _has_numbers(trial: TrialLog) -> bool:
    return any(map(len, trial.curves.values())) or bool(trial.results)


def _nothing_logged(trial: TrialLog) -> Problem:
    return Problem(
        trial.sources[0] if trial.sources else trial.location,
        "at least one measurement",
        "none, and no configuration beside it",
        "it was not counted as a trial",
    )

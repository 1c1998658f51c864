"""Trials of tuners that evaluate a configuration at several budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advisor.errors import Problem
from advisor.model.log import State, TrialLog, Value

BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one configuration reached with one budget."""

    key: str
    budget: float
    results: Mapping[str, float]
    state: State
    configuration: Mapping[str, Value] = field(default_factory=dict)


def trials_of(
    evaluations: Iterable[Evaluation],
    path: Path,
    name: str,
    problems: tuple[Problem, ...] = (),
) -> Iterator[TrialLog]:
    """A trial for each configuration, with its results at its highest budget.

    Those that were given less than others were stopped early, as by Hyperband.
    """
    highest: dict[str, Evaluation] = {}
    for each in evaluations:
        if each.key not in highest or each.budget >= highest[each.key].budget:
            highest[each.key] = each
    most = max((each.budget for each in highest.values()), default=0.0)
    several = len({each.budget for each in highest.values()}) > 1
    for key, each in highest.items():
        stopped = each.state == "finished" and each.budget < most
        yield TrialLog(
            location=path,
            format=name,
            sources=(path,),
            key=key,
            results={**each.results, **({BUDGET: each.budget} if several else {})},
            configuration=each.configuration,
            state="killed" if stopped else each.state,
            problems=problems,
        )
        problems = ()  # of the file: told once

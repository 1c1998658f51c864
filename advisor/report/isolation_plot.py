"""The isolation plot: the best trial for each value of a scientific hyperparameter.

What is shown; `isolation_drawing` draws it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from advisor.model.log import Value, is_number
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study
from advisor.report.numbers import setting

PANELS = 4
BUCKETS = 6  # of a hyperparameter with more values than MOST_VALUES
MOST_VALUES = 8
MOST_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Bucket:
    """The trials of one value, or of one part of the range."""

    label: str
    values: tuple[float, ...]  # of the objective as logged, feasible trials
    best: float | None
    infeasible: int


@dataclass(frozen=True, slots=True)
class IsolationPlot:
    """One scientific hyperparameter and its buckets."""

    study: str
    metric: str
    lower_is_better: bool
    hyperparameter: str
    ordered: bool
    buckets: tuple[Bucket, ...]


def isolation_plots(study: Study) -> tuple[IsolationPlot, ...]:
    """One for each scientific hyperparameter with two values or more, at most four."""
    scientific = [
        each for each in study.search_space.varied if each.role == "scientific"
    ]
    plots = (
        IsolationPlot(
            study=study.name,
            metric=study.objective.metric if study.objective else "objective",
            lower_is_better=study.sign > 0,
            hyperparameter=each.name,
            ordered=each.ordered,
            buckets=_buckets(study, each),
        )
        for each in scientific
    )
    compared = [
        plot
        for plot in plots
        if sum(each.best is not None for each in plot.buckets) > 1
    ]
    return tuple(compared[:PANELS])


def _buckets(study: Study, each: Hyperparameter) -> tuple[Bucket, ...]:
    labels, bucket_of = _division(study, each)
    values: list[list[float]] = [[] for _ in labels]
    infeasible = [0] * len(labels)
    for trial in study.trials:
        i = bucket_of(trial.hyperparameters.get(each.name))
        if i is None:
            continue
        if trial.infeasibility is not None:
            infeasible[i] += 1
        elif trial.error is not None:
            values[i].append(study.sign * trial.error)
    pick = min if study.sign > 0 else max
    return tuple(
        Bucket(label, tuple(found), pick(found) if found else None, failed)
        for label, found, failed in zip(labels, values, infeasible, strict=True)
    )


def _division(
    study: Study, each: Hyperparameter
) -> tuple[list[str], Callable[[Value], int | None]]:
    """The labels of the buckets, and which bucket a value belongs to."""
    tried = {trial.hyperparameters.get(each.name) for trial in study.trials}
    numbers = sorted(float(value) for value in tried if is_number(value))
    if not each.ordered:
        known = [setting(choice) for choice in each.choices[:MOST_CHOICES]]
        return known, lambda value: _index(known, setting(value))
    if len(numbers) <= MOST_VALUES:
        known = [setting(value) for value in numbers]
        return known, lambda value: _index(
            known, setting(float(value)) if value is not None else ""
        )
    edges = [each.value_at(i / BUCKETS) for i in range(BUCKETS + 1)]
    labels = [f"{_short(low)} to {_short(high)}" for low, high in pairwise(edges)]

    def bucket(value: Value) -> int | None:
        if not is_number(value):
            return None
        position = each.position(float(value))
        return min(max(int(position * BUCKETS), 0), BUCKETS - 1)

    return labels, bucket


def _index(known: list[str], name: str) -> int | None:
    return known.index(name) if name in known else None


def _short(value: float) -> str:
    return setting(float(f"{value:.2g}"))

"""The isolation plot: the best trial for each value of a scientific hyperparameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study
from advisor.report import plot_style as style
from advisor.report.numbers import number, setting

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS = 4
BUCKETS = 6  # of a hyperparameter with more values than MOST_VALUES
MOST_VALUES = 8


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


def draw(plots: Sequence[IsolationPlot], path: Path) -> None:
    """Draws the plots of one study side by side."""
    with style.drawing():
        canvas, every = style.grid(len(plots), columns=2, height=3.1)
        first = plots[0]
        values = np.array([v for p in plots for b in p.buckets for v in b.values])
        axis = style.value_axis(values, worse=1 if first.lower_is_better else -1)
        for plot, axes in zip(plots, every, strict=True):
            _draw_buckets(axes, plot, axis)
            style.show_values(axes, axis)
            axes.set_xlabel(style.label(plot.hyperparameter, 40))
            if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
                axes.set_ylabel(style.label(plot.metric, 28))
        better = "lower" if first.lower_is_better else "higher"
        names = ", ".join(style.label(plot.hyperparameter, 24) for plot in plots)
        style.heading(
            canvas,
            f"{style.label(first.study, 40)}: best {style.label(first.metric, 30)} by "
            f"{names} ({better} is better)",
            _legend(),
        )
        style.save(canvas, path)


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


def _division(study: Study, each: Hyperparameter) -> tuple[list[str], Any]:
    """The labels of the buckets, and which bucket a value belongs to."""
    tried = {trial.hyperparameters.get(each.name) for trial in study.trials}
    numbers = sorted(
        float(value)
        for value in tried
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
    if not each.ordered:
        known = [setting(choice) for choice in each.choices]
        return known, lambda value: _index(known, setting(value))
    if len(numbers) <= MOST_VALUES:
        known = [setting(value) for value in numbers]
        return known, lambda value: _index(
            known, setting(float(value)) if value is not None else ""
        )
    edges = [each.value_at(i / BUCKETS) for i in range(BUCKETS + 1)]
    labels = [f"{_short(low)} to {_short(high)}" for low, high in pairwise(edges)]

    def bucket(value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        position = each.position(float(value))
        return min(max(int(position * BUCKETS), 0), BUCKETS - 1)

    return labels, bucket


def _index(known: list[str], name: str) -> int | None:
    return known.index(name) if name in known else None


def _short(value: float) -> str:
    return setting(float(f"{value:.2g}"))


def _draw_buckets(axes: Axes, plot: IsolationPlot, axis: style.ValueAxis) -> None:
    area, opacity = style.size_of(sum(len(each.values) for each in plot.buckets))
    bests = [
        (i, each.best) for i, each in enumerate(plot.buckets) if each.best is not None
    ]
    columns, heights = [i for i, _ in bests], [best for _, best in bests]
    for i, each in enumerate(plot.buckets):
        others = list(each.values)
        if each.best is not None:
            others.remove(each.best)
        inside = [value for value in others if axis.low <= value <= axis.high]
        spread = [i + 0.3 * style.spread(k) for k in range(len(inside))]
        axes.scatter(spread, inside, s=area, c=style.GREY, alpha=opacity, lw=0)
    if plot.ordered:
        axes.plot(columns, heights, color=style.BLUE, lw=1.2, zorder=2)
    axes.scatter(columns, heights, s=80, c=style.BLUE, zorder=3, lw=0)
    for i, best in bests:
        axes.annotate(
            number(best),
            (i, best),
            xytext=(12, 0),
            textcoords="offset points",
            va="center",
            fontsize=10,
            color=style.BLUE,
            bbox={"fc": "white", "ec": "none", "alpha": 0.7, "pad": 0.8},
        )
    axes.set_xlim(-0.6, len(plot.buckets) - 0.4)
    axes.set_xticks(
        range(len(plot.buckets)), [_tick(each) for each in plot.buckets], fontsize=10
    )


def _tick(bucket: Bucket) -> str:
    feasible = len(bucket.values)
    counted = f"{feasible} trial{'' if feasible == 1 else 's'}"
    if bucket.infeasible:
        counted += f"\n{bucket.infeasible} infeasible"
    return f"{style.label(bucket.label, 16)}\n{counted}"


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    def dot(text: str, color: str, size: float) -> Line2D:
        return Line2D([], [], ls="", marker="o", color=color, ms=size, label=text)

    return [dot("best trial", style.BLUE, 9), dot("other trials", style.GREY, 6)]

"""Draws the isolation plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from advisor.report import plot_style as style
from advisor.report.isolation_plot import Bucket, IsolationPlot
from advisor.report.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
            [
                style.key("best trial", style.BLUE, "o", 9),
                style.key("other trials", style.GREY, "o", 6),
            ],
        )
        style.save(canvas, path)


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

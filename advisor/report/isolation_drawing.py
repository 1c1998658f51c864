"""Draws the isolation plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.report import plot_style as style
from advisor.report.isolation_plot import Bucket, IsolationPlot
from advisor.report.numbers import number
from advisor.report.plot_labels import labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOM = 0.08  # part of the height


def draw(plots: Sequence[IsolationPlot]) -> bytes:
    """A PNG: the plots of one study side by side."""
    with style.drawing():
        canvas, every = style.grid(len(plots), columns=1, height=2.9)
        first = plots[0]
        values = np.array([v for p in plots for b in p.buckets for v in b.values])
        axis = style.value_axis(values, worse=1 if first.lower_is_better else -1)
        for plot, axes in zip(plots, every, strict=True):
            _draw_buckets(axes, plot, axis)
            style.show_values(axes, axis)
            _leave_room(axes, axis, below=first.lower_is_better)
            axes.set_xlabel(style.label(plot.hyperparameter, 40))
            if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
                axes.set_ylabel(style.label(plot.metric, 28))
        better = "lower" if first.lower_is_better else "higher"
        style.heading(
            canvas,
            f"{style.label(first.study, 30)}: best {style.label(first.metric, 30)} for "
            f"each value ({better} is better)",
            _legend(int(np.sum((values < axis.low) | (values > axis.high)))),
        )
        return style.png(canvas)


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
            xytext=(0, -9 if plot.lower_is_better else 9),
            textcoords="offset points",
            ha="center",
            va="top" if plot.lower_is_better else "bottom",
            fontsize=10,
            color=style.BLUE,
        )
    axes.set_xlim(-0.6, len(plot.buckets) - 0.4)
    width = max(6, 110 // len(plot.buckets))
    names = labels([each.label for each in plot.buckets], width)
    axes.set_xticks(
        range(len(plot.buckets)),
        [_tick(*each) for each in zip(plot.buckets, names, strict=True)],
    )


def _leave_room(axes: Axes, axis: style.ValueAxis, *, below: bool) -> None:
    """Room for the number beside the best trial: nothing else lies on that side."""
    low, high = axis.low, axis.high
    if axis.log:
        more = (high / low) ** ROOM
        low, high = low / more, high * more
    else:
        low, high = low - ROOM * (high - low), high + ROOM * (high - low)
    axes.set_ylim(low if below else axis.low, axis.high if below else high)


def _legend(hidden: int) -> list[Any]:
    keys = [
        style.key("best trial", style.BLUE, "o", 9),
        style.key("other trials", style.GREY, "o", 6),
    ]
    if hidden:
        keys.append(style.key(f"({hidden:,} far worse, not shown)", "none"))
    return keys


def _tick(bucket: Bucket, name: str) -> str:
    feasible = len(bucket.values)
    counted = f"{feasible} trial{'' if feasible == 1 else 's'}"
    if bucket.infeasible:
        counted += f"\n{bucket.infeasible} infeasible"
    return f"{name}\n{counted}"

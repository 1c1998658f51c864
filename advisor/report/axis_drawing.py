"""Draws the basic hyperparameter axis plots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.model.curve import FloatArray
from advisor.model.search_space import Hyperparameter
from advisor.report import plot_style as style
from advisor.report.axis_plot import AxisPanel, AxisPlot
from advisor.report.plot_labels import apart, labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = 0.13  # part of the height kept for infeasible trials
CROWD = 40  # trials from which those at the same place are spread out
FEW_VALUES = 6  # up to which each has a tick, and its trials are spread out


def draw(plot: AxisPlot) -> bytes:
    """A PNG: one panel a hyperparameter, all with the same axis of the objective."""
    with style.drawing():
        canvas, every = style.grid(len(plot.panels), columns=3)
        values = np.array(plot.values)
        axis = style.value_axis(values, worse=1 if plot.lower_is_better else -1)
        for panel, axes in zip(plot.panels, every, strict=True):
            _draw_panel(plot, panel, axes, values, axis)
        better = "lower" if plot.lower_is_better else "higher"
        for axes in every:
            if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
                axes.set_ylabel(style.label(plot.metric, 28))
        style.heading(
            canvas,
            f"{style.label(plot.study, 30)}: {style.label(plot.metric, 30)} by "
            f"hyperparameter ({better} is better)",
            _legend(plot, beyond=bool(_beyond(values, axis).any())),
        )
        return style.png(canvas)


def _draw_panel(
    plot: AxisPlot,
    panel: AxisPanel,
    axes: Axes,
    values: FloatArray,
    axis: style.ValueAxis,
) -> None:
    positions = np.array(panel.positions)
    if panel.categories:
        width = 0.5 * min(1.0, len(positions) / CROWD)
        positions = positions + [width * style.spread(i) for i in range(len(positions))]
    elif (
        len(positions) > CROWD
        and len(set(positions[np.isfinite(positions)])) <= FEW_VALUES
    ):
        positions = _spread(panel.hyperparameter, positions)
    _draw_trials(plot, axes, positions, values, axis)
    style.show_values(axes, axis)
    _leave_band(axes, axis, above=plot.lower_is_better)
    _draw_infeasible(plot, axes, positions)
    _place_x(panel, axes, np.array(panel.positions))
    axes.set_xlabel(style.label(panel.hyperparameter.name, 34))


def _spread(each: Hyperparameter, positions: FloatArray) -> FloatArray:
    """Trials with the same value side by side instead of on top of each other."""
    if not each.varies:
        return positions
    return np.array(
        [
            each.value_at(each.position(value) + 0.05 * style.spread(i))
            for i, value in enumerate(positions.tolist())
        ]
    )


def _draw_trials(
    plot: AxisPlot,
    axes: Axes,
    positions: FloatArray,
    values: FloatArray,
    axis: style.ValueAxis,
) -> None:
    area, opacity = style.size_of(len(values))
    beyond = _beyond(values, axis)
    best = list(plot.best)
    rest = np.isfinite(values) & ~beyond
    rest[best] = False
    axes.scatter(
        positions[rest], values[rest], s=area, c=style.GREY, alpha=opacity, lw=0
    )
    if beyond.any():
        edge = axis.high if plot.lower_is_better else axis.low
        marker = "^" if plot.lower_is_better else "v"
        axes.scatter(
            positions[beyond],
            np.full(beyond.sum(), edge),
            s=1.5 * area,
            c=style.GREY,
            marker=marker,
            clip_on=False,
            lw=0,
        )
    axes.scatter(
        positions[best[1:]], values[best[1:]], s=46, c=style.BLUE, lw=0, zorder=3
    )
    axes.scatter(
        positions[best[:1]],
        values[best[:1]],
        s=190,
        c=style.ORANGE,
        marker="*",
        edgecolors=style.DARK,
        linewidths=0.8,
        zorder=4,
    )


def _leave_band(axes: Axes, axis: style.ValueAxis, *, above: bool) -> None:
    """Room beyond the worst feasible trial for those that have no value."""
    share = BAND / (1 - BAND)
    if axis.log:
        wider = (axis.high / axis.low) ** share
        ends = (axis.low / wider, axis.high * wider)
    else:
        more = (axis.high - axis.low) * share
        ends = (axis.low - more, axis.high + more)
    axes.set_ylim(**({"top": ends[1]} if above else {"bottom": ends[0]}))


def _draw_infeasible(plot: AxisPlot, axes: Axes, positions: FloatArray) -> None:
    from matplotlib.patches import Rectangle

    infeasible = np.array(plot.infeasible) & np.isfinite(positions)
    if not any(plot.infeasible):
        return
    start = 1 - BAND if plot.lower_is_better else 0.0
    axes.add_patch(
        Rectangle(
            (0, start),
            1,
            BAND,
            color=style.RED,
            alpha=0.07,
            lw=0,
            zorder=0,
            transform=axes.transAxes,
        )
    )
    order = np.arange(len(positions))[infeasible]
    heights = [
        start + BAND / 2 + 0.6 * BAND * style.spread(int(i), upright=True)
        for i in order
    ]
    area, _ = style.size_of(len(positions))
    axes.scatter(
        positions[infeasible],
        heights,
        s=area,
        c=style.RED,
        marker="x",
        linewidths=1.5,
        transform=axes.get_xaxis_transform(),
        zorder=3,
    )


def _place_x(panel: AxisPanel, axes: Axes, positions: FloatArray) -> None:
    from matplotlib.ticker import NullLocator

    each = panel.hyperparameter
    if panel.categories:
        axes.set_xlim(-0.6, len(panel.categories) - 0.4)
        names = labels(panel.categories, 14)
        crowded = sum(map(len, names)) > 28
        axes.set_xticks(
            range(len(names)),
            names,
            rotation=25 if crowded else 0,
            ha="right" if crowded else "center",
        )
        return
    lower, upper = each.bounds
    for bound in (lower, upper):
        axes.axvline(
            bound,
            color=style.DARK if each.declared else style.GREY,
            lw=1.0,
            ls="--" if each.declared else ":",
            zorder=1,
        )
    finite = positions[np.isfinite(positions)]
    if each.scale == "log":
        finite = finite[finite > 0]
    low, high = float(min([lower, *finite])), float(max([upper, *finite]))
    if each.scale == "log":
        axes.set_xscale("log")
        style.log_ticks(axes.xaxis, low, high)
        pad = (high / low) ** 0.05
        axes.set_xlim(low / pad, high * pad)
    else:
        pad = 0.05 * (high - low)
        axes.set_xlim(low - pad, high + pad)
        axes.xaxis.set_major_locator(_few_ticks(each))
    tried = sorted(set(finite.tolist()))
    if 1 < len(tried) <= FEW_VALUES:
        texts = [style.tick(value) for value in tried]
        places = [each.position(value) for value in tried]
        axes.set_xticks(tried, apart(texts, places))
        axes.xaxis.set_minor_locator(NullLocator())


def _few_ticks(each: Hyperparameter) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=each.kind == "integer")


def _beyond(values: FloatArray, axis: style.ValueAxis) -> Any:
    return np.isfinite(values) & ((values > axis.high) | (values < axis.low))


def _legend(plot: AxisPlot, *, beyond: bool) -> list[Any]:
    keys = []
    if plot.best:
        keys.append(
            style.key("best trial", style.ORANGE, "*", 13, mec=style.DARK, mew=0.8)
        )
    if len(plot.best) > 1:
        keys.append(style.key(f"next best {len(plot.best) - 1}", style.BLUE, "o"))
    if sum(map(math.isfinite, plot.values)) > len(plot.best):
        keys.append(style.key("other trials", style.GREY, "o", 6))
    if beyond:
        marker = "^" if plot.lower_is_better else "v"
        keys.append(style.key("far worse", style.GREY, marker))
    if any(plot.infeasible):
        n = sum(plot.infeasible)
        keys.append(style.key(f"infeasible ({n})", style.RED, "x", mew=1.5))
    ordered = [each.hyperparameter for each in plot.panels if not each.categories]
    if any(each.declared for each in ordered):
        keys.append(style.key("declared bound", style.DARK, ls="--"))
    if any(not each.declared for each in ordered):
        keys.append(style.key("smallest, largest tried", style.GREY, ls=":"))
    return keys

"""Draws the arms of a confirming experiment side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from advisor.model.curve import FloatArray
from advisor.report import plot_style as style
from advisor.report.confirmation_plot import ConfirmationPanel, ConfirmationPlot
from advisor.report.numbers import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_START = 0.1  # part of the steps whose values do not stretch the axis
_END = 0.5  # part of the steps after which values are to be seen
_MOST = 2.0  # times as far at most
_AHEAD, _BEHIND = 0.7, 0.3  # opacity


def draw(plot: ConfirmationPlot) -> bytes:
    """A PNG: one panel an arm, one axis of values, a line for each seed."""
    with style.drawing():
        canvas, every = style.grid(len(plot.panels), columns=3)
        axis = _axis(plot)
        for i, (panel, axes) in enumerate(zip(plot.panels, every, strict=True)):
            if i > 0:
                _draw_lines(axes, plot.panels[0], style.ORANGE, _BEHIND)
            _draw_lines(axes, panel, style.BLUE if i > 0 else style.ORANGE, _AHEAD)
            _name(axes, panel)
            style.show_values(axes, axis)
            axes.set_xlim(*_steps(plot))
            style.step_ticks(axes)
            axes.set_xlabel(plot.axis)
            if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
                axes.set_ylabel(style.label(plot.metric, 28))
        style.heading(
            canvas,
            f"{style.label(plot.finding, 60)}: a line for each seed",
            [
                style.key("trained again", style.ORANGE),
                style.key("with the change", style.BLUE),
            ],
        )
        return style.png(canvas)


def _axis(plot: ConfirmationPlot) -> style.ValueAxis:
    """Good values can be told apart, and how curves end is in sight."""
    axis = style.value_axis(_after(plot, _START), worse=plot.worse)
    if axis.log:
        return axis
    ends, room = _after(plot, _END), _MOST * (axis.high - axis.low)
    low = max(min(axis.low, float(ends.min())), axis.low - room)
    high = min(max(axis.high, float(ends.max())), axis.high + room)
    every = _after(plot, 0.0)
    if plot.worse > 0:
        low = min(low, float(every.min()))
    else:
        high = max(high, float(every.max()))
    return style.ValueAxis(low, high, False)


def _steps(plot: ConfirmationPlot) -> tuple[float, float]:
    """The same for every panel, because some trials break early."""
    curves = [curve for panel in plot.panels for curve in panel.curves]
    first = min(int(each.steps[0]) for each in curves)
    last = max(int(each.steps[-1]) for each in curves)
    edge = 0.03 * (last - first)
    return first - edge, last + edge


def _after(plot: ConfirmationPlot, start: float) -> FloatArray:
    """All values after that part of the steps."""
    curves = [curve for panel in plot.panels for curve in panel.curves]
    return np.concatenate([each.values[int(start * len(each)) :] for each in curves])


def _draw_lines(
    axes: Axes, panel: ConfirmationPanel, color: str, opacity: float
) -> None:
    for curve in panel.curves:
        axes.plot(curve.steps, curve.values, color=color, lw=1.2, alpha=opacity)


def _name(axes: Axes, panel: ConfirmationPanel) -> None:
    broken = f" ({count(panel.broken, 'seed')} broke)" if panel.broken else ""
    title = style.label(panel.title, 18 if broken else 38)
    axes.set_title(f"{title}{broken}", loc="left")

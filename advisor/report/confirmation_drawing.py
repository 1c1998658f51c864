"""Draws the arms of a confirming experiment side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from advisor.report import plot_style as style
from advisor.report.confirmation_plot import ConfirmationPanel, ConfirmationPlot
from advisor.report.numbers import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_START = 0.1  # part of the steps whose values do not stretch the axis


def draw(plot: ConfirmationPlot, path: Path) -> None:
    """One panel an arm, one axis of values, a line for each seed."""
    with style.drawing():
        canvas, every = style.grid(len(plot.panels), columns=2)
        late = [
            curve.values[int(_START * len(curve)) :]
            for panel in plot.panels
            for curve in panel.curves
        ]
        axis = style.value_axis(np.concatenate(late), worse=plot.worse)
        for i, (panel, axes) in enumerate(zip(plot.panels, every, strict=True)):
            _draw_panel(axes, panel, style.ORANGE if i == 0 else style.BLUE)
            style.show_values(axes, axis)
            style.step_ticks(axes)
            if panel.curves:
                axes.set_xlabel(panel.curves[0].axis)
            if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
                axes.set_ylabel(style.label(plot.metric, 28))
        style.heading(
            canvas,
            f"{style.label(plot.finding, 60)}: a line for each seed",
            [style.key("again", style.ORANGE), style.key("changed", style.BLUE)],
        )
        style.save(canvas, path)


def _draw_panel(axes: Axes, panel: ConfirmationPanel, color: str) -> None:
    for curve in panel.curves:
        axes.plot(curve.steps, curve.values, color=color, lw=1.2, alpha=0.7)
    broken = f" ({count(panel.broken, 'seed')} broke)" if panel.broken else ""
    axes.set_title(f"{style.label(panel.title, 40)}{broken}", loc="left")

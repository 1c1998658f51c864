"""Draws training curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.model.curve import Curve, FloatArray
from advisor.report import plot_style as style
from advisor.report.curves_plot import CurvesPanel, CurvesPlot
from advisor.report.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONG = 500  # points from which a line is drawn thinner
START = 0.2  # part of the steps whose values do not stretch the axis


def draw(plot: CurvesPlot) -> bytes:
    """A PNG: the panels with one axis of values, so that heights can be compared."""
    with style.drawing():
        panels = len(plot.panels) + bool(plot.infeasible)
        canvas, every = style.grid(panels, columns=2)
        axis = style.value_axis(_stretching(plot), worse=plot.worse)
        for panel, axes in zip(plot.panels, every, strict=False):
            _draw_panel(axes, panel, axis, plot.worse)
        if plot.infeasible:
            _draw_infeasible(every[-1], plot, axis)
        for axes in every:
            style.show_values(axes, axis)
            style.step_ticks(axes)
            axes.set_xlabel(plot.axis)
            if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
                axes.set_ylabel(style.label(plot.metric, 28))
        style.heading(
            canvas,
            f"{style.label(plot.study, 30)}: {style.label(plot.metric, 30)} "
            "during training",
            _legend(plot),
        )
        return style.png(canvas)


def _stretching(plot: CurvesPlot) -> FloatArray:
    """The values that the axis must show: those after the first steps."""
    parts = [np.zeros(0)]
    for panel in plot.panels:
        for curve in (panel.training, panel.validation):
            if curve is not None:
                late = curve.steps >= curve.steps[0] + START * np.ptp(curve.steps)
                parts.append(curve.values[late] if late.any() else curve.values)
    if not plot.panels:
        parts += [each.curve.values for each in plot.infeasible]
    return np.concatenate(parts)


def _draw_panel(
    axes: Axes, panel: CurvesPanel, axis: style.ValueAxis, worse: int
) -> None:
    if panel.training is not None:
        _line(axes, panel.training, color=style.ORANGE, lw=1.2)
    if panel.validation is not None:
        _line(axes, panel.validation, color=style.BLUE, lw=1.8)
    axes.set_title(_title(panel), loc="left")
    if panel.best is None:
        return
    step, value = panel.best
    axes.axvline(step, color=style.DARK, lw=0.8, ls=":", zorder=1)
    axes.plot(
        [step], [axis.clipped(value)], "o", ms=8, mfc="white", mec=style.DARK, mew=1.5
    )
    axes.annotate(
        f"{number(value)} at {number(step)}",
        (step, 0.97 if worse > 0 else 0.03),  # where curves seldom are by then
        xycoords=axes.get_xaxis_transform(),
        xytext=(-5, 0) if _in_right_half(panel, step) else (5, 0),
        textcoords="offset points",
        ha="right" if _in_right_half(panel, step) else "left",
        va="top" if worse > 0 else "bottom",
        fontsize=10,
    )


def _title(panel: CurvesPanel) -> str:
    name = style.label(panel.trial, 38)
    if panel.rank is None:
        return name
    place = {1: "best", 2: "2nd", 3: "3rd"}.get(panel.rank, f"{panel.rank}th")
    return f"{place}: {name}"


def _in_right_half(panel: CurvesPanel, step: int) -> bool:
    curves = [each for each in (panel.training, panel.validation) if each is not None]
    low = min(int(each.steps.min()) for each in curves)
    high = max(int(each.steps.max()) for each in curves)
    return step > (low + high) / 2


def _draw_infeasible(axes: Axes, plot: CurvesPlot, axis: style.ValueAxis) -> None:
    for panel in plot.panels[:1]:
        reference = panel.training or panel.validation
        if reference is not None:
            _line(axes, reference, color=style.FAINT, lw=2.0)
    for each in plot.infeasible:
        _line(axes, each.curve, color=style.RED, lw=1.1, alpha=0.7)
        step, value = each.end
        axes.plot(
            [step],
            [axis.clipped(value)],
            "x",
            ms=9,
            mec=style.RED,
            mew=2,
            zorder=4,
            clip_on=False,
        )
    shown, total = len(plot.infeasible), plot.infeasible_in_all
    of = f"{shown} of {total}" if shown < total else str(total)
    axes.set_title(f"infeasible trials ({of})", loc="left", color=style.RED)


def _line(axes: Axes, curve: Curve, **look: Any) -> None:
    if len(curve) == 1:
        look = {**look, "marker": "o", "ms": 5}
    if len(curve) > LONG:
        look["lw"] *= 0.5
    axes.plot(curve.steps, curve.values, **look)


def _legend(plot: CurvesPlot) -> list[Any]:
    keys = []
    if any(panel.validation is not None for panel in plot.panels):
        keys.append(style.key("validation", style.BLUE, lw=1.8))
    if any(panel.training is not None for panel in plot.panels):
        keys.append(style.key("training", style.ORANGE, lw=1.4))
    if any(panel.best is not None for panel in plot.panels):
        look = {"mfc": "white", "mew": 1.5}
        keys.append(style.key("best checkpoint", style.DARK, "o", 8, **look))
    if plot.infeasible:
        words = "infeasible, and its last finite value"
        keys.append(style.key(words, style.RED, "x", 8, ls="-", lw=1.1, mew=2))
    return keys

"""Training curves of the best trials, and of those that became infeasible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.model.curve import Curve, FloatArray
from advisor.model.study import Study
from advisor.model.trial import Trial
from advisor.report import plot_style as style
from advisor.report.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BEST = 3  # one more where no trial is infeasible
INFEASIBLE = 6
START = 0.2  # part of the steps whose values do not stretch the axis


@dataclass(frozen=True, slots=True)
class CurvesPanel:
    """The curves of one trial, as logged, and its best checkpoint."""

    title: str
    training: Curve | None
    validation: Curve | None
    best: tuple[int, float] | None = None  # step and value


@dataclass(frozen=True, slots=True)
class Ended:
    """A curve of an infeasible trial, and the last finite point of it."""

    curve: Curve
    end: tuple[int, float]


@dataclass(frozen=True, slots=True)
class CurvesPlot:
    """One metric: the best trials in panels, infeasible ones together in the last."""

    study: str
    metric: str
    axis: str
    panels: tuple[CurvesPanel, ...]
    infeasible: tuple[Ended, ...]
    infeasible_in_all: int
    worse: int = 1


def curves_plots(study: Study) -> tuple[CurvesPlot, ...]:
    """The objective, and the loss where that is another metric."""
    objective = _objective_plot(study)
    loss = None if _objective_is_loss(study) else _loss_plot(study)
    return tuple(plot for plot in (objective, loss) if plot is not None)


def draw(plot: CurvesPlot, path: Path) -> None:
    """Draws the panels with one axis of values, so that heights can be compared."""
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
            f"{style.label(plot.study, 40)}: {style.label(plot.metric, 30)} "
            "during training",
            _legend(plot),
        )
        style.save(canvas, path)


def _objective_plot(study: Study) -> CurvesPlot | None:
    metric = study.objective.metric if study.objective else "objective"
    companion = "training_loss" if _objective_is_loss(study) else "training_error"
    return _plot(study, metric, ("validation_error", companion), study.sign)


def _loss_plot(study: Study) -> CurvesPlot | None:
    return _plot(study, "loss", ("validation_loss", "training_loss"), 1)


def _plot(
    study: Study, metric: str, parts: tuple[str, str], sign: int
) -> CurvesPlot | None:
    trials = study.ranked or tuple(t for t in study.trials if not t.infeasibility)
    ended = tuple(_ended(study.infeasible, parts, sign))
    shown = trials[: BEST if ended else BEST + 1]
    panels = tuple(
        panel
        for rank, trial in enumerate(shown, start=1)
        if (panel := _panel(study, trial, rank, parts, sign)) is not None
    )
    if not panels and not ended:
        return None
    curves = [each for p in panels for each in (p.validation, p.training) if each]
    axis = next((each.axis for each in curves), "step")
    return CurvesPlot(
        study=study.name,
        metric=metric,
        axis=axis,
        panels=panels,
        infeasible=ended[:INFEASIBLE],
        infeasible_in_all=len(study.infeasible),
        worse=sign,
    )


def _panel(
    study: Study, trial: Trial, rank: int, parts: tuple[str, str], sign: int
) -> CurvesPanel | None:
    validation, training = (_logged(trial, part, sign) for part in parts)
    if validation is None and training is None:
        return None
    best = None
    if validation is not None and trial.best_step is not None:
        at = np.flatnonzero(validation.steps == trial.best_step)
        if len(at) and np.isfinite(validation.values[at[-1]]):
            best = (trial.best_step, float(validation.values[at[-1]]))
    title = trial.name if not study.ranked else f"{_place(rank)}: {trial.name}"
    return CurvesPanel(title, training, validation, best)


def _ended(
    trials: Iterable[Trial], parts: tuple[str, str], sign: int
) -> Iterable[Ended]:
    for trial in trials:
        curves = (_logged(trial, part, sign) for part in reversed(parts))
        curve = next((each for each in curves if each is not None), None)
        if curve is None or not len(curve.finite()):
            continue
        last = curve.finite()
        yield Ended(curve, (int(last.steps[-1]), float(last.values[-1])))


def _logged(trial: Trial, part: str, sign: int) -> Curve | None:
    curve = {str(key): each for key, each in trial.curves.items()}.get(part)
    if curve is None or not len(curve):
        return None
    return curve if sign > 0 else curve.negated()


def _objective_is_loss(study: Study) -> bool:
    """Whether the objective is the validation loss, by the curves themselves."""
    for trial in study.trials:
        loss = trial.curves.get("validation_loss")
        if loss is not None:
            return loss == trial.curves.get("validation_error")
    return False


def _place(rank: int) -> str:
    return "best" if rank == 1 else {2: "2nd", 3: "3rd"}.get(rank, f"{rank}th")


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
    axes.set_title(style.label(panel.title, 52), loc="left")
    if panel.best is None:
        return
    step, value = panel.best
    axes.axvline(step, color=style.DARK, lw=0.8, ls=":", zorder=1)
    axes.plot(
        [step], [axis.clipped(value)], "o", ms=8, mfc="white", mec=style.DARK, mew=1.5
    )
    axes.annotate(
        f"{number(value)} at {style.short_count(step)}",
        (step, 0.97 if worse > 0 else 0.03),  # where curves seldom are by then
        xycoords=axes.get_xaxis_transform(),
        xytext=(-5, 0) if _in_right_half(panel, step) else (5, 0),
        textcoords="offset points",
        ha="right" if _in_right_half(panel, step) else "left",
        va="top" if worse > 0 else "bottom",
        fontsize=10,
    )


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
    axes.plot(curve.steps, curve.values, **look)


def _legend(plot: CurvesPlot) -> list[Any]:
    from matplotlib.lines import Line2D

    handles = []
    if any(panel.validation is not None for panel in plot.panels):
        handles.append(Line2D([], [], color=style.BLUE, lw=1.8, label="validation"))
    if any(panel.training is not None for panel in plot.panels):
        handles.append(Line2D([], [], color=style.ORANGE, lw=1.4, label="training"))
    if any(panel.best is not None for panel in plot.panels):
        handles.append(
            Line2D([], [], ls="", marker="o", ms=8, mfc="white", mec=style.DARK,
                   mew=1.5, label="best checkpoint")
        )  # fmt: skip
    if plot.infeasible:
        handles.append(
            Line2D([], [], color=style.RED, lw=1.1, marker="x", ms=8, mew=2,
                   label="infeasible, and its last finite value")
        )  # fmt: skip
    return handles

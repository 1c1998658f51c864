"""Draws the plots of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.markup import code
from advisor.model.finding import Evaluation
from advisor.model.study import Study
from advisor.report import (
    axis_drawing,
    confirmation_drawing,
    curves_drawing,
    isolation_drawing,
    plot_style,
)
from advisor.report.axis_plot import axis_plot
from advisor.report.confirmation_plot import confirmation_plot
from advisor.report.curves_plot import curves_plots
from advisor.report.figure import Figure
from advisor.report.isolation_plot import isolation_plots

STUDIES = 12  # that get plots


def draw_all(evaluation: Evaluation, folder: str) -> tuple[Figure, ...]:
    """Every plot, to be put into `folder` beside the report."""
    figures: list[Figure] = []
    for index, study in enumerate(evaluation.studies[:STUDIES], start=1):
        stem = plot_style.file_stem(index, study.name)
        figures += draw_study(study, folder, stem)
    figures += _draw_confirmations(evaluation, folder)
    return tuple(figures)


def _draw_confirmations(evaluation: Evaluation, folder: str) -> Iterator[Figure]:
    """A figure for each experiment, filed under the id of its finding."""
    for confirmation in evaluation.confirmations.values():
        plot = confirmation_plot(confirmation)
        if plot is not None:
            yield Figure(
                confirmation.finding,
                f"{folder}/confirm-{confirmation.finding}.png",
                f"{plot.metric} of every arm, a line for each seed",
                content=confirmation_drawing.draw(plot),
            )


def draw_study(study: Study, folder: str, stem: str) -> Iterator[Figure]:
    """The plots of one study, as files that begin with `stem`."""
    axes = axis_plot(study)
    if axes is not None:
        more = f" {axes.left_out} more vary." if axes.left_out else ""
        end = "top" if axes.lower_is_better else "bottom"
        yield Figure(
            study.name,
            f"{folder}/{stem}-hyperparameters.png",
            f"{axes.metric} against each hyperparameter that varies",
            "Every trial once in each panel. Best trials that crowd at a bound ask for "
            f"a wider search; infeasible trials are the crosses at the {end}.{more}",
            axis_drawing.draw(axes),
        )
    for plot in curves_plots(study):
        kind = "loss" if plot.metric == "loss" else "curves"
        yield Figure(
            study.name,
            f"{folder}/{stem}-{kind}.png",
            f"{plot.metric} of the best trials during training",
            "All panels share their axes of values; the first steps may lie above.",
            curves_drawing.draw(plot),
        )
    isolation = isolation_plots(study)
    if isolation:
        names = ", ".join(code(each.hyperparameter) for each in isolation)
        yield Figure(
            study.name,
            f"{folder}/{stem}-isolation.png",
            f"best {isolation[0].metric} for each value of the scientific "
            "hyperparameters",
            f"The best trial for each value of {names}. Compare only values that had "
            "about as many trials.",
            isolation_drawing.draw(isolation),
        )

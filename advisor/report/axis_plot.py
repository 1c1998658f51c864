"""The basic hyperparameter axis plots: what they show. `axis_drawing` draws them."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.log import is_number
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study
from advisor.report.numbers import setting

PANELS = 12
GOOD = 5  # trials that are highlighted, the best one among them
CATEGORIES = 10


@dataclass(frozen=True, slots=True)
class AxisPanel:
    """One hyperparameter: where every trial lies on it, and how good it is."""

    hyperparameter: Hyperparameter
    positions: tuple[float, ...]  # [N] value, or index of the category; NaN if absent
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AxisPlot:
    """The objective of all trials, and their place on every varied hyperparameter."""

    study: str
    metric: str
    lower_is_better: bool
    values: tuple[float, ...]  # [N] as logged; NaN where there is none
    infeasible: tuple[bool, ...]  # [N]
    best: tuple[int, ...]  # trials, best first
    panels: tuple[AxisPanel, ...]
    left_out: int  # panels beyond the limit


def axis_plot(study: Study) -> AxisPlot | None:
    """What to draw; nothing if no hyperparameter varies or there is one trial."""
    varied = study.search_space.varied
    if not varied or len(study.ranked) + len(study.infeasible) < 2:
        return None
    places = {trial.name: i for i, trial in enumerate(study.trials)}
    return AxisPlot(
        study=study.name,
        metric=study.objective.metric if study.objective else "objective",
        lower_is_better=study.sign > 0,
        values=tuple(
            study.sign * trial.error
            if trial.feasible and trial.error is not None
            else float("nan")
            for trial in study.trials
        ),
        infeasible=tuple(each.infeasibility is not None for each in study.trials),
        best=tuple(places[trial.name] for trial in study.ranked[:GOOD]),
        panels=tuple(_panel(study, each) for each in varied[:PANELS]),
        left_out=max(len(varied) - PANELS, 0),
    )


def _panel(study: Study, each: Hyperparameter) -> AxisPanel:
    raw = [trial.hyperparameters.get(each.name) for trial in study.trials]
    if each.ordered:
        numbers = (float(value) if is_number(value) else float("nan") for value in raw)
        return AxisPanel(each, tuple(numbers))
    names = [setting(choice) for choice in each.choices]
    if len(names) > CATEGORIES:
        names = [*names[: CATEGORIES - 1], "others"]
    index = {name: float(i) for i, name in enumerate(names)}
    last = float(len(names) - 1)
    return AxisPanel(
        each,
        tuple(
            float("nan")
            if value is None and "–" not in index
            else index.get(setting(value), last)
            for value in raw
        ),
        tuple(names),
    )

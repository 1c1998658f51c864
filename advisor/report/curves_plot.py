"""Training curves of the best trials and of infeasible ones: what is shown of them.

`curves_drawing` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from advisor.model.curve import Curve
from advisor.model.study import Study
from advisor.model.trial import Part, Trial

BEST = 3  # one more where no trial is infeasible
INFEASIBLE = 6


@dataclass(frozen=True, slots=True)
class CurvesPanel:
    """The curves of one trial, as logged, and its best checkpoint."""

    trial: str
    rank: int | None  # None where no trial has a result
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


def _objective_plot(study: Study) -> CurvesPlot | None:
    metric = study.objective.metric if study.objective else "objective"
    companion: Part = "training_loss" if _objective_is_loss(study) else "training_error"
    return _plot(study, metric, ("validation_error", companion), study.sign)


def _loss_plot(study: Study) -> CurvesPlot | None:
    return _plot(study, "loss", ("validation_loss", "training_loss"), 1)


def _plot(
    study: Study, metric: str, parts: tuple[Part, Part], sign: int
) -> CurvesPlot | None:
    trials = study.ranked or tuple(t for t in study.trials if not t.infeasibility)
    ended = tuple(_ended(study.infeasible, parts, sign))
    shown = trials[: BEST if ended else BEST + 1]
    panels = tuple(
        panel
        for rank, trial in enumerate(shown, start=1)
        if (panel := _panel(study, trial, rank, parts, sign)) is not None
    )
    curves = [each for p in panels for each in (p.validation, p.training) if each]
    # Single values are in the plots against the hyperparameters.
    if not ended and all(len(each) < 2 for each in curves):
        return None
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
    study: Study, trial: Trial, rank: int, parts: tuple[Part, Part], sign: int
) -> CurvesPanel | None:
    validation, training = (_logged(trial, part, sign) for part in parts)
    if validation is None and training is None:
        return None
    best = None
    if validation is not None and trial.best_step is not None:
        at = np.flatnonzero(validation.steps == trial.best_step)
        if len(at) and np.isfinite(validation.values[at[-1]]):
            best = (trial.best_step, float(validation.values[at[-1]]))
    place = rank if study.ranked else None
    return CurvesPanel(trial.name, place, training, validation, best)


def _ended(
    trials: Iterable[Trial], parts: tuple[Part, Part], sign: int
) -> Iterable[Ended]:
    for trial in trials:
        curves = (_logged(trial, part, sign) for part in reversed(parts))
        curve = next((each for each in curves if each is not None), None)
        if curve is None or not len(curve.finite()):
            continue
        last = curve.finite()
        yield Ended(curve, (int(last.steps[-1]), float(last.values[-1])))


def _logged(trial: Trial, part: Part, sign: int) -> Curve | None:
    curve = trial.curves.get(part)
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

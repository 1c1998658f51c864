"""How many trials of a study were evaluated on held-out data."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.feature import feature, quantity
from advisor.model.study import Study
from advisor.model.trial import Trial

_TRAINING = ("training_loss", "training_error")
_VALIDATION = ("validation_loss", "validation_error")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Trials with training curves, and those of them that were validated."""

    with_training: int = quantity(
        "trials", "with a training loss or error, infeasible ones left out"
    )
    with_validation: int = quantity(
        "trials", "of them with a validation curve or a result on held-out data"
    )
    share: float = quantity("fraction", "with validation among those with training")


@feature()
def validation_coverage(study: Study) -> Coverage:
    """How many trials have a training curve, and how many of them were validated.

    An infeasible trial may have broken before its first evaluation.
    """
    trained = [
        trial
        for trial in study.trials
        if trial.infeasibility is None and set(_TRAINING) & trial.curves.keys()
    ]
    validated = sum(_is_validated(study, trial) for trial in trained)
    return Coverage(
        with_training=len(trained),
        with_validation=validated,
        share=validated / len(trained) if trained else 1.0,
    )


def _is_validated(study: Study, trial: Trial) -> bool:
    if set(_VALIDATION) & trial.curves.keys():
        return True
    held_out = study.objective is not None and study.objective.split != "train"
    return held_out and trial.error is not None

"""How many trials of a study were evaluated on held-out data."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.feature import feature, quantity
from advisor.model.study import Study

_TRAINING = ("training_loss", "training_error")
_VALIDATION = ("validation_loss", "validation_error")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Trials with training curves, and with validation curves."""

    with_training: int = quantity("trials", "with a training loss or error")
    with_validation: int = quantity("trials", "with a validation loss or error")
    share: float = quantity("fraction", "with validation among those with training")


@feature()
def validation_coverage(study: Study) -> Coverage:
    """How many trials have a training curve, and how many a validation curve."""
    parts = [set(trial.curves) for trial in study.trials]
    trained = [each for each in parts if each & set(_TRAINING)]
    both = sum(bool(each & set(_VALIDATION)) for each in trained)
    return Coverage(
        with_training=len(trained),
        with_validation=sum(bool(each & set(_VALIDATION)) for each in parts),
        share=both / len(trained) if trained else 1.0,
    )

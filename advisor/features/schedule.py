"""The learning rate over training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import ratio
from advisor.model.curve import Curve


@dataclass(frozen=True, slots=True)
class Schedule:
    """Largest and last learning rate, and where the peak is."""

    largest: float = quantity("learning rate", "the peak")
    final: float = quantity("learning rate", "the last value")
    final_share: float = quantity("fraction", "last value over the peak")
    peak_step: int = quantity("step", "where 99% of the peak is reached first")
    late_share: float = quantity(
        "fraction", "value at two thirds of training over the peak"
    )
    rises: int = quantity("rises", "how often it rises again after having fallen")


@feature()
def schedule(learning_rate: Curve) -> Schedule:
    """The shape of the learning rate's schedule.

    A `final_share` near 0 is a decay that ends with training; `peak_step` is the end of
    warmup; `rises` counts restarts of a cyclic schedule.
    """
    finite = learning_rate.finite()
    if not len(finite):
        raise NotEnoughDataError("at least 1 finite learning rate; there is none")
    values = finite.values
    largest = float(values.max())
    reached = int(np.argmax(values >= 0.99 * largest))
    moves = values[1:] != values[:-1]
    up = (values[1:] > values[:-1])[moves]
    turns = np.count_nonzero(up[1:] & ~up[:-1])
    return Schedule(
        largest=largest,
        final=float(values[-1]),
        final_share=ratio(float(values[-1]), largest),
        peak_step=int(finite.steps[reached]),
        late_share=ratio(float(values[2 * (len(values) - 1) // 3]), largest),
        rises=int(turns),
    )

"""Linear or logarithmic: on which scale a hyperparameter was searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from advisor.interpret.configuration import HyperparameterSettings
from advisor.interpret.hyperparameter_names import KeyName
from advisor.model.curve import FloatArray
from advisor.model.search_space import Domain, Scale

_WIDE = 10.0  # ratio of bounds from which the spacing of values tells the scales apart
_NARROW = 2.0  # below it a logarithmic scale is as good as a linear one
_FEW = 3


class ScaleChoice(NamedTuple):
    """A scale and why; uncertain where only the values' spacing tells."""

    scale: Scale
    reason: str
    certain: bool = True


def choose_scale(
    key: KeyName,
    numbers: Sequence[float],
    lower: float,
    upper: float,
    domain: Domain | None,
    settings: HyperparameterSettings,
) -> ScaleChoice:
    """The scale: declared, usual for its name, or seen from the values.

    A few zeros do not stand in the way of a logarithmic scale: `weight_decay: 0` means
    without it, and such trials have no place on the axis.
    """
    positive = [value for value in numbers if value > 0]
    possible = (
        upper > 0
        and len(set(positive)) > 1
        and len(positive) * 2 > len(numbers)
        and min(numbers) >= 0
    )
    if settings.scale is not None:
        if settings.scale == "linear" or possible or lower > 0:
            return ScaleChoice(settings.scale, "advisor.yaml gives the scale")
    elif domain is not None and domain.scale is not None and (possible or lower > 0):
        return ScaleChoice(domain.scale, "its scale is declared")
    if not possible or lower == upper:
        return ScaleChoice("linear", "a linear scale, as it is not always positive")
    low = lower if lower > 0 else min(positive)
    if key.scale == "log" and upper / low >= _NARROW:
        return ScaleChoice("log", "it usually is searched on a log scale")
    if key.scale == "linear":
        return ScaleChoice("linear", "it usually is searched on a linear scale")
    if upper / low < _WIDE:
        return ScaleChoice("linear", "a linear scale, as its range is narrow")
    distinct = np.unique(np.array(positive))
    if len(distinct) >= _FEW and _unevenness(np.log(distinct)) < _unevenness(distinct):
        return ScaleChoice("log", "its values are spaced evenly on a log scale", False)
    return ScaleChoice(
        "linear", "its values are spaced evenly on a linear scale", False
    )


def _unevenness(values: FloatArray) -> float:
    """Largest distance of the sorted values from equal spacing, in the range."""
    places = (values - values[0]) / (values[-1] - values[0])
    return float(np.abs(places - np.linspace(0, 1, len(values))).max())

"""On which scale the values of a hyperparameter were drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.curve import FloatArray
from advisor.model.search_space import COMPLEMENTED, Hyperparameter

_FEWEST = 3
_MOST_ODDS = 1e6
_MOST_DECADES = 12.0  # where the range begins at zero
_TERMS = 50


@dataclass(frozen=True, slots=True)
class SamplingScale:
    """The values against uniform draws on a linear and on a logarithmic scale."""

    what: str = quantity("", "the hyperparameter, or one minus it")
    one_minus: bool = quantity("", "whether it is one minus it")
    points: int = quantity("values", "different positive ones")
    smallest: float = quantity("value", "the smallest of them")
    largest: float = quantity("value", "the largest of them")
    decades: float = quantity(
        "orders of magnitude",
        "from the lower bound to the upper one; where no lower bound above zero is "
        "declared, from where linear draws would begin",
    )
    top: int = quantity("values", "within a factor of ten of the largest")
    odds: float = quantity(
        "ratio", "how much likelier a linear scale gives these values than a log scale"
    )
    linear_p_value: float = quantity(
        "probability", "that linear draws are as uneven (Kolmogorov and Smirnov)"
    )
    log_p_value: float = quantity(
        "probability", "that draws on a log scale are as uneven on it"
    )


@feature()
def sampling_scale(values: FloatArray, hyperparameter: Hyperparameter) -> SamplingScale:
    """The likelihood of the values under uniform draws on either scale.

    Each different value counts once; zeros, which mean `without it`, do not. Between
    two known ends draws are uniform on both scales, so that nothing is estimated: the
    ends are declared bounds, or else the smallest and the largest value, which then do
    not count themselves. Of a momentum or a beta, 1 - x is looked at.
    """
    one_minus = hyperparameter.alias in COMPLEMENTED
    positive = _different(1 - values if one_minus else values)
    if len(positive) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} different positive values; there are {len(positive)}"
        )
    lower, upper = _ends(hyperparameter, positive, one_minus=one_minus)
    inside = positive[(positive > lower * (1 + 1e-9)) & (positive < upper * (1 - 1e-9))]
    linear = (inside - lower) / (upper - lower)
    log = np.log(inside / lower) / math.log(upper / lower)
    return SamplingScale(
        what=f"1 - {hyperparameter.name}" if one_minus else hyperparameter.name,
        one_minus=one_minus,
        points=len(positive),
        smallest=float(positive[0]),
        largest=float(positive[-1]),
        decades=_decades(hyperparameter, positive, lower, upper),
        top=int((positive >= upper / 10).sum()),
        odds=_odds(inside, lower, upper),
        linear_p_value=chance_of_distance(linear),
        log_p_value=chance_of_distance(log),
    )


def _different(values: FloatArray) -> FloatArray:
    """Positive values, each once, ascending; equal to nine digits is equal."""
    known = values[np.isfinite(values) & (values > 1e-12)]
    if not len(known):
        return known
    digits = 9 - np.floor(np.log10(known)).astype(np.int64)
    rounded = [round(float(v), int(d)) for v, d in zip(known, digits, strict=True)]
    return np.unique(np.array(rounded, dtype=np.float64))


def _ends(
    hyperparameter: Hyperparameter, positive: FloatArray, *, one_minus: bool
) -> tuple[float, float]:
    """Declared bounds, where they lie outside the values; else the extreme values."""
    lower, upper = hyperparameter.bounds
    if one_minus:
        lower, upper = 1 - upper, 1 - lower
    least, most = float(positive[0]), float(positive[-1])
    if not hyperparameter.declared:
        return least, most
    return lower if 1e-12 < lower < least else least, max(upper, most)


def _decades(
    hyperparameter: Hyperparameter, positive: FloatArray, lower: float, upper: float
) -> float:
    """Orders of magnitude of the range.

    Where the lower end is only the smallest value, uniform draws begin a mean gap below
    it; a grid begins with it.
    """
    least, gaps = float(positive[0]), np.diff(positive)
    if lower == least and not hyperparameter.choices and np.ptp(gaps) > 1e-6 * upper:
        lower = max(least - float(gaps.mean()), 0.0)
    if lower <= upper * 10**-_MOST_DECADES:
        return _MOST_DECADES
    return round(math.log10(upper / lower), 9)


def _odds(inside: FloatArray, lower: float, upper: float) -> float:
    """Likelihood ratio of uniform draws on a linear and on a log scale."""
    ratio = upper / lower
    each = np.log(inside / lower) + math.log(math.log(ratio)) - math.log(ratio - 1)
    total = float(each.sum())
    if abs(total) >= math.log(_MOST_ODDS):
        return _MOST_ODDS if total > 0 else 1 / _MOST_ODDS
    return math.exp(total)


def chance_of_distance(places: FloatArray) -> float:
    """Chance that uniform draws lie as far from uniform: Kolmogorov's distribution.

    `places` are sorted fractions of the range; the correction for small samples is that
    of Stephens 1970.
    """
    count = len(places)
    if count == 0:
        return 1.0
    steps = np.arange(count + 1) / count
    distance = max(
        float((steps[1:] - places).max()), float((places - steps[:-1]).max())
    )
    root = math.sqrt(count)
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:
        return 1.0
    terms = [
        (-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, _TERMS)
    ]
    return min(max(2 * math.fsum(terms), 0.0), 1.0)

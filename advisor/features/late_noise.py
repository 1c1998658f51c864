"""Step-to-step noise late in training, against the differences between trials."""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import even_polynomials, pulled_in
from advisor.model.curve import Curve, FloatArray

_FEWEST = 8
_ROUNDING = 1e-9  # of the values: less than that is left by the fit itself


@dataclass(frozen=True, slots=True)
class LateNoise:
    """Spread of the last quarter about its own trend."""

    evaluations: int = quantity("evaluations", "finite evaluations in the last quarter")
    std: float = quantity(
        "error",
        "standard deviation about a parabola, or from step to step if that is less",
    )
    std_lower: float = quantity("error", "95% lower bound of it")
    gap: float = quantity(
        "error", "difference between the best and the last of the leading trials"
    )
    trials: int = quantity("trials", "leading trials compared")
    relative: float = quantity("ratio", "std over gap")
    relative_lower: float = quantity("ratio", "its 95% lower bound")


@feature()
def late_noise(validation_error: Curve, leading_errors: FloatArray) -> LateNoise:
    """Noise of the objective in the last quarter, and how far the best trials differ.

    Near or above 1, `relative` says that which of the leading trials is best is decided
    by the step at which each happened to end. Differences from step to step (von
    Neumann 1941), of which outliers are pulled in, see no noise in a single drop of the
    curve. The lower bound uses the chi-squared approximation of Wilson and Hilferty
    (1931).
    """
    finite = validation_error.finite()
    count = -(-len(finite) // 4)
    if count < _FEWEST:
        raise NotEnoughDataError(
            f"at least {4 * _FEWEST} evaluations; there are {len(finite)}"
        )
    values = finite.values[-count:]
    basis = even_polynomials(count, 2)
    residuals = values - basis @ (basis.T @ values)
    freedom = count - 3
    std = math.sqrt(float(residuals @ residuals) / freedom)
    stepwise = _stepwise_std(values)
    if stepwise < std:
        # Neighbouring differences share values: two thirds of them count.
        std, freedom = stepwise, 2 * (count - 1) // 3
    if std < _ROUNDING * float(abs(values).max()):
        std = 0.0
    gap = float(leading_errors.max() - leading_errors.min())
    lower = std / math.sqrt(_chi_squared_share(1.645, freedom))
    return LateNoise(
        evaluations=count,
        std=std,
        std_lower=lower,
        gap=gap,
        trials=len(leading_errors),
        relative=std / gap if gap > 0 else math.inf if std > 0 else 0.0,
        relative_lower=lower / gap if gap > 0 else math.inf if std > 0 else 0.0,
    )


def _stepwise_std(values: FloatArray) -> float:
    differences = pulled_in(values[1:] - values[:-1])
    return math.sqrt(float(differences @ differences) / (2 * len(differences)))


def _chi_squared_share(z: float, freedom: int) -> float:
    """The quantile of chi-squared over its degrees of freedom."""
    part = 2 / (9 * freedom)
    return float((1 - part + z * math.sqrt(part)) ** 3)

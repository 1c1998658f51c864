"""The best configuration against the next, beside how much retraining varies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from advisor.features.configurations import (
    TriedConfiguration,
    scientific_difference,
    tried_configurations,
)
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.noise import resolution
from advisor.features.stated import worthwhile_difference
from advisor.features.student import quantile, tail
from advisor.model.curve import FloatArray
from advisor.model.study import Study

_NORMAL = NormalDist()
_FEW = 5  # configurations: of so few all are pooled


@dataclass(frozen=True, slots=True)
class BestDifference:
    """Best configuration against runner-up, both as means over their repeats."""

    best: str = quantity("", "best trial of the configuration with the lowest mean")
    best_repeats: int = quantity("trials", "of the best configuration")
    runner_up: str = quantity("", "best trial of the next configuration")
    runner_up_repeats: int = quantity("trials", "of the next configuration")
    difference: float = quantity("error", "mean of the next minus mean of the best")
    lower: float = quantity("error", "lower end of its interval")
    upper: float = quantity("error", "upper end of its interval")
    p_value: float = quantity(
        "probability", "chance of such a difference, either way, between equals"
    )
    p_cautious: float = quantity(
        "probability", "the same with the pooled deviation, where that is larger"
    )
    std: float = quantity("error", "standard deviation between repeats, pooled")
    freedom: float = quantity("degrees", "of freedom of that standard deviation")
    relative: float = quantity("deviations", "difference over that deviation")
    relative_cautious: float = quantity(
        "deviations", "over the mean deviation of the two, where that is larger"
    )
    tied: int = quantity("configurations", "not told from the best, itself left out")
    configurations: int = quantity("configurations", "with a feasible trial")
    scientific: str | None = quantity(
        "", "a scientific hyperparameter in which best and next differ"
    )
    repeats_wanted: float = quantity(
        "trials", "of each of the two to detect the difference as it is measured"
    )
    repeats_for_std: float = quantity(
        "trials", "of each of the two to detect a difference of one deviation"
    )
    repeats_worth: float = quantity(
        "trials",
        "of each of the two to detect the difference, or the worthwhile one if larger",
    )
    repeats_cautious: float = quantity(
        "trials", "the same for the difference alone, whatever is worthwhile"
    )
    fewest: int = quantity("trials", "of the two configurations, the fewer")
    names: tuple[str, ...] = quantity("", "best trials of best and next configuration")


@feature()
def best_difference(
    study: Study, *, alpha: float = 0.05, power: float = 0.8
) -> BestDifference:
    """Whether the best configuration can be told from the next one.

    Welch's test (1947) where both were repeated, else Student's with the deviation
    pooled over the better repeated configurations. `repeats_wanted` is for a two-sided
    test at `alpha` with the stated power (normal approximation, corrected by Guenther
    1981).
    """
    tried = tried_configurations(study)
    if len(tried) < 2:
        raise NotEnoughDataError(
            f"at least 2 configurations with a result; there are {len(tried)}"
        )
    pooled, freedom = _pooled(tried)
    best, runner_up = tried[:2]
    difference = runner_up.mean - best.mean
    error, degrees = _standard_error(best, runner_up, pooled, freedom)
    margin = quantile(alpha / 2, degrees) * error
    counts = len(best.trials), len(runner_up.trials)
    wider = max(pooled, _mean_deviation(best, runner_up))
    pooled_error = pooled * math.sqrt(1 / counts[0] + 1 / counts[1])
    relative = difference / pooled
    return BestDifference(
        best=best.name,
        best_repeats=counts[0],
        runner_up=runner_up.name,
        runner_up_repeats=counts[1],
        difference=difference,
        lower=difference - margin,
        upper=difference + margin,
        p_value=_p_value(difference, error, degrees),
        p_cautious=_p_value(difference, max(error, pooled_error), degrees),
        std=pooled,
        freedom=freedom,
        relative=relative,
        relative_cautious=difference / wider,
        tied=sum(
            _p_value(
                each.mean - best.mean, *_standard_error(best, each, pooled, freedom)
            )
            >= alpha
            for each in tried[1:]
        ),
        configurations=len(tried),
        scientific=scientific_difference(study, best, runner_up),
        repeats_wanted=repeats_for(relative, alpha, power),
        repeats_for_std=repeats_for(1.0, alpha, power),
        repeats_worth=repeats_for(
            max(difference, worthwhile_difference(study)) / wider, alpha, power
        ),
        repeats_cautious=repeats_for(difference / wider, alpha, power),
        fewest=min(counts),
        names=(best.name, runner_up.name),
    )


def repeats_for(effect: float, alpha: float, power: float) -> float:
    """Repeats of each of two configurations to detect `effect` deviations."""
    if effect <= 0:
        return math.inf
    z = -_NORMAL.inv_cdf(alpha / 2)
    total = (z + _NORMAL.inv_cdf(power)) ** 2
    return max(2.0, math.ceil(2 * total / effect**2 + z * z / 4))


def _pooled(tried: Sequence[TriedConfiguration]) -> tuple[float, int]:
    """Standard deviation between repeats and its freedom.

    Over the better configurations where any of them was repeated, because poor ones
    often vary more. Not below that of rounding: equal quantised results do not mean no
    variance.
    """
    better = tried[: max(_FEW, len(tried) // 2)]
    repeated = _repeated(better) or _repeated(tried)
    if not repeated:
        raise NotEnoughDataError(
            "at least 1 configuration trained again with another seed; there is none"
        )
    squares = sum(float(((errors - errors.mean()) ** 2).sum()) for errors in repeated)
    freedom = sum(len(errors) - 1 for errors in repeated)
    floor = _rounding(tried)
    return max(math.sqrt(squares / freedom), floor), freedom


def _repeated(tried: Sequence[TriedConfiguration]) -> list[FloatArray]:
    return [each.errors for each in tried if len(each.trials) > 1]


def _rounding(tried: Sequence[TriedConfiguration]) -> float:
    errors = np.concatenate([each.errors for each in tried])
    return max(resolution(errors) / math.sqrt(12), 1e-300)


def _standard_error(
    first: TriedConfiguration,
    second: TriedConfiguration,
    pooled: float,
    freedom: int,
) -> tuple[float, float]:
    """Of the difference of two means, with its degrees of freedom."""
    counts = len(first.trials), len(second.trials)
    floor = _rounding((first, second))
    if min(counts) < 2:
        return pooled * math.sqrt(1 / counts[0] + 1 / counts[1]), freedom
    parts = [
        max(float(each.errors.var(ddof=1)), floor**2) / count
        for each, count in zip((first, second), counts, strict=True)
    ]
    # In units of the larger part, because squares of small variances underflow.
    shares = [part / max(parts) for part in parts]
    below = sum(
        share**2 / (count - 1) for share, count in zip(shares, counts, strict=True)
    )
    return math.sqrt(sum(parts)), sum(shares) ** 2 / below


def _mean_deviation(first: TriedConfiguration, second: TriedConfiguration) -> float:
    """Root of the mean of both variances; 0 where either is not known."""
    if min(len(first.trials), len(second.trials)) < 2:
        return 0.0
    variances = [float(each.errors.var(ddof=1)) for each in (first, second)]
    return math.sqrt(sum(variances) / 2)


def _p_value(difference: float, error: float, freedom: float) -> float:
    return min(1.0, 2 * tail(abs(difference) / error, freedom))

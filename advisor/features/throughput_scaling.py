"""Examples per second against batch size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.student import quantile
from advisor.model.curve import Curve, FloatArray
from advisor.model.trial import Part, Trial

_START_UP = 0.1  # of the measurements: compilation, caches and queues that fill
_FEWEST_FOR_A_BEND = 5  # a level, two slopes, and two trials more

_NO_NOISE = 1e-18  # squares of logarithms: what rounding leaves


@dataclass(frozen=True, slots=True)
class ThroughputScaling:
    """Slopes of log throughput over log batch size; 1 doubles with the batch."""

    trials: int = quantity("trials", "with batch size and examples per second")
    sizes: int = quantity("sizes", "different batch sizes")
    smallest: float = quantity("examples", "smallest batch")
    largest: float = quantity("examples", "largest batch")
    slope: float = quantity("log per log", "over all batch sizes")
    bend: float = quantity("examples", "batch size from which on the last slope holds")
    first_slope: float = quantity("log per log", "up to the bend")
    last_slope: float = quantity("log per log", "from the bend on")
    lower: float = quantity("log per log", "lower end of its 95% interval")
    upper: float = quantity(
        "log per log", "upper end, corrected for the choice of the bend"
    )
    spread: float = quantity(
        "fraction", "deviation of one trial from the line, relative"
    )
    at_bend: float = quantity("examples per second", "fitted at the bend")
    at_largest: float = quantity("examples per second", "fitted at the largest batch")


@feature()
def throughput_scaling(
    batch_sizes: FloatArray, examples_per_second: FloatArray
) -> ThroughputScaling:
    """How examples per second grow with the batch size [N], one value a trial.

    A line in the logarithms, or one with a bend at the batch size that fits best, where
    that fits better at the 5% level. The last slope's 95% interval is Student's. Both
    share their level among the bends that were looked at (Bonferroni).
    """
    sizes = np.unique(batch_sizes)
    count = len(batch_sizes)
    if len(sizes) < 2 or count < 3:
        raise NotEnoughDataError(
            f"at least 2 batch sizes and 3 trials with examples per second; there are "
            f"{len(sizes)} and {count}"
        )
    x, y = np.log(batch_sizes), np.log(examples_per_second)
    bends = [float(sizes[0])]
    if count >= _FEWEST_FOR_A_BEND:
        # One trial alone beyond a bend may only have run on a slower machine.
        bends.extend(float(x) for x in sizes[1:-1] if (batch_sizes > x).sum() > 1)
    fits = {bend: _Fit(x, y, math.log(bend)) for bend in bends}
    straight = fits[bends[0]]
    bend = min(fits, key=lambda each: fits[each].squares)
    needed = quantile(0.025 / len(fits), fits[bend].freedom)
    if straight.squares - fits[bend].squares <= needed**2 * fits[bend].variance:
        bend = bends[0]
    fit = fits[bend]
    margin = quantile(0.025 / len(fits), fit.freedom) * fit.error
    return ThroughputScaling(
        trials=count,
        sizes=len(sizes),
        smallest=float(sizes[0]),
        largest=float(sizes[-1]),
        slope=straight.last_slope,
        bend=bend,
        first_slope=fit.first_slope,
        last_slope=fit.last_slope,
        lower=fit.last_slope - margin,
        upper=fit.last_slope + margin,
        spread=math.sqrt(fit.variance),
        at_bend=math.exp(min(fit.at(math.log(bend)), 700.0)),
        at_largest=math.exp(min(fit.at(math.log(sizes[-1])), 700.0)),
    )


class _Fit:
    """Least squares of a line with a bend; without one where the bend is the start."""

    def __init__(self, x: FloatArray, y: FloatArray, bend: float) -> None:
        self._bend = bend
        columns = [np.ones(len(x)), np.maximum(x - bend, 0.0)]
        if bend > x.min():
            columns.append(np.minimum(x - bend, 0.0))
        design = np.stack(columns, axis=1)
        self._coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
        residuals = y - design @ self._coefficients
        self.freedom = len(x) - len(columns)
        self.squares = max(float(residuals @ residuals), _NO_NOISE)
        self.variance = self.squares / self.freedom
        inverse = np.linalg.inv(design.T @ design)
        self.last_slope = float(self._coefficients[1])
        self.first_slope = float(self._coefficients[-1])
        self.error = math.sqrt(self.variance * float(inverse[1, 1]))

    def at(self, x: float) -> float:
        """The fitted logarithm at or after the bend."""
        return float(self._coefficients[0] + self._coefficients[1] * (x - self._bend))


def examples_per_second_of(trial: Trial, batch_size: float) -> float | None:
    """The steady rate of a trial, logged, or else from wall times and batch size.

    Wall times tell nothing where evaluations lie between most of the logged steps.
    """
    logged = trial.curves.get("throughput")
    rate = steady_rate(logged) if logged is not None else None
    curve = trial.curves.get("training_loss") or trial.curves.get("learning_rate")
    if rate is None and curve is not None and _pauses(trial) < len(curve) / 2:
        rate = (steps_per_second(curve) or 0.0) * batch_size
    return rate if rate is not None and 0 < rate < math.inf else None


def _pauses(trial: Trial) -> int:
    parts: tuple[Part, ...] = ("validation_error", "validation_loss", "training_error")
    return max(len(trial.curves.get(part, ())) for part in parts)


def steady_rate(throughput: Curve) -> float | None:
    """A trial's examples per second: the median once training is under way."""
    values = throughput.values[np.isfinite(throughput.values)]
    values = values[math.ceil(_START_UP * len(values)) :] if len(values) > 2 else values
    return float(np.median(values)) if len(values) else None


def steps_per_second(logged: Curve) -> float | None:
    """Median over the intervals between logged steps, start-up removed.

    Pauses for evaluation lengthen single intervals, which a median leaves out.
    """
    if logged.wall_times is None or logged.axis != "step" or len(logged) < 4:
        return None
    seconds = np.diff(logged.wall_times)
    steps = np.diff(logged.steps)
    good = np.isfinite(seconds) & (seconds > 0) & (steps > 0)
    rates = steps[good] / seconds[good]
    rates = rates[math.ceil(_START_UP * len(rates)) :]
    return float(np.median(rates)) if len(rates) > 1 else None

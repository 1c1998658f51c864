"""Which trials are infeasible, and why: diverged, a very bad loss, crashed, no start.

Only what is beyond doubt makes a trial infeasible here, because its error is then never
compared. Whether a curve became unstable is for the rules to judge.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from advisor.interpret.metrics import read_metric
from advisor.model.curve import Curve
from advisor.model.log import State, TrialLog
from advisor.model.study import Objective
from advisor.model.trial import Infeasibility, Part, Trial

_LOSSES: tuple[tuple[Part, str], ...] = (
    ("training_loss", "training loss"),
    ("validation_loss", "validation loss"),
)
_ENDS = 3  # values whose median is the start or the end of a curve
_LONG = 4 * _ENDS
_ALMOST = 0.9  # of the usual length: a crash after that lost nothing
_FAR = 10.0  # times the distance from the best to the upper quartile
_ENOUGH = 8


def with_feasibility(
    trials: Sequence[Trial], logs: Sequence[TrialLog], objective: Objective | None
) -> tuple[Trial, ...]:
    """The trials in order, infeasible ones with their reason and without an error."""
    usual = _usual_length(trials)
    anything = any(log.points or log.results for log in logs)
    losses = _losses_of_results(logs)
    judged = [
        _judged(trial, log, objective, usual, anything, losses)
        for trial, log in zip(trials, logs, strict=True)
    ]
    return tuple(without_very_bad(judged))


def _judged(
    trial: Trial,
    log: TrialLog,
    objective: Objective | None,
    usual: int | None,
    anything: bool,
    losses: frozenset[str],
) -> Trial:
    reason = (
        _not_finite(trial, log, objective, losses)
        or _exploded(trial, objective)
        or _broken_off(trial, log, usual, anything)
    )
    return trial if reason is None else _infeasible(trial, reason)


def _infeasible(trial: Trial, reason: Infeasibility) -> Trial:
    return replace(
        trial, infeasibility=reason, error=None, final_error=None, best_step=None
    )


def _losses_of_results(logs: Sequence[TrialLog]) -> frozenset[str]:
    """Losses in tables that are numbers in most trials, so that NaN says something."""
    measured = Counter(
        (tag, math.isfinite(value))
        for log in logs
        for tag, value in log.results.items()
        if read_metric(tag).kind == "loss" and read_metric(tag).split != "test"
    )
    return frozenset(
        tag
        for tag, finite in measured
        if finite and measured[tag, True] >= measured[tag, False]
    )


def _not_finite(
    trial: Trial, log: TrialLog, objective: Objective | None, losses: frozenset[str]
) -> Infeasibility | None:
    for part, name in _LOSSES:
        curve = trial.curves.get(part)
        if curve is not None and (found := _from_where(curve)) is not None:
            step, value = found
            return Infeasibility(
                "diverged", f"{name} is {value} from {curve.axis} {step:,} on", step
            )
    if objective is None:
        return None
    curve = trial.curves.get("validation_error")
    if curve is not None and trial.error is None and len(curve):
        return Infeasibility(
            "diverged", f"{objective.metric} is never finite", int(curve.steps[0])
        )
    result = log.results.get(objective.metric)
    if curve is None and result is not None and not math.isfinite(result):
        return Infeasibility("diverged", f"{objective.metric} is {result}")
    for tag, number in log.results.items():
        if tag in losses and tag not in log.curves and not math.isfinite(number):
            return Infeasibility("diverged", f"{tag} is {number}")
    return None


def _from_where(curve: Curve) -> tuple[int, str] | None:
    """The step from which on no value is finite, and the value there."""
    finite = np.flatnonzero(np.isfinite(curve.values))
    start = int(finite[-1]) + 1 if len(finite) else 0
    if start == len(curve):
        return None
    value = curve.values[start]
    return int(curve.steps[start]), "NaN" if np.isnan(value) else f"{value:+}"


def _exploded(trial: Trial, objective: Objective | None) -> Infeasibility | None:
    """A loss that ends above twice its start and above all that it began with."""
    if objective is None or read_metric(objective.metric).kind == "reward":
        return None  # in reinforcement learning losses grow with the rewards
    curve = trial.curves.get("training_loss")
    if curve is None or len(curve) < _LONG:
        return None
    values = curve.finite().values
    start, end = float(np.median(values[:_ENDS])), float(np.median(values[-_ENDS:]))
    early = float(values[: len(values) // 4].max())
    if end <= early or end - start <= abs(start):
        return None
    return Infeasibility(
        "diverged",
        f"training loss ends at {end:.4g}, having started at {start:.4g}",
        int(curve.steps[-1]),
    )


def _broken_off(
    trial: Trial, log: TrialLog, usual: int | None, anything: bool
) -> Infeasibility | None:
    nothing = not log.points and not log.results
    state: State | None = log.state
    if state in ("crashed", "failed"):
        if nothing:
            return Infeasibility("failed to start", f"it {state} before it logged")
        whole = usual is not None and (trial.last_step or 0) >= _ALMOST * usual
        if trial.error is None or not whole:
            return Infeasibility("crashed", f"its log says {state}", trial.last_step)
    if nothing and anything and state is None:
        return Infeasibility("failed to start", "nothing was logged")
    return None


def _usual_length(trials: Sequence[Trial]) -> int | None:
    """The longest training that was seen, or what was configured."""
    lengths = [trial.last_step for trial in trials if trial.last_step is not None]
    return max(lengths, default=None)


def without_very_bad(trials: Sequence[Trial]) -> list[Trial]:
    """Marks errors that lie absurdly far above those of the better three quarters."""
    errors = np.array([trial.error for trial in trials if trial.feasible], np.float64)
    if len(errors) < _ENOUGH:
        return list(trials)
    best, quartile = float(errors.min()), float(np.quantile(errors, 0.75))
    limit = quartile + _FAR * (quartile - best)
    if quartile == best:
        return list(trials)
    return [
        _infeasible(
            trial,
            Infeasibility(
                "very bad loss",
                f"an error of {trial.error:.4g}, where three quarters of the trials "
                f"lie between {best:.4g} and {quartile:.4g}",
            ),
        )
        if trial.feasible and trial.error is not None and trial.error > limit
        else trial
        for trial in trials
    ]

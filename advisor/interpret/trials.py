"""One trial from its log: curves by part, the error, steps, seed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from advisor.interpret.episodes import is_of_episodes, means_of_episodes
from advisor.interpret.parts import Source
from advisor.interpret.training_length import max_train_steps
from advisor.model.curve import Curve
from advisor.model.log import TrialLog, Value
from advisor.model.study import Objective
from advisor.model.trial import Part, Trial

_SEED_KEYS = ("seed", "random_seed", "rng_seed", "training_seed", "random_state")
_SEED_IN_NAME = re.compile(r"(?:^|[/_.\-])(?:rng_?)?seed[_=\-]?([0-9]+)", re.IGNORECASE)


def trial_of(
    log: TrialLog,
    name: str,
    parts: Mapping[Part, tuple[Source, ...]],
    objective: Objective | None,
) -> Trial:
    """The trial, before anyone says whether it is feasible."""
    curves: dict[Part, Curve] = {}
    for part, sources in parts.items():
        curve = next(
            (found for source in sources if (found := _curve(log, source))), None
        )
        if curve is not None:
            curves[part] = curve
    rewards = curves.get("validation_error")
    if rewards is not None and objective is not None and is_of_episodes(objective):
        curves["rewards"] = rewards
        curves["validation_error"] = means_of_episodes(rewards)
    error, final, best_step = _errors(log, curves, objective)
    longest = _last_steps(curves)
    return Trial(
        name=name,
        hyperparameters=log.configuration,
        curves=curves,
        error=error,
        final_error=final,
        best_step=best_step,
        last_step=longest,
        max_train_steps=max_train_steps(log.configuration, curves),
        finished=log.state in (None, "finished"),
        seed=seed_of(log, name),
        sources=log.sources,
    )


def seed_of(log: TrialLog, name: str) -> Value:
    """The seed in the configuration, or in the name of a folder."""
    for key, value in log.configuration.items():
        last = key.replace("/", ".").rpartition(".")[2].lower().replace("-", "_")
        if last in _SEED_KEYS and value is not None:
            return value
    found = _SEED_IN_NAME.search(name)
    return int(found[1]) if found and len(found[1]) < 19 else None


def _curve(log: TrialLog, source: Source) -> Curve | None:
    """The source's curve, lower is better, steps strictly increasing."""
    if any(tag not in log.curves or not len(log.curves[tag]) for tag in source.tags):
        return None
    curves = [log.curves[tag].without_rewinds() for tag in source.tags]
    first = curves[0]
    if len(curves) > 1:
        if any(not np.array_equal(each.steps, first.steps) for each in curves):
            return None
        total = np.sum([each.values for each in curves], axis=0)
        first = Curve(first.steps, total, first.wall_times, first.axis)
    return first.negated() if source.sign < 0 else first


def _errors(
    log: TrialLog, curves: Mapping[Part, Curve], objective: Objective | None
) -> tuple[float | None, float | None, int | None]:
    """Error by the study's selection, final error, and the step of the best value."""
    if objective is None:
        return None, None, None
    curve = curves.get("validation_error") or (
        curves.get("training_error") if objective.split == "train" else None
    )
    if curve is not None and len(finite := curve.finite()):
        best = int(np.argmin(finite.values))
        final = float(finite.values[-1])
        error = final if objective.selection == "final" else float(finite.values[best])
        return error, final, int(finite.steps[best])
    value = log.results.get(objective.metric)
    if value is None or not math.isfinite(value):
        return None, None, None
    error = objective.goal.sign * value
    return error, error, None


def _last_steps(curves: Mapping[Part, Curve]) -> int | None:
    """The last step of training: of the objective's axis where axes differ."""
    leading = curves.get("validation_error") or next(iter(curves.values()), None)
    if leading is None:
        return None
    same = [curve for curve in curves.values() if curve.axis == leading.axis]
    return max(int(curve.steps[-1]) for curve in same)

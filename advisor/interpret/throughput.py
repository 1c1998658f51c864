"""Examples per second from wall times, where they were not logged themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from advisor.interpret.hyperparameter_names import read_key
from advisor.model.curve import Curve
from advisor.model.log import TrialLog, Value, is_number
from advisor.model.trial import Part

_FEWEST = 4
_PARTS: tuple[Part, ...] = ("training_loss", "learning_rate", "gradient_norm")


def throughput_of(log: TrialLog, curves: Mapping[Part, Curve]) -> Curve | None:
    """Batch size times steps over seconds, between neighbouring points of one curve.

    Start-up falls before the first point; pauses for evaluation lower a few values,
    which a median ignores.
    """
    size = batch_size_of(log.configuration)
    curve = next((curves[part] for part in _PARTS if part in curves), None)
    if size is None or curve is None or curve.axis != "step":
        return None
    if curve.wall_times is None or len(curve) < _FEWEST:
        return None
    steps, seconds = np.diff(curve.steps), np.diff(curve.wall_times)
    told = (steps > 0) & (seconds > 0)
    # Points written together share a time; most must tell something.
    if int(told.sum()) < max(_FEWEST - 1, len(told) // 2):
        return None
    return Curve(curve.steps[1:][told], size * steps[told] / seconds[told])


def batch_size_of(configuration: Mapping[str, Value]) -> float | None:
    """Examples of one update, with gradient accumulation."""
    size, accumulated = None, 1.0
    for key, value in configuration.items():
        if not is_number(value) or value <= 0:
            continue
        match read_key(key).alias:
            case "batch_size":
                size = size or float(value)
            case "gradient_accumulation":
                accumulated = float(value)
    return size * accumulated if size is not None else None

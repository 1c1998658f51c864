"""The learning rate of every step, known before training starts.

Warmup is prepended: the schedule proper runs over the steps that are left
(playbook, "How should learning rate warmup be applied?").
"""

from __future__ import annotations

import numpy as np

from advisor.model.curve import FloatArray
from advisor.trainer.configuration import TrialConfiguration


def learning_rates(configuration: TrialConfiguration) -> FloatArray:
    """The rate η_t of every update, [max_train_steps]."""
    warmup = configuration.warmup_steps
    left = configuration.max_train_steps - warmup
    rising = np.arange(1, warmup + 1, dtype=np.float64) / max(warmup, 1)
    factors = np.concatenate((rising, _decay(configuration, left)))
    return configuration.learning_rate * factors


def _decay(configuration: TrialConfiguration, steps: int) -> FloatArray:
    """The rate over the base rate after warmup, [steps]."""
    step = np.arange(steps, dtype=np.float64)
    end = configuration.end_factor
    progress = np.minimum(step / max(configuration.decay_fraction * steps, 1.0), 1.0)
    match configuration.schedule:
        case "constant":
            return np.ones(steps)
        case "linear":
            return 1 - (1 - end) * progress
        case "cosine":  # Loshchilov & Hutter 2017, SGDR, equation 5, without restarts
            return end + (1 - end) * (1 + np.cos(np.pi * progress)) / 2
        case "step":
            interval = max(configuration.step_interval * steps, 1.0)
            drops = np.floor(step / interval + 1e-9)  # 0.3 * 10 is not quite 3
            return np.asarray(configuration.step_factor**drops, np.float64)

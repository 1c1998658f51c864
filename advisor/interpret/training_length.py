"""How long a trial was configured to train, in the unit of its curves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from advisor.model.curve import Curve
from advisor.model.log import Value, is_number
from advisor.model.trial import Part

STEP_KEYS = (
    "max_train_steps",
    "max_steps",
    "total_steps",
    "num_train_steps",
    "num_training_steps",
    "training_steps",
    "train_steps",
    "max_global_steps",
    "max_training_steps",
    "n_steps_total",
    "total_timesteps",
    "n_timesteps",
    "max_iters",
    "max_iterations",
    "num_iterations",
    "total_iterations",
    "max_updates",
    "num_steps",
    "steps",
)
EPOCH_KEYS = (
    "max_epochs",
    "epochs",
    "num_epochs",
    "n_epochs",
    "num_train_epochs",
    "nb_epochs",
    "total_epochs",
    "training_epochs",
    "train_epochs",
    "nepochs",
)


def max_train_steps(
    configuration: Mapping[str, Value], curves: Mapping[Part, Curve]
) -> int | None:
    """The configured length, or None where it is in another unit than the curves."""
    leading = curves.get("validation_error") or next(iter(curves.values()), None)
    by_epochs = leading is not None and (
        leading.axis == "epoch" or _counts_evaluations(leading)
    )
    last = int(leading.steps[-1]) if leading is not None else 0
    steps = _find(configuration, STEP_KEYS)
    epochs = _find(configuration, EPOCH_KEYS)
    # TensorBoard calls epochs steps too: 0, 1, 2 … up to the configured epochs.
    if by_epochs and epochs is not None and last <= epochs:
        return epochs
    if leading is not None and leading.axis != "step":
        return None
    return steps if steps is None or steps >= last else None


def configured_updates(configuration: Mapping[str, Value]) -> int | None:
    """The number of updates that a configuration states, whatever curves count."""
    return _find(configuration, STEP_KEYS)


def _counts_evaluations(curve: Curve) -> bool:
    return len(curve) > 1 and bool((np.diff(curve.steps) == 1).all())


def _find(configuration: Mapping[str, Value], names: tuple[str, ...]) -> int | None:
    by_name: dict[str, Value] = {}
    for key, value in configuration.items():
        last = key.replace("/", ".").rpartition(".")[2].lower().replace("-", "_")
        by_name.setdefault(last, value)
    for name in names:
        value = by_name.get(name)
        if not is_number(value):
            continue
        if 0 < value < 1 << 62:  # Lightning and Hugging Face write -1 for no limit
            return int(value)
    return None

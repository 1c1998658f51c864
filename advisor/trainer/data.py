"""Examples of a workload, and the order in which a trial sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.model.curve import IntArray
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError
from advisor.trainer.tensor import Array


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Training and validation examples; the first axis counts examples."""

    train_inputs: Array
    train_targets: Array
    validation_inputs: Array
    validation_targets: Array

    def __post_init__(self) -> None:
        for part in ("train", "validation"):
            inputs = len(getattr(self, f"{part}_inputs"))
            targets = len(getattr(self, f"{part}_targets"))
            if inputs != targets or not inputs:
                raise TrainerError(
                    f"expected as many {part} targets as inputs, at least one, "
                    f"but got {inputs} inputs and {targets} targets"
                )

    def limited(self, configuration: TrialConfiguration) -> Data:
        """The first examples, as many as configured, labels made noisy as configured.

        Raises:
            TrainerError: more are asked for than there are.
        """
        train = _limit(
            "train_examples", configuration.train_examples, self.train_inputs
        )
        held_out = _limit(
            "validation_examples",
            configuration.validation_examples,
            self.validation_inputs,
        )
        targets = _noisy(self.train_targets, configuration.label_noise)
        return Data(
            self.train_inputs[:train],
            targets[:train],
            self.validation_inputs[:held_out],
            self.validation_targets[:held_out],
        )


def _limit(name: str, wanted: int | None, examples: Array) -> int:
    if wanted is not None and wanted > len(examples):
        raise TrainerError(f"`{name}` must be at most {len(examples)}, not {wanted}")
    return len(examples) if wanted is None else wanted


def _noisy(targets: Array, share: float) -> Array:
    """Labels of which `share` are exchanged for those of random other examples."""
    if not share:
        return targets
    rng = np.random.default_rng(20_231)
    exchanged = rng.random(len(targets)) < share
    return np.where(
        exchanged.reshape(-1, *(1 for _ in targets.shape[1:])),
        targets[rng.integers(0, len(targets), len(targets))],
        targets,
    )


def example_order(
    configuration: TrialConfiguration, examples: int, first: int, count: int
) -> IntArray:
    """Which examples the updates `first` to `first + count` see: [count, batch_size].

    Epochs are shuffled one by one and follow each other without a gap, so that a batch
    may hold the end of one and the beginning of the next.
    """
    size = configuration.batch_size
    places = np.arange(first * size, (first + count) * size)
    order = np.empty(len(places), np.int64)
    for epoch in range(places[0] // examples, places[-1] // examples + 1):
        rng = np.random.default_rng((configuration.data_seed, epoch))
        inside = places // examples == epoch
        order[inside] = rng.permutation(examples)[places[inside] % examples]
    return order.reshape(count, size)

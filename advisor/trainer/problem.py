"""What the loop trains: initial weights, outputs, losses. Bundled workloads as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.losses import TASKS, Task
from advisor.trainer.models.model import find_model
from advisor.trainer.tensor import Arrays, Tensor, Tensors
from advisor.trainer.workloads.workload import Workload


class Problem(Protocol):
    """One architecture with its task. Equal problems share compiled code."""

    def __hash__(self) -> int: ...

    @property
    def task(self) -> Task:
        """Loss and error."""

    def initialize(self, configuration: TrialConfiguration) -> tuple[Arrays, Arrays]:
        """Weights and running statistics of one model."""

    def apply(self, weights: Tensors, x: Tensor, context: Context) -> Tensor:
        """Outputs of M models for inputs [M, B, …]."""

    def decays(self, name: str) -> bool:
        """Whether weight decay acts on the weight of this name."""


@dataclass(frozen=True, slots=True)
class BundledProblem:
    """A workload under what the trials of a batch have in common."""

    workload: Workload
    common: TrialConfiguration

    @property
    def task(self) -> Task:
        """As the workload says."""
        return TASKS[self.workload.task]

    def initialize(self, configuration: TrialConfiguration) -> tuple[Arrays, Arrays]:
        """By the configuration's own seed and scale."""
        initial = find_model(self.workload.model).initialize(
            configuration, self.workload.inputs, self.workload.outputs
        )
        return initial.weights, initial.statistics

    def apply(self, weights: Tensors, x: Tensor, context: Context) -> Tensor:
        """The pass of the workload's model."""
        model = find_model(self.workload.model)
        return model.apply(weights, x, self.common, context)

    def decays(self, name: str) -> bool:
        """Kernels and embeddings, not biases or gains."""
        return name.endswith(("/kernel", "/embedding"))

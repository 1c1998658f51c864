"""What every architecture offers, and finding one by name."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.models.initial import InitialWeights
from advisor.trainer.tensor import Tensor, Tensors


class Model(Protocol):
    """A module of this package."""

    def initialize(
        self,
        configuration: TrialConfiguration,
        inputs: tuple[int, ...],
        outputs: int,
    ) -> InitialWeights:
        """Weights of one model, for examples of shape `inputs`."""

    def apply(
        self,
        weights: Tensors,
        x: Tensor,
        configuration: TrialConfiguration,
        context: Context,
    ) -> Tensor:
        """Outputs [M, B, …, outputs] of M models."""


def find_model(name: str) -> Model:
    """The architecture that a workload names."""
    return cast(Model, importlib.import_module(f"advisor.trainer.models.{name}"))

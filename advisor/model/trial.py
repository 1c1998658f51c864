"""A trial: one configuration, trained once with one seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal, TypeAlias

from advisor.model.curve import Curve
from advisor.model.log import Value

Part: TypeAlias = Literal[
    "training_loss",
    "training_error",
    "validation_loss",
    "validation_error",
    "learning_rate",
    "gradient_norm",
    "throughput",
    "rewards",
]
"""The parts that curves play. Losses and errors are turned so that lower is better.

Rewards are those of single episodes, where the objective is their mean.
"""


class TrialStatus(Enum):
    """Derived, never stored."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True)
class Infeasibility:
    """Why a trial is infeasible, and where it was seen."""

    cause: Literal["diverged", "very bad loss", "crashed", "failed to start"]
    detail: str
    step: int | None = None

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One configuration trained once.

    `error` is the study's objective turned so that lower is better: the best value over
    training unless the study selects the final one. It is None where nothing finite was
    measured. Infeasible trials carry a reason and never an error that enters a mean.
    """

    name: str
    hyperparameters: Mapping[str, Value] = field(default_factory=dict)
    curves: Mapping[Part, Curve] = field(default_factory=dict)
    error: float | None = None
    final_error: float | None = None
    best_step: int | None = None
    last_step: int | None = None
    max_train_steps: int | None = None  # as configured; None where the log does not say
    infeasibility: Infeasibility | None = None
    finished: bool = True
    seed: Value = None
    sources: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        for value in (self.error, self.final_error):
            if value is not None and not math.isfinite(value):
                raise ValueError(
                    f"an error must be finite, but {self.name} has {value}"
                )

    @property
    def status(self) -> TrialStatus:
        """Infeasible if there is a reason, complete if finished with a result."""
        if self.infeasibility is not None:
            return TrialStatus.INFEASIBLE
        if self.finished and self.error is not None:
            return TrialStatus.COMPLETE
        return TrialStatus.INCOMPLETE

    @property
    def feasible(self) -> bool:
        """Has an error that may be compared."""
        return self.infeasibility is None and self.error is not None

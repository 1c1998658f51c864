"""What a confirming experiment showed: arms, effects, and a verdict with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeAlias

from advisor.model.curve import Curve

Prediction: TypeAlias = Literal["smaller", "larger", "same", "gone"]
"""What the advice does to the measure, or that the finding is gone under it."""


class Level(Enum):
    """How much of the flagged trial was reproduced."""

    SAME_PIPELINE = "same pipeline"
    ANALOGUE = "analogue"


class ConfirmationVerdict(Enum):
    """What the experiment says of the finding."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Repeat:
    """One trial of an arm: its seed, whether the finding came back, and the measure."""

    seed: int
    fires: bool | None  # None: the rule could not tell
    measure: float | None  # None where it could not be measured
    error: float | None  # of the objective, lower is better; None if infeasible
    curve: Curve | None = None  # of the objective, as logged
    infeasible: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """Difference of an arm to the reproduction, paired by seed, in its own unit."""

    pairs: int
    mean: float
    lower: float
    upper: float
    p_value: float  # one-sided, in the predicted direction


@dataclass(frozen=True, slots=True)
class Arm:
    """The same configuration with one change, trained with several seeds."""

    name: str  # the change in words; "again" for the reproduction
    change: Mapping[str, Any] = field(default_factory=dict)
    repeats: tuple[Repeat, ...] = ()
    effect: Effect | None = None  # None for the reproduction
    as_predicted: bool | None = None  # None: not decided
    skipped: str = ""  # why it was not trained

    @property
    def fires(self) -> int:
        """How many seeds show the finding."""
        return sum(each.fires is True for each in self.repeats)

    @property
    def clear(self) -> int:
        """How many seeds show that it is not there; those that tell nothing do not."""
        return sum(each.fires is False for each in self.repeats)

    @property
    def broken(self) -> int:
        """How many seeds tell nothing because their trials are infeasible."""
        return sum(each.fires is None and each.infeasible for each in self.repeats)

    @property
    def unknown(self) -> int:
        """How many tell nothing for another reason."""
        return sum(each.fires is None and not each.infeasible for each in self.repeats)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One finding, tested."""

    finding: str  # its id
    level: Level
    verdict: ConfirmationVerdict
    sentence: str  # the verdict in one sentence, with its numbers
    measure: str  # the look-up that was compared, or "objective"
    prediction: Prediction | None  # None: the arms are for information
    again: Arm
    arms: tuple[Arm, ...] = ()
    workload: str = ""  # what was trained: a bundled workload, a builder, a command
    objective: str = ""  # the metric of the curves, as logged
    sign: int = 1  # error times sign is the objective as logged

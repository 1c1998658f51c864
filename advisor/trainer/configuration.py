"""One vocabulary for everything that a trial of the trainer can be told."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from advisor.model.log import is_number
from advisor.trainer.errors import TrainerError

Optimizer: TypeAlias = Literal[
    "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "nadam"
]
Schedule: TypeAlias = Literal["constant", "linear", "cosine", "step"]
Normalization: TypeAlias = Literal["none", "batch", "ghost_batch", "layer"]
Activation: TypeAlias = Literal["relu", "gelu", "tanh", "sigmoid"]
Value: TypeAlias = bool | int | float | str | None


def _each(text: str) -> list[str]:
    return text.split()


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "optimizer": get_args(Optimizer),
    "schedule": get_args(Schedule),
    "normalization": get_args(Normalization),
    "activation": get_args(Activation),
}
_INFINITE = float("inf")
_BOUNDS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(
        _each(
            "learning_rate epsilon warmup_steps clip_norm weight_decay seed data_seed"
            " initialization_scale checkpoints_kept"
        ),
        (0.0, _INFINITE),
    ),
    **dict.fromkeys(
        _each(
            "max_train_steps batch_size ghost_batch_size width depth train_examples"
            " validation_examples eval_every"
        ),
        (1.0, _INFINITE),
    ),
    **dict.fromkeys(
        _each(
            "momentum beta1 beta2 rho averaging_decay label_smoothing label_noise"
            " dropout end_factor step_factor step_interval decay_fraction"
        ),
        (0.0, 1.0),
    ),
}
_BELOW_1 = ("momentum", "beta1", "beta2", "rho", "averaging_decay", "dropout")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialConfiguration:
    """Everything that decides how a trial trains; equal ones train equally.

    Raises:
        TrainerError: a value of another kind or outside of its natural limits.
    """

    workload: str
    max_train_steps: int
    batch_size: int
    learning_rate: float  # the base rate: the largest one, reached after warmup

    optimizer: Optimizer = "nesterov"
    momentum: float = 0.9  # γ of momentum, Nesterov and RMSProp
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.9  # RMSProp's decay of squared gradients
    epsilon: float = 1e-8

    schedule: Schedule = "constant"
    warmup_steps: int = 0  # prepended; max_train_steps includes them
    decay_fraction: float = 1.0  # of the steps after warmup, linear and cosine
    end_factor: float = 0.0  # last rate over base rate, linear and cosine
    step_factor: float = 0.1  # one drop of the step schedule
    step_interval: float = 0.3  # between drops, as a share of the steps after warmup

    clip_norm: float | None = None  # of the whole gradient; None does not clip
    weight_decay: float = 0.0  # of kernels and embeddings; decoupled in AdamW only
    dropout: float = 0.0
    label_smoothing: float = 0.0  # ignored where targets are numbers
    averaging_decay: float = 0.0  # of Polyak averaging; 0 does not average

    normalization: Normalization = "none"
    ghost_batch_size: int | None = None
    residual: bool = False
    width: int = 32
    depth: int = 2
    activation: Activation = "relu"
    initialization_scale: float = 1.0  # times the standard deviation after He or LeCun

    train_examples: int | None = None  # None: as many as the workload has
    validation_examples: int | None = None
    label_noise: float = 0.0  # share of training labels that are drawn at random

    seed: int = 0  # initial weights
    data_seed: int = 0  # order of the examples, dropout
    eval_every: int = 50  # steps
    checkpoints_kept: int = 1  # best ones

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(
                self,
                each.name,
                _checked(each.name, getattr(self, each.name), each.type),
            )
        self._check_together()

    def _check_together(self) -> None:
        if self.warmup_steps > self.max_train_steps:
            raise TrainerError(
                f"`warmup_steps` must be at most `max_train_steps`, "
                f"{self.max_train_steps}, but got {self.warmup_steps}"
            )
        size = self.ghost_batch_size
        if self.normalization == "ghost_batch" and (
            size is None or self.batch_size % size
        ):
            raise TrainerError(
                f"`ghost_batch_size` must divide `batch_size`, {self.batch_size}, "
                f"but got {size}; write e.g. ghost_batch_size: {self.batch_size}"
            )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> TrialConfiguration:
        """Reads what `to_mapping` wrote; entries that are left out have defaults.

        Raises:
            TrainerError: an unknown or a missing key, or a value out of place.
        """
        known = {each.name for each in fields(cls)}
        for key in mapping:
            if key not in known:
                near = difflib.get_close_matches(str(key), sorted(known), 1, 0.0)[0]
                raise TrainerError(
                    f"`{key}` is no setting of a trial; did you mean `{near}`?"
                )
        for key in ("workload", "max_train_steps", "batch_size", "learning_rate"):
            if key not in mapping:
                raise TrainerError(f"`{key}` is missing; every trial must state it")
        return cls(**mapping)

    def to_mapping(self) -> dict[str, Value]:
        """Every setting by name, defaults included."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: the same in every process and version."""
        text = json.dumps(self.to_mapping(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _checked(name: str, value: Any, kind: Any) -> Value:
    """The value in the declared type: 1 and 1.0 shall have one fingerprint."""
    if value is None and "None" in kind:
        return None
    if choices := _CHOICES.get(name):
        if value not in choices:
            raise TrainerError(_expected(name, f"one of {', '.join(choices)}", value))
        return str(value)
    if kind in ("str", "bool"):
        if type(value).__name__ != kind:
            raise TrainerError(_expected(name, f"a {kind}", value))
        return value  # type: ignore[no-any-return]
    return _number(name, value, whole=kind.startswith("int"))


def _number(name: str, value: Any, *, whole: bool) -> int | float:
    if not is_number(value):
        raise TrainerError(_expected(name, "a number", value))
    least, most = _BOUNDS[name]
    if not least <= value <= most or value == _INFINITE:
        limits = (
            f"between {least:g} and {most:g}"
            if most < _INFINITE
            else (f"of at least {least:g}")
        )
        raise TrainerError(_expected(name, f"a number {limits}", value))
    if name in _BELOW_1 and value == 1:
        raise TrainerError(_expected(name, "below 1", value))
    if not whole:
        return float(value)
    if value != int(value):
        raise TrainerError(_expected(name, "a whole number", value))
    return int(value)


def _expected(name: str, expected: str, value: Any) -> str:
    return f"`{name}` must be {expected}, but got {value!r}"

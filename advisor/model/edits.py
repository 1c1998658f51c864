"""The vocabulary of edits: what a finding may ask of the next round.

    widen          {side: upper, to: 0.1}            move a bound outwards
    narrow         {side: upper, to: 0.01}           move a bound inwards
    exclude        {above: 0.1}                      leave out what lies beyond a value,
                   {above: 1, times: {momentum: 1}}  or beyond it, as a product
    rescale        {scale: log}                      sample on another scale
    reparameterise {to: one_minus_momentum}          search 1 - x in place of x
    fix            {value: 64}                       give it one value; none: the best's
    free           {lower: 0.0, upper: 0.5}          search over it
    set            {value: 1200}                     give a quantity of the plan a value
    multiply       {factor: 1.5}                     make a quantity larger or smaller
    trials         {at_least: 40}                    so many trials in this search space
    repeat         {repeats: 5}                      train a configuration so often

The target is a hyperparameter by its own name or the field's; for `set` and `multiply`
a quantity of the plan; for `repeat` a trial; for `trials` it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeAlias, get_type_hints

from advisor.model.log import Value
from advisor.model.search_space import Role, Scale, Side

PLAN_QUANTITIES = ("max_train_steps", "schedule", "sampling", "phase")


@dataclass(frozen=True, slots=True)
class Widen:
    """Moves the bound on one side outwards."""

    side: Side
    to: float


@dataclass(frozen=True, slots=True)
class Narrow:
    """Moves the bound on one side inwards."""

    side: Side
    to: float


@dataclass(frozen=True, slots=True)
class Exclude:
    """Leaves out where the target, times powers of others, is beyond a value."""

    above: float | None = None
    below: float | None = None
    times: Mapping[str, float] = field(default_factory=dict)  # exponent by name


@dataclass(frozen=True, slots=True)
class Rescale:
    """Samples on another scale."""

    scale: Scale


@dataclass(frozen=True, slots=True)
class Reparameterise:
    """Searches one minus the target, under the name `to`."""

    to: str
    scale: Scale = "log"


@dataclass(frozen=True, slots=True)
class Fix:
    """Keeps the target at one value; None is the value of the best trial."""

    value: Value = None


@dataclass(frozen=True, slots=True)
class Free:
    """Searches over the target, within these bounds unless it is searched already."""

    role: Role = "nuisance"
    lower: float | None = None
    upper: float | None = None
    scale: Scale = "linear"
    choices: tuple[bool | int | float | str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Set:
    """Gives a quantity of the plan a value; steps count as the curves count them."""

    value: Value


@dataclass(frozen=True, slots=True)
class Multiply:
    """Makes a quantity of the plan larger or smaller."""

    factor: float


@dataclass(frozen=True, slots=True)
class Trials:
    """Wants so many trials in this search space, those that are there included."""

    at_least: float


@dataclass(frozen=True, slots=True)
class Repeat:
    """Wants so many trainings of one configuration, those that are there included."""

    repeats: float
    trials: tuple[str, ...] = ()  # several configurations; else the target


Request: TypeAlias = (
    Widen
    | Narrow
    | Exclude
    | Rescale
    | Reparameterise
    | Fix
    | Free
    | Set
    | Multiply
    | Trials
    | Repeat
)

KINDS: Mapping[str, type[Request]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Widen, Narrow, Exclude, Rescale, Reparameterise, Fix, Free),
        *(Set, Multiply, Trials, Repeat),
    )
}
"""Every kind of edit by the word that rules use."""


def arguments_of(kind: str) -> Mapping[str, Any]:
    """The arguments of a kind of edit, and the type of each."""
    return get_type_hints(KINDS[kind])


def required_of(kind: str) -> tuple[str, ...]:
    """The arguments without which an edit of this kind says nothing."""
    return tuple(
        each.name
        for each in fields(KINDS[kind])
        if each.default is MISSING and each.default_factory is MISSING
    )

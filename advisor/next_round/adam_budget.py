"""Which of Adam's hyperparameters a number of trials can serve.

The playbook: below 10 trials the learning rate alone, from 10 on beta1 too, from 25 on
epsilon too, and well above 25 beta2 too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from advisor.model.log import Value
from advisor.model.planned_space import PLAN, Change, PlannedHyperparameter
from advisor.next_round.words import in_words

_FROM: Mapping[str, int] = {
    "learning_rate": 0,
    "beta1": 10,
    "one_minus_beta1": 10,
    "epsilon": 25,
    "beta2": 50,
    "one_minus_beta2": 50,
}
"""The number of trials from which on each may vary; 50 is well above 25."""

_OPTIMIZERS = ("adam", "lamb", "adan")


def is_adam_like(
    hyperparameters: Sequence[PlannedHyperparameter], incumbent: Mapping[str, Value]
) -> bool:
    """Whether every optimizer of the round is a kind of Adam.

    Without a word on the optimizer, hyperparameters that only Adam has tell it.
    """
    optimizer = next(
        (each for each in hyperparameters if each.alias == "optimizer"), None
    )
    if optimizer is None:
        aliases = {each.alias for each in hyperparameters if each.searched}
        return bool(aliases & (_FROM.keys() - {"learning_rate"}))
    if optimizer.space is not None:
        names: tuple[Value, ...] = optimizer.space.choices
    else:
        names = (optimizer.value, incumbent.get(optimizer.name))
    known = [str(name).lower() for name in names if name is not None]
    return bool(known) and all(
        any(word in name for word in _OPTIMIZERS) for name in known
    )


def trials_for(searched: Sequence[PlannedHyperparameter], earlier: int = 0) -> int:
    """How many new trials those of Adam's hyperparameters want that are searched.

    `earlier` trials lie in the search space; they serve what they varied.
    """
    wanted = (_wanted(each) - _serving(each, earlier) for each in searched)
    return max([0, *wanted])


def within_budget(
    hyperparameters: Sequence[PlannedHyperparameter],
    new: int,
    earlier: int,
    values: Mapping[str, Value],
) -> tuple[PlannedHyperparameter, ...]:
    """Fixes what the number of trials cannot serve, at the value of the best trial."""
    made = []
    for each in hyperparameters:
        trials = new + _serving(each, earlier)
        if trials < _wanted(each):
            each = _fixed(each, trials, values.get(each.name))
        made.append(each)
    return tuple(made)


def _serving(each: PlannedHyperparameter, earlier: int) -> int:
    """Trials that had one value of it say nothing about others."""
    return earlier if each.before is not None and each.before.varies else 0


def _wanted(each: PlannedHyperparameter) -> int:
    """The number of trials from which on it may vary, if it does."""
    if each.space is None or not each.space.ordered:
        return 0
    return _FROM.get(each.alias or "", 0)


def _fixed(
    each: PlannedHyperparameter, trials: int, value: Value
) -> PlannedHyperparameter:
    change = Change(
        f"fixed at {in_words(value)}",
        PLAN,
        f"{trials} trials, earlier ones that varied it included: the playbook "
        f"varies {each.alias} of Adam from {_wanted(each)} on",
    )
    return replace(
        each, role="fixed", space=None, value=value, changes=(*each.changes, change)
    )

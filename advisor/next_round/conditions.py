"""Hyperparameters that exist only for some values of another."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.model.log import Value
from advisor.model.planned_space import Condition
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study

_FEWEST = 2  # trials with it and without it, below which it may be chance


def conditions_of(study: Study) -> Mapping[str, Condition]:
    """The condition of every searched hyperparameter that some trials lack.

    Its parent is a categorical hyperparameter whose value alone tells whether a trial
    has it: `momentum` where `optimizer` is sgd.
    """
    parents = [each for each in study.search_space.varied if not each.ordered]
    found = {}
    for each in study.search_space.varied:
        for parent in parents:
            if parent is not each:
                condition = _condition(study, each, parent)
                if condition is not None:
                    found[each.name] = condition
                    break
    return found


def _condition(
    study: Study, each: Hyperparameter, parent: Hyperparameter
) -> Condition | None:
    having: list[Value] = []
    lacking: list[Value] = []
    for trial in study.trials:
        value = trial.hyperparameters.get(parent.name)
        has = trial.hyperparameters.get(each.name) is not None
        (having if has else lacking).append(value)
    if min(len(having), len(lacking)) < _FEWEST or set(having) & set(lacking):
        return None
    return Condition(parent.name, tuple(v for v in parent.choices if v in set(having)))

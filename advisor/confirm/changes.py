"""Changes applied to a configuration of the trainer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from advisor.confirm.experiment import Change
from advisor.confirm.pipelines.pipeline import NotApplicableError
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.log import is_number
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError

_WHOLE = frozenset(
    each.name
    for each in fields(TrialConfiguration)
    if each.type in ("int", "int | None")
)
_NAMES = frozenset(each.name for each in fields(TrialConfiguration))


def changed(configuration: TrialConfiguration, change: Change) -> TrialConfiguration:
    """The configuration with the change made.

    Raises:
        NotApplicableError: as `reproduced`, or the change changes nothing.
    """
    result = reproduced(configuration, change)
    if result == configuration and (change.set or change.multiply):
        raise NotApplicableError(f"{change} changes nothing")
    return result


def reproduced(configuration: TrialConfiguration, change: Change) -> TrialConfiguration:
    """The same for the reproduction itself, which may be as it was already.

    Raises:
        NotApplicableError: a setting the trainer has not, or a value out of place.
    """
    entries = configuration.to_mapping()
    for key, value in change.set.items():
        _set(entries, key, value)
    for key, factor in change.multiply.items():
        name = setting_of(key)
        entries[name] = _product(name, entries[name], factor)
    for name in _WHOLE:
        value = entries[name]
        if isinstance(value, float) and math.isfinite(value):
            entries[name] = max(1, round(value))
    try:
        return TrialConfiguration.from_mapping(entries)
    except TrainerError as error:
        raise NotApplicableError(str(error)) from error


def setting_of(key: str) -> str:
    """The trainer's name of a setting, given by its own name or an alias.

    Raises:
        NotApplicableError: the trainer has no such setting.
    """
    if key in _NAMES:
        return key
    alias = read_key(key).alias
    if alias is not None and alias in _NAMES:
        return alias
    raise NotApplicableError(f"the trainer has no setting {key}")


def _product(name: str, value: object, factor: object) -> float:
    if not is_number(value) or not is_number(factor):
        found = factor if is_number(value) else value
        raise NotApplicableError(f"{name} is not a number here, but {found}")
    return value * factor


def _set(entries: dict[str, Any], key: str, value: Any) -> None:
    if read_key(key).alias == "warmup_fraction":
        if not is_number(value):
            raise NotApplicableError(f"{key} is not a number here, but {value}")
        entries["warmup_steps"] = round(value * entries["max_train_steps"])
    else:
        entries[setting_of(key)] = value


def known_entries(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those entries of a trial's configuration that are settings of the trainer."""
    return {key: value for key, value in hyperparameters.items() if key in _NAMES}

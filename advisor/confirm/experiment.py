"""The experiment that a finding asks for, read from its rule's `confirm` block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from advisor.engine.confirm_part import ConfirmPart, CounterfactualPart, Returns
from advisor.errors import AdvisorError
from advisor.model.confirmation import Prediction
from advisor.model.finding import Finding
from advisor.model.log import is_number
from advisor.model.study import Study
from advisor.model.trial import Trial

AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a configuration: values set, values multiplied."""

    set: Mapping[str, Any] = field(default_factory=dict)
    multiply: Mapping[str, float] = field(default_factory=dict)
    trial: str = ""  # this trial's configuration instead

    def __str__(self) -> str:
        parts = [f"the configuration of {self.trial}"] if self.trial else []
        parts += [f"{key} = {_short(value)}" for key, value in self.set.items()]
        parts += [f"{key} × {_short(value)}" for key, value in self.multiply.items()]
        return ", ".join(parts) or AGAIN


@dataclass(frozen=True, slots=True)
class Experiment:
    """A finding, the trials to train again, and the arms beside them."""

    finding: Finding
    study: Study
    trials: tuple[Trial, ...]  # one, or several that take turns
    change: Change  # of the reproduction itself, mostly none
    arms: tuple[Change, ...]
    seeds: int
    measure: str
    returns: Returns
    at_least: float | None
    predicts: Prediction | None
    every: bool  # arm has to do as predicted, not only one
    margin: float
    keeps_objective: bool
    analogue: str


@dataclass(frozen=True, slots=True)
class NoExperiment:
    """Why a finding is not put to the test."""

    finding: Finding
    reason: str


def experiment_of(finding: Finding, study: Study) -> Experiment | NoExperiment:
    """What to train for `finding`.

    Raises:
        AdvisorError: the rule's `confirm` block is filled with something else.
    """
    part = _part(finding)
    if part.none or part.reproduce is None:
        reason = part.none or "its rule names no experiment"
        return NoExperiment(finding, reason)
    several = part.reproduce.trials
    names = [
        part.reproduce.trial,
        *([several] if isinstance(several, str) else several),
    ]
    names = [name for name in names if name]
    trials = [study.trials_by_name[n] for n in names if n in study.trials_by_name]
    if not trials:
        return NoExperiment(finding, f"there is no trial {', '.join(names) or 'named'}")
    return Experiment(
        finding=finding,
        study=study,
        trials=tuple(trials),
        change=Change(part.reproduce.set, part.reproduce.multiply),
        arms=tuple(_change(arm) for arm in part.counterfactual),
        seeds=_seeds(finding, part.seeds),
        measure=part.measure,
        returns=part.returns,
        at_least=_at_least(finding, part.at_least),
        predicts=part.predicts,
        every=part.every,
        margin=part.margin,
        keeps_objective=part.keeps_objective,
        analogue=part.analogue,
    )


def _part(finding: Finding) -> ConfirmPart:
    data = {key: _plain(value) for key, value in finding.confirm.items()}
    try:
        return msgspec.convert(data, ConfirmPart)
    except msgspec.ValidationError as error:
        raise AdvisorError(
            f"rule {finding.rule}: expected a confirming experiment, found "
            f"{finding.confirm}: {error}"
        ) from error


def _seeds(finding: Finding, seeds: int | str) -> int:
    text = str(seeds)
    if not text.isdecimal() or int(text) < 2:
        raise AdvisorError(
            f"rule {finding.rule}: expected at least 2 seeds, found `{seeds}`"
        )
    return int(text)


def _at_least(finding: Finding, value: Any) -> float | None:
    if value is None or is_number(value):
        return value
    raise AdvisorError(
        f"rule {finding.rule}: expected a number as `at_least`, found `{value}`"
    )


def _plain(value: Any) -> Any:
    """Filled data as msgspec reads it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _change(arm: CounterfactualPart) -> Change:
    return Change(arm.set, arm.multiply, arm.trial)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""The trials of earlier rounds, under the names of the next one."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.log import Value, is_number
from advisor.model.next_round import PastTrial
from advisor.model.planned_space import PlannedHyperparameter, Point
from advisor.model.study import Study
from advisor.model.trial import Trial

_DIGITS = 12


def past_trials(
    study: Study, searched: Sequence[PlannedHyperparameter]
) -> tuple[PastTrial, ...]:
    """Every trial with its values of what is searched now."""
    return tuple(_past(trial, study, searched) for trial in study.trials)


def inside(past: PastTrial, searched: Sequence[PlannedHyperparameter]) -> bool:
    """Whether the trial lies in the new search space, all values known."""
    for each in searched:
        value = past.values.get(each.name)
        space = each.space
        assert space is not None
        if value is None:
            if each.exists_at(past.values):
                return False
            continue
        if space.choices:
            if value not in space.choices:
                return False
        elif not is_number(value) or not space.bounds[0] <= value <= space.bounds[1]:
            return False
    return True


def repeats_of(trial: Trial, study: Study) -> int:
    """How many trials have its configuration, itself included."""
    names = [each.name for each in study.search_space]
    wanted = [trial.hyperparameters.get(name) for name in names]
    return sum(
        [other.hyperparameters.get(name) for name in names] == wanted
        for other in study.trials
    )


def configuration_of(trial: Trial, study: Study) -> Point:
    """Its values of all hyperparameters of the study."""
    return {
        each.name: trial.hyperparameters[each.name]
        for each in study.search_space
        if each.name in trial.hyperparameters
    }


def _past(
    trial: Trial, study: Study, searched: Sequence[PlannedHyperparameter]
) -> PastTrial:
    values = {}
    for each in searched:
        value = _value(trial, each)
        if value is not None:
            values[each.name] = value
    return PastTrial(
        name=trial.name,
        values=values,
        objective=trial.error * study.sign if trial.error is not None else None,
        infeasible=str(trial.infeasibility) if trial.infeasibility else None,
        finished=trial.finished,
    )


def _value(trial: Trial, each: PlannedHyperparameter) -> Value:
    """Its value; one minus it where that is what is searched now."""
    before = each.before
    name = before.name if before is not None else each.name
    value = trial.hyperparameters.get(name)
    if name != each.name and is_number(value):
        return round(1.0 - value, _DIGITS)
    return value

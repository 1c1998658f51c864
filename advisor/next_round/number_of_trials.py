"""How many new trials the next round has, and how many repeats of old ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.model.edits import Repeat, Trials
from advisor.model.log import Value, is_number
from advisor.model.next_round import Conflict, Repeats
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.study import Study
from advisor.next_round.adam_budget import trials_for
from advisor.next_round.edits import Asked
from advisor.next_round.history import configuration_of, repeats_of

PER_HYPERPARAMETER = 5
"""The playbook has five to eight trials for each of Adam's hyperparameters."""

_MOST = 10_000
_MOST_REPEATS = 100


@dataclass(frozen=True, slots=True)
class TrialCount:
    """New trials of the round, why so many, and what is asked for in vain."""

    new: int
    reason: str
    conflicts: tuple[Conflict, ...] = ()


def stated_budget(study: Study, trials: int | None) -> int | None:
    """What the command line says, else the fact `trial_budget`."""
    if trials is not None:
        return max(trials, 0)
    fact = study.facts.get("trial_budget")
    if is_number(fact) and math.isfinite(fact) and fact >= 0:
        return min(int(fact), _MOST)
    return None


def number_of_trials(
    searched: Sequence[PlannedHyperparameter],
    usable: int,
    asked: Sequence[Asked],
    budget: int | None,
    *,
    adam: bool,
) -> TrialCount:
    """Five for each hyperparameter that varies, or as many as a finding wants.

    The values of a scientific choice are each tuned for themselves. `usable` trials of
    earlier rounds lie inside the new search space and count towards the number that
    a finding, or Adam, wants. The budget has the last word.
    """
    if not searched:
        return TrialCount(0, "nothing is searched")
    wanted, reason = _usual(searched, usable)
    serving = trials_for(searched, usable) if adam else 0
    if serving > wanted:
        wanted = serving
        reason = f"{wanted} more serve what varies of Adam"
    asking = [
        (math.ceil(each.request.at_least), each)
        for each in asked
        if isinstance(each.request, Trials) and math.isfinite(each.request.at_least)
    ]
    for least, each in asking:
        if least - usable > wanted:
            wanted = least - usable
            reason = f"{each.by.id} wants {least}, {usable} are there"
    wanted = min(wanted, _MOST)
    if budget is None or budget >= wanted:
        if budget is not None and budget > wanted:
            return TrialCount(budget, f"the budget; {wanted} would do ({reason})")
        return TrialCount(wanted, reason)
    return TrialCount(
        budget,
        f"the budget, where {wanted} are wanted ({reason})",
        tuple(
            each.conflict(f"the budget is {budget} trials")
            for least, each in asking
            if least - usable > budget
        ),
    )


def _usual(searched: Sequence[PlannedHyperparameter], usable: int) -> tuple[int, str]:
    """The number without any finding, and how it comes about."""
    base = PER_HYPERPARAMETER * len(searched)
    noun = "hyperparameter" if len(searched) == 1 else "hyperparameters"
    reason = f"{PER_HYPERPARAMETER} for each of {len(searched)} {noun}"
    compared = [
        each.space
        for each in searched
        if each.role == "scientific" and each.space and not each.space.ordered
    ]
    tuned = len(searched) - len(compared)
    if not compared or not tuned:
        return base, reason
    fair = PER_HYPERPARAMETER * tuned
    fair *= math.prod(len(space.choices) for space in compared)
    if fair - usable <= base:
        return base, reason
    names = ", ".join(space.name for space in compared)
    return fair - usable, (
        f"{fair} let each value of {names} have {PER_HYPERPARAMETER * tuned}, "
        f"{usable} are there"
    )


def repeats(
    study: Study, asked: Sequence[Asked], budget: int | None
) -> tuple[tuple[Repeats, ...], tuple[Conflict, ...]]:
    """Further trainings of good configurations; half of a budget at most."""
    found: dict[tuple[tuple[str, Value], ...], Repeats] = {}
    conflicts: list[Conflict] = []
    room = budget // 2 if budget is not None else _MOST_REPEATS
    for each in asked:
        request = each.request
        if not isinstance(request, Repeat) or not math.isfinite(request.repeats):
            continue
        for name in request.trials or (each.target,):
            trial = study.trials_by_name.get(name)
            if trial is None:
                conflicts.append(each.conflict(f"the study has no trial {name}"))
                continue
            wanted = math.ceil(request.repeats) - repeats_of(trial, study)
            configuration = configuration_of(trial, study)
            key = tuple(sorted(configuration.items()))
            if wanted <= 0 or (key in found and found[key].more >= wanted):
                continue
            room += found[key].more if key in found else 0
            more = min(wanted, max(room, 0))
            if more < wanted:
                conflicts.append(each.conflict(f"the budget has room for {more}"))
            if more > 0:
                change = each.change(f"trained {more} more times")
                found[key] = Repeats(name, configuration, more, change)
                room -= more
    return tuple(found.values()), tuple(conflicts)


def budget_note(searched: Sequence[PlannedHyperparameter], new: int) -> str:
    """What to do where the trials are too few for what is searched; else empty."""
    served = max(new // PER_HYPERPARAMETER, 1)
    if not searched or len(searched) <= served:
        return ""
    return (
        f"{new} trials serve about {served} of the {len(searched)} hyperparameters "
        "that vary: fix those that matter least, the learning rate last; conclusions "
        "then hold for those fixed values only."
    )

"""The next round of a study: everything put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.model.finding import Finding, Lead, Question
from advisor.model.log import Value
from advisor.model.next_round import (
    Cause,
    Conflict,
    NextRound,
    Phase,
    PointSequence,
    Quantity,
    Sampler,
)
from advisor.model.planned_space import Constraint, PlannedHyperparameter
from advisor.model.search_space import Role
from advisor.model.study import Study
from advisor.next_round import adam_budget, number_of_trials
from advisor.next_round.conditions import conditions_of
from advisor.next_round.edits import Asked, asked_of, by_precedence
from advisor.next_round.history import inside, past_trials
from advisor.next_round.notes import notes_on
from advisor.next_round.number_of_trials import TrialCount
from advisor.next_round.phase import phase_of
from advisor.next_round.points import with_points
from advisor.next_round.quantities import planned_quantities
from advisor.next_round.search_space_edits import EditedSpace, edited_space
from advisor.next_round.warmup import within_training
from advisor.next_round.weight import without_weight


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user and the round before say."""

    trials: int | None = None  # new trials, repeats included
    seed: int | None = None
    round: int = 2
    sequence: PointSequence | None = None  # of the round before
    constraints: tuple[Constraint, ...] = ()  # of the round before
    last: bool = False  # no round follows: what is known is exploited
    sampler: Sampler = "model"


@dataclass(frozen=True, slots=True)
class _Merged:
    """All edits carried out, before trials are counted."""

    hyperparameters: tuple[PlannedHyperparameter, ...]
    quantities: tuple[Quantity, ...]
    constraints: tuple[Constraint, ...]
    conflicts: tuple[Conflict, ...]
    phase: Phase
    explores: bool  # findings leave the search space open, even in the last round
    left: tuple[Asked, ...]  # about numbers of trials
    note: str = ""

    @property
    def searched(self) -> tuple[PlannedHyperparameter, ...]:
        return tuple(each for each in self.hyperparameters if each.searched)


def next_round(
    study: Study,
    findings: Sequence[Finding],
    summaries: Mapping[str, str],
    *,
    leads: Sequence[Lead] = (),
    questions: Sequence[Question] = (),
    wishes: Wishes | None = None,
) -> NextRound:
    """The search space, points and plan that follow from the findings of `study`.

    `leads` are what undecided rules ask for; they have a say in exploration only.
    `summaries` gives a rule's defect in one line, by its id.
    """
    wishes = wishes or Wishes()
    asked, silent = asked_of(findings, summaries, without_weight(study, findings))
    merged = _merged(study, asked, wishes)
    if leads and merged.explores:
        tentative, _ = asked_of(leads, summaries)
        merged = _merged(study, by_precedence((*asked, *tentative)), wishes)
    budget = number_of_trials.stated_budget(study, wishes.trials)
    repeats, unrepeated = number_of_trials.repeats(study, merged.left, budget)
    if budget is not None:
        budget -= sum(each.more for each in repeats)
    merged, count = _counted(merged, study, budget)
    made = NextRound(
        study=study.name,
        round=wishes.round,
        phase=merged.phase,
        objective=study.objective,
        hyperparameters=merged.hyperparameters,
        trials=count.new,
        trials_reason=count.reason,
        sequence=_sequence(wishes),
        repeats=repeats,
        quantities=merged.quantities,
        constraints=merged.constraints,
        conflicts=(*merged.conflicts, *silent, *unrepeated, *count.conflicts),
        past=past_trials(study, merged.searched),
        causes=_causes(findings, leads),
        questions=tuple(questions),
    )
    made = with_points(made, wishes.sampler)
    too_few = number_of_trials.budget_note(merged.searched, count.new)
    notes = (*notes_on(made), *filter(None, (too_few, merged.note)))
    return replace(made, notes=notes)


def _merged(study: Study, asked: Sequence[Asked], wishes: Wishes) -> _Merged:
    edited = edited_space(
        study.search_space, _incumbent(study), asked, before=wishes.constraints
    )
    planned = planned_quantities(study, _roles(study, edited), edited.left)
    hyperparameters, note = within_training(
        planned.hyperparameters, planned.logged_steps
    )
    phase, quantities, early = phase_of(edited, planned.quantities)
    return _Merged(
        hyperparameters=hyperparameters,
        quantities=quantities,
        constraints=edited.constraints,
        conflicts=(*edited.conflicts, *planned.conflicts, *early),
        phase="exploitation" if wishes.last else phase,
        explores=phase == "exploration",
        left=edited.left,
        note=note,
    )


def _counted(
    merged: _Merged, study: Study, budget: int | None
) -> tuple[_Merged, TrialCount]:
    """The number of new trials, and the search space without what they cannot serve."""
    incumbent, searched = _incumbent(study), merged.searched
    adam = adam_budget.is_adam_like(merged.hyperparameters, incumbent)
    past = past_trials(study, searched)
    usable = sum(inside(each, searched) for each in past)
    count = number_of_trials.number_of_trials(
        searched, usable, merged.left, budget, adam=adam
    )
    if not adam:
        return merged, count
    best = study.best.name if study.best is not None else None
    renamed = next((each.values for each in past if each.name == best), {})
    fewer = adam_budget.within_budget(
        merged.hyperparameters, count.new, usable, {**incumbent, **renamed}
    )
    return replace(merged, hyperparameters=fewer), count


def _incumbent(study: Study) -> Mapping[str, Value]:
    return study.best.hyperparameters if study.best else {}


def _roles(study: Study, edited: EditedSpace) -> tuple[PlannedHyperparameter, ...]:
    """Roles and conditions; the fact `goal` names what is scientific in this round."""
    goal = study.facts.get("goal")
    words = set(goal.replace(",", " ").split()) if isinstance(goal, str) else set()
    named = {
        each.name for each in edited.hyperparameters if {each.name, each.alias} & words
    }
    conditions = conditions_of(study)
    made = []
    for each in edited.hyperparameters:
        if each.searched:
            each = replace(each, condition=conditions.get(each.name))
            if named:
                role: Role = "scientific" if each.name in named else "nuisance"
                each = replace(each, role=role)
        made.append(each)
    return tuple(made)


def _sequence(wishes: Wishes) -> PointSequence:
    """That of the round before, unless another seed is wanted."""
    before = wishes.sequence
    if before is not None and wishes.seed in (None, before.seed):
        return before
    return PointSequence(seed=wishes.seed or 0)


def _causes(findings: Sequence[Finding], leads: Sequence[Lead]) -> dict[str, Cause]:
    """Those that ask for something, and those that explain one of them."""
    undecided = {
        each.id: Cause(each.id, each.rule, f"Undecided: {each.because}.", each.link)
        for each in leads
    }
    asking = [each for each in findings if each.edits]
    wanted = {each.id for each in asking} | {each.superseded_by for each in asking}
    return undecided | {
        each.id: Cause(each.id, each.rule, each.message, each.link)
        for each in findings
        if each.id in wanted
    }

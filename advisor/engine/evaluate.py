"""Evaluates rules on studies: every rule on every subject that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from advisor.engine.judgement import Conclusions, Judgement
from advisor.engine.measurements import Measurements, MissingSignalError
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.engine.scope import LookUps, Scope
from advisor.engine.subjects import (
    concerned_of,
    concerns,
    not_evaluated,
    subjects_of,
    whole,
    without_subjects,
)
from advisor.features.feature import NotEnoughDataError
from advisor.model.finding import Finding, Outcome, Subject
from advisor.model.log import Value
from advisor.model.study import Study

__all__ = [
    "Conclusions",
    "Judged",
    "evaluate_study",
    "finding_as_if",
    "judge_trial",
]

# Subjects that are judged together: features may measure them in blocks.
BLOCK = 2048


def evaluate_study(
    study: Study, rules: Iterable[Rule], settings: RuleSettings
) -> Conclusions:
    """Every rule on every subject of the study.

    `rules` are in an order in which each follows those whose findings it reads.
    """
    conclusions = Conclusions()
    measurements = Measurements(study)
    for rule in rules:
        if rule.id in settings.disabled:
            reason = f"switched off: {settings.disabled[rule.id]}"
            conclusions.verdicts.append(not_evaluated(rule, whole(study), reason))
            continue
        parameters = parameters_of(rule, settings)
        subjects = subjects_of(rule, study)
        if not subjects:
            conclusions.verdicts.append(without_subjects(rule, study))
            continue
        look_ups = LookUps(rule, measurements, parameters, conclusions.findings)
        concerned = 0
        for start in range(0, len(subjects), BLOCK):
            block = concerned_of(look_ups, subjects[start : start + BLOCK])
            concerned += len(block)
            for subject in block:
                scope = Scope(look_ups, subject, block)
                Judgement(rule, subject, scope, conclusions).conclude()
        only = rule.source.only
        if only is not None and not concerned:
            conclusions.verdicts.append(
                not_evaluated(rule, whole(study), only.missing, only.enable)
            )
    return conclusions


def parameters_of(rule: Rule, settings: RuleSettings) -> Mapping[str, Value]:
    """The thresholds that a rule uses under the user's settings."""
    defaults = {name: part.value for name, part in rule.source.parameters.items()}
    return defaults | dict(settings.parameters.get(rule.id, {}))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a rule about trials says of one trial, and one number of it."""

    outcome: Outcome
    measure: float | None  # None where it could not be measured


def judge_trial(
    study: Study,
    rules: Sequence[Rule],
    rule_id: str,
    trial: str,
    settings: RuleSettings,
    *,
    look_up: str | None = None,
) -> Judged:
    """The verdict on one trial of a study by a rule whose subjects are trials.

    `rules` are in the order of `load_rules`; those whose findings the rule reads are
    evaluated before it. `look_up` is the number wanted, e.g. `error.undone`.
    """
    subject = Subject(study.name, "trial", trial)
    conclusions, measurements = Conclusions(), Measurements(study)
    outcome, measure = Outcome.NOT_EVALUATED, None
    for rule in _with_dependencies(rules, rule_id):
        if rule.source.subject != "trial":
            continue
        if rule.id != rule_id and rule.id in settings.disabled:
            continue
        parameters = parameters_of(rule, settings)
        look_ups = LookUps(rule, measurements, parameters, conclusions.findings)
        scope = Scope(look_ups, subject)
        if rule.id == rule_id:
            # What can be measured is, even of a trial that the rule is not about.
            measure = _number(scope, look_up)
        if concerns(rule, scope):
            Judgement(rule, subject, scope, conclusions).conclude()
            if rule.id == rule_id:
                outcome = conclusions.verdicts[-1].outcome
    return Judged(outcome, measure)


def finding_as_if(
    study: Study,
    rules: Sequence[Rule],
    rule_id: str,
    subject: Subject,
    settings: RuleSettings,
) -> Finding:
    """The rule's finding about a subject, whether it fires or not.

    To put wrong findings to the test: everything is filled from what was measured.

    Raises:
        MissingSignalError, NotEnoughDataError: a feature cannot be measured.
    """
    conclusions, measurements = Conclusions(), Measurements(study)
    rule = next(each for each in rules if each.id == rule_id)
    parameters = parameters_of(rule, settings)
    look_ups = LookUps(rule, measurements, parameters, conclusions.findings)
    scope = Scope(look_ups, subject)
    return Judgement(rule, subject, scope, conclusions).as_if()


def _with_dependencies(rules: Sequence[Rule], rule_id: str) -> list[Rule]:
    """The rule and those whose findings it reads, directly or not, in order."""
    by_id = {rule.id: rule for rule in rules}
    wanted, pending = set[str](), [rule_id]
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            pending.extend(by_id[name].depends_on)
    return [rule for rule in rules if rule.id in wanted]


def _number(scope: Scope, look_up: str | None) -> float | None:
    if look_up is None:
        return None
    try:
        value = scope(look_up)
    except (MissingSignalError, NotEnoughDataError):
        return None
    return float(value) if isinstance(value, int | float) else None

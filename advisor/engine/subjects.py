"""What a rule is about: the subjects of a study, and those it does not speak of."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.engine.rule import Rule
from advisor.engine.scope import LookUps, Scope
from advisor.model.finding import Outcome, Subject, Verdict
from advisor.model.study import Study


def concerns(rule: Rule, scope: Scope) -> bool:
    """Whether the rule speaks of such subjects at all."""
    only = rule.source.only
    return only is None or bool(rule.condition(only.when).evaluate(scope))


def concerned_of(look_ups: LookUps, subjects: Sequence[Subject]) -> Sequence[Subject]:
    """The subjects of which the rule speaks at all."""
    if look_ups.rule.source.only is None:
        return subjects
    return [
        each
        for each in subjects
        if concerns(look_ups.rule, Scope(look_ups, each, subjects))
    ]


def whole(study: Study) -> Subject:
    """The study itself as a subject."""
    return Subject(study.name, "study", study.name)


def subjects_of(rule: Rule, study: Study) -> Sequence[Subject]:
    """Everything in the study of the kind that the rule is about."""
    match rule.source.subject:
        case "study":
            return [whole(study)]
        case "trial":
            return [Subject(study.name, "trial", trial.name) for trial in study.trials]
        case "hyperparameter":
            return [
                Subject(study.name, "hyperparameter", each.name)
                for each in study.search_space.varied
            ]


def without_subjects(rule: Rule, study: Study) -> Verdict:
    """The verdict on a study where no hyperparameter varies."""
    return not_evaluated(
        rule,
        whole(study),
        "hyperparameters that vary between trials",
        "keep each trial's configuration beside its log, e.g. as config.yaml",
    )


def not_evaluated(
    rule: Rule, subject: Subject, missing: str, enable: str = ""
) -> Verdict:
    """The verdict for a missing signal, and how to make it available."""
    return Verdict(rule.id, subject, Outcome.NOT_EVALUATED, missing, enable)

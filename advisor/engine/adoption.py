"""What the rules on adoption say of a study that holds a candidate and an incumbent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from advisor.engine.evaluate import parameters_of
from advisor.engine.judgement import Conclusions, Judgement
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.engine.scope import Measurements, MissingSignalError, Scope
from advisor.engine.subjects import concerns, not_evaluated, subjects_of, whole
from advisor.features.feature import NotEnoughDataError
from advisor.model.finding import Finding, Outcome, Verdict
from advisor.model.study import Study

Decision: TypeAlias = Literal["pass", "note", "repeat", "refuse"]
"""What an answer means for the candidate, in order of weight."""

DECISIONS: Sequence[Decision] = ("pass", "note", "repeat", "refuse")


@dataclass(frozen=True, slots=True)
class Answer:
    """One rule's answer to its question, with the numbers behind it."""

    question: str
    rule: str
    order: int
    outcome: Outcome
    decision: Decision
    said: str
    finding: Finding | None = None  # as if it fired, where all could be measured


def adoption_answers(
    study: Study, rules: Sequence[Rule], settings: RuleSettings, of: str
) -> tuple[Answer, ...]:
    """The answers of the rules that ask about trials `of` this kind.

    `rules` are in the order of `load_rules`; a finding is a fact for later ones.
    """
    conclusions, measurements = Conclusions(), Measurements(study)
    answers: list[Answer] = []
    for rule in rules:
        adoption = rule.source.adoption
        if adoption is None or adoption.of != of:
            continue
        if rule.id in settings.disabled:
            reason = f"Switched off: {settings.disabled[rule.id]}"
            verdict = not_evaluated(rule, whole(study), reason)
            answers.append(_answer(rule, verdict, reason, None))
            continue
        answers.extend(_answers(rule, study, measurements, conclusions, settings))
    return tuple(sorted(answers, key=lambda each: each.order))


def _answers(
    rule: Rule,
    study: Study,
    measurements: Measurements,
    conclusions: Conclusions,
    settings: RuleSettings,
) -> list[Answer]:
    answers = []
    parameters = parameters_of(rule, settings)
    for subject in subjects_of(rule, study):
        scope = Scope(rule, subject, measurements, parameters, conclusions.findings)
        if not concerns(rule, scope):
            continue
        judgement = Judgement(rule, subject, scope, conclusions)
        judgement.conclude()
        verdict = conclusions.verdicts[-1]
        finding = None
        if verdict.outcome is not Outcome.NOT_EVALUATED:
            try:
                finding = Judgement(rule, subject, scope, conclusions).as_if()
            except (MissingSignalError, NotEnoughDataError):
                finding = None
        answers.append(
            _answer(rule, verdict, _said(rule, scope, verdict, finding), finding)
        )
    return answers


def _said(rule: Rule, scope: Scope, verdict: Verdict, finding: Finding | None) -> str:
    """The wording that fits the outcome."""
    adoption = rule.source.adoption
    assert adoption is not None
    if verdict.outcome is Outcome.CLEAR:
        return rule.template(adoption.clear).fill(scope).strip()
    if verdict.outcome is Outcome.FIRES and finding is not None:
        return finding.message
    if verdict.outcome is Outcome.NOT_EVALUATED:
        enable = f"; {verdict.enable}" if verdict.enable else ""
        return f"Not judged, for want of {verdict.reason}{enable}."
    return f"{verdict.reason}."


def _answer(rule: Rule, verdict: Verdict, said: str, finding: Finding | None) -> Answer:
    adoption = rule.source.adoption
    assert adoption is not None
    explained = finding is not None and finding.superseded_by is not None
    # Repeats do not help where something cannot be measured at all.
    unknown: Decision = "note" if finding is None else adoption.inconclusive
    decisions: dict[Outcome, Decision] = {
        Outcome.FIRES: adoption.fires,
        Outcome.CLEAR: "pass",
        Outcome.INCONCLUSIVE: unknown,
        Outcome.NOT_EVALUATED: "note",
    }
    return Answer(
        question=adoption.question,
        rule=rule.id,
        order=adoption.order,
        outcome=verdict.outcome,
        decision="note" if explained else decisions[verdict.outcome],
        said=said,
        finding=finding,
    )

"""What the rules on adoption say of a study that holds a candidate and an incumbent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from advisor.engine.evaluate import parameters_of
from advisor.engine.judgement import Conclusions, Judgement
from advisor.engine.measurements import Measurements, MissingSignalError
from advisor.engine.rule import Rule
from advisor.engine.rule_schema import AdoptionPart
from advisor.engine.rule_set import RuleSettings
from advisor.engine.scope import LookUps, Scope
from advisor.engine.subjects import concerns, subjects_of
from advisor.features.feature import NotEnoughDataError
from advisor.model.finding import Action, Finding, Outcome, Severity, Verdict
from advisor.model.study import Study

Decision: TypeAlias = Literal["pass", "note", "repeat", "refuse"]
"""What an answer means for the candidate, in order of weight."""

DECISIONS: Sequence[Decision] = ("pass", "note", "repeat", "refuse")


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often each configuration is to be trained, earlier trials included."""

    of_each: int
    detects: float | None = None  # the lead that so many detect, error
    power: float | None = None  # in this share of cases


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
    actions: tuple[Action, ...] = ()  # what to do next, where it stands in the way
    repeats: Repeats | None = None


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
            off = Answer(
                adoption.question,
                rule.id,
                adoption.order,
                Outcome.NOT_EVALUATED,
                "note",
                reason,
            )
            answers.append(off)
            continue
        parameters = parameters_of(rule, settings)
        look_ups = LookUps(rule, measurements, parameters, conclusions.findings)
        for subject in subjects_of(rule, study):
            scope = Scope(look_ups, subject)
            if concerns(rule, scope):
                judgement = Judgement(rule, subject, scope, conclusions)
                judgement.conclude()
                asked = _Asked(rule, adoption, scope, conclusions)
                answers.append(asked.answer(judgement))
    return tuple(sorted(answers, key=lambda each: each.order))


class _Asked:
    """The part `adoption` of a rule, read for one subject that was judged."""

    def __init__(
        self,
        rule: Rule,
        adoption: AdoptionPart,
        scope: Scope,
        conclusions: Conclusions,
    ) -> None:
        self.rule = rule
        self.adoption = adoption
        self.scope = scope
        self.conclusions = conclusions

    def answer(self, judgement: Judgement) -> Answer:
        """What the first case says that applies, else the verdict."""
        verdict = self.conclusions.verdicts[-1]
        finding = None
        if verdict.outcome is not Outcome.NOT_EVALUATED:
            try:
                finding = Judgement(
                    self.rule, judgement.subject, self.scope, self.conclusions
                ).as_if()
            except (MissingSignalError, NotEnoughDataError):
                finding = None
        special = self._special(finding)
        if special is not None:
            return special
        decision = self._decision(verdict, finding)
        fired = verdict.outcome is Outcome.FIRES
        return self._made(
            verdict.outcome,
            decision,
            self._said(verdict, finding),
            finding,
            self._actions(finding) if fired else (),
        )

    def _special(self, finding: Finding | None) -> Answer | None:
        for case in self.adoption.cases:
            try:
                if not self._value(case.when):
                    continue
                said, do = self._fill(case.say), self._fill(case.do)
            except (MissingSignalError, NotEnoughDataError):
                continue
            fires = case.decision in ("refuse", "repeat")
            outcome = Outcome.FIRES if fires else Outcome.CLEAR
            actions = (Action(do, ""),) if do else ()
            return self._made(outcome, case.decision, said, finding, actions)
        return None

    def _made(
        self,
        outcome: Outcome,
        decision: Decision,
        said: str,
        finding: Finding | None,
        actions: tuple[Action, ...],
    ) -> Answer:
        return Answer(
            question=self.adoption.question,
            rule=self.rule.id,
            order=self.adoption.order,
            outcome=outcome,
            decision=decision,
            said=said,
            finding=finding,
            actions=actions,
            repeats=self._repeats(decision),
        )

    def _decision(self, verdict: Verdict, finding: Finding | None) -> Decision:
        if finding is not None and finding.superseded_by is not None:
            return "note"
        decisions: dict[Outcome, Decision] = {
            Outcome.FIRES: self.adoption.fires,
            Outcome.CLEAR: "pass",
            # Repeats do not help where something cannot be measured at all.
            Outcome.INCONCLUSIVE: (
                "note" if finding is None else self.adoption.inconclusive
            ),
            Outcome.NOT_EVALUATED: "note",
        }
        return decisions[verdict.outcome]

    def _said(self, verdict: Verdict, finding: Finding | None) -> str:
        """The wording that fits the outcome."""
        if verdict.outcome is Outcome.CLEAR:
            return self._fill(self.adoption.clear)
        if verdict.outcome is Outcome.FIRES and finding is not None:
            for wording in self.adoption.messages:
                if wording.when is None or self._value(wording.when):
                    return self._fill(wording.say)
            return finding.message
        if verdict.outcome is Outcome.NOT_EVALUATED:
            enable = f"; {verdict.enable}" if verdict.enable else ""
            return f"Not judged, for want of {verdict.reason}{enable}."
        return f"{verdict.reason}."

    def _actions(self, finding: Finding | None) -> tuple[Action, ...]:
        own = self.adoption.advice
        if own is None:
            return finding.actions if finding is not None else ()
        return tuple(
            Action(self._fill(each.do), self._fill(each.why))
            for each in own
            if each.when is None or self._value(each.when)
        )

    def _repeats(self, decision: Decision) -> Repeats | None:
        part = self.adoption.repeat
        if part is None or decision != "repeat":
            return None
        detects, power = (
            None if text is None else self._value(text)
            for text in (part.detects, part.power)
        )
        return Repeats(math.ceil(self._value(part.of_each)), detects, power)

    def _value(self, text: str) -> Any:
        return self.rule.condition(text).evaluate(self.scope)

    def _fill(self, text: str) -> str:
        return self.rule.template(text).fill(self.scope).strip()


def side_facts(
    rules: Sequence[Rule], side: str, findings: Sequence[Finding]
) -> Iterator[tuple[str, str]]:
    """The facts about one side that the rules on adoption read off its findings."""
    for rule in rules:
        adoption = rule.source.adoption
        for name, part in adoption.facts.items() if adoption is not None else ():
            least = Severity[part.at_least.upper()]
            for each in findings:
                if each.rule == part.finding and each.severity >= least:
                    yield f"{side}_{name}", each.subject.name
                    break

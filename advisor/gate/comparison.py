"""Whether a candidate is to be adopted in place of an incumbent, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from advisor.engine.adoption import DECISIONS, Answer, Decision, adoption_answers
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.errors import AdvisorError
from advisor.gate.comparison_errors import at_boundary, open_findings, own_errors
from advisor.gate.comparison_side import Name, Side
from advisor.gate.comparison_study import (
    check_comparable,
    chosen_study,
    repeated_study,
    searched_study,
)
from advisor.model.finding import Action, Finding, Outcome
from advisor.model.log import Value

_LEADS = "Does the candidate lead?"
_KEEP = Action(
    "Keep the incumbent.", "Nothing that was measured speaks for the change."
)


class AdoptionVerdict(Enum):
    """What to do with the candidate."""

    ADOPT = "adopt"
    REFUSE = "do not adopt"
    REPEAT = "run more repeats"


@dataclass(frozen=True)
class Comparison:
    """The verdict, with every answer that led to it."""

    verdict: AdoptionVerdict
    candidate: Side
    incumbent: Side
    answers: tuple[Answer, ...]  # in the order of asking
    more: Mapping[Name, int]  # repeats to run, where that is the verdict
    effect: float | None  # the lead that so many repeats detect, error
    power: float | None  # in this share of cases
    actions: tuple[Action, ...]  # what to do next
    min_gain: float | None = None

    @property
    def gain(self) -> float | None:
        """Mean error of the incumbent minus that of the candidate, if there is one."""
        if not self.candidate.trials:
            return None
        return self.incumbent.mean - self.candidate.mean

    @property
    def deciding(self) -> tuple[Answer, ...]:
        """The answers that weigh most; none where the candidate is adopted."""
        worst = {
            AdoptionVerdict.ADOPT: "",
            AdoptionVerdict.REFUSE: "refuse",
            AdoptionVerdict.REPEAT: "repeat",
        }[self.verdict]
        return tuple(each for each in self.answers if each.decision == worst)


def compare(
    candidate: Side,
    incumbent: Side,
    rules: Sequence[Rule],
    settings: RuleSettings,
    facts: Mapping[str, Value],
    *,
    min_gain: float | None = None,
) -> Comparison:
    """The answers of the rules on adoption, and what they add up to.

    `min_gain` is the worth of the change, in the unit of the objective; without it the
    fact `worthwhile_difference` is.

    Raises:
        AdvisorError: the two sides cannot be compared.
    """
    check_comparable(candidate, incumbent)
    if not incumbent.trials:
        raise AdvisorError(
            "expected a result of the incumbent, found that all its trials are "
            f"infeasible, such as {incumbent.infeasible[0].name}"
        )
    if min_gain is not None:
        facts = {**facts, "worthwhile_difference": min_gain}
    sides = (candidate, incumbent)
    findings: dict[str, tuple[Finding, ...]] = {
        side.name: open_findings(side, rules, settings) for side in sides
    }
    for side in sides:
        facts = {**facts, **at_boundary(side, findings[side.name])}
    errors = own_errors(candidate, incumbent, findings)
    answers: tuple[Answer, ...] = (errors,)
    if candidate.trials:
        asked = _asked(candidate, incumbent, rules, settings, facts)
        answers = (*_directed(asked, candidate, incumbent), errors)
    return _verdict(candidate, incumbent, answers, min_gain)


def _asked(
    candidate: Side,
    incumbent: Side,
    rules: Sequence[Rule],
    settings: RuleSettings,
    facts: Mapping[str, Value],
) -> list[Answer]:
    studies = {
        "repeated": repeated_study(candidate, incumbent, facts),
        "chosen": chosen_study(candidate, incumbent, facts),
        "searched": searched_study(candidate, incumbent, facts),
    }
    answers = [
        answer
        for of, study in studies.items()
        for answer in adoption_answers(study, rules, settings, of)
    ]
    return sorted(answers, key=lambda each: each.order)


def _directed(
    answers: Iterable[Answer], candidate: Side, incumbent: Side
) -> list[Answer]:
    """The rules judge whoever leads; what they say counts for the candidate here."""
    gain = incumbent.mean - candidate.mean
    leads = _answer(
        _LEADS,
        "pass" if gain > 0 else "refuse",
        f"{'Yes' if gain > 0 else 'No'}: its mean is {abs(gain):.3g} "
        f"{'better' if gain > 0 else 'worse' if gain < 0 else 'better or worse'} than "
        "the incumbent's.",
    )
    directed = [leads]
    for answer in answers:
        leader = evidence(answer, "tuning.leader")
        if leader is None:
            if gain <= 0 and answer.decision != "pass" and answer.order > 2:
                answer = replace(answer, decision="note")
        elif gain <= 0:
            answer = replace(answer, decision="note")
        elif candidate.tried == 1:
            said = "The candidate is one configuration, not chosen among several."
            answer = replace(answer, decision="pass", said=said)
        elif leader != candidate.name:
            answer = _led_by_incumbent(answer)
        directed.append(answer)
    return directed


def _led_by_incumbent(answer: Answer) -> Answer:
    """The candidate leads by its repeats, but not among all trials that were made."""
    if answer.rule != "difference-within-study-variance":
        return replace(answer, decision="note")
    best = evidence(answer, "tuning.leader_best")
    said = f"No: the best result of all is that of {best}, and was not repeated."
    return replace(answer, decision="refuse", outcome=Outcome.FIRES, said=said)


def _verdict(
    candidate: Side,
    incumbent: Side,
    answers: tuple[Answer, ...],
    min_gain: float | None,
) -> Comparison:
    worst = max(
        (each.decision for each in answers), key=DECISIONS.index, default="pass"
    )
    verdict = {
        "refuse": AdoptionVerdict.REFUSE,
        "repeat": AdoptionVerdict.REPEAT,
    }.get(worst, AdoptionVerdict.ADOPT)
    more: dict[Name, int] = {}
    if verdict is AdoptionVerdict.REPEAT:
        more = _more(candidate, incumbent, answers)
    lead = next((a for a in answers if evidence(a, "lead.std") is not None), None)
    std, wanted = (evidence(lead, name) for name in ("lead.std", "lead.repeats_worth"))
    known = verdict is AdoptionVerdict.REPEAT and std is not None
    gain = incumbent.mean - candidate.mean if candidate.trials else 0.0
    return Comparison(
        verdict=verdict,
        candidate=candidate,
        incumbent=incumbent,
        answers=answers,
        more=more,
        effect=max(gain, min_gain or 0.0) if known and wanted else None,
        power=evidence(lead, "power") if known else None,
        actions=_actions(answers, verdict),
        min_gain=min_gain,
    )


def _more(
    candidate: Side, incumbent: Side, answers: Iterable[Answer]
) -> dict[Name, int]:
    """Repeats to run of each side: up to the number that the rules want of each."""
    wanted = max(_wanted(each) for each in answers if each.decision == "repeat")
    sides = (candidate, incumbent)
    more: dict[Name, int] = {
        side.name: max(wanted - len(side.trials), 0) for side in sides
    }
    if not any(more.values()):
        more[min(sides, key=lambda side: len(side.trials)).name] = 1
    return more


def _wanted(answer: Answer) -> int:
    edits = answer.finding.edits if answer.finding is not None else ()
    totals = [each.arguments["repeats"] for each in edits if each.kind == "repeat"]
    return max((math.ceil(float(total)) for total in totals), default=0)


def _actions(answers: Iterable[Answer], verdict: AdoptionVerdict) -> tuple[Action, ...]:
    """What the deciding findings advise, the first of each rule's first."""
    if verdict is not AdoptionVerdict.REFUSE:
        return ()
    found = [
        each.finding
        for each in answers
        if each.decision == "refuse"
        and each.outcome is Outcome.FIRES
        and each.finding is not None
    ]
    actions = tuple(action for finding in found for action in finding.actions)
    return actions or (_KEEP,)


def _answer(question: str, decision: Decision, said: str) -> Answer:
    outcome = Outcome.FIRES if decision == "refuse" else Outcome.CLEAR
    return Answer(question, "", 0, outcome, decision, said)


def evidence(answer: Answer | None, name: str) -> Any:
    """A number behind an answer; None where it was not measured."""
    if answer is None or answer.finding is None:
        return None
    found = (each.value for each in answer.finding.evidence if each.name == name)
    return next(found, None)

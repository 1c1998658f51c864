"""Whether a candidate is to be adopted in place of an incumbent, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from advisor.engine.adoption import (
    DECISIONS,
    Answer,
    Decision,
    Repeats,
    adoption_answers,
    side_facts,
)
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.errors import AdvisorError
from advisor.gate.comparison_errors import open_findings, own_errors
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
    repeats: Repeats | None  # and what so many are good for
    actions: tuple[Action, ...]  # what to do next
    min_gain: float | None = None
    notices: tuple[str, ...] = ()  # e.g. what the configuration switches off

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
        found = findings[side.name]
        facts = {**facts, **dict(side_facts(rules, side.name, found))}
        facts = {**facts, f"{side.name}_tried": side.tried}
    answers: tuple[Answer, ...] = (own_errors(candidate, incumbent, findings),)
    if candidate.trials:
        leads = _leads(candidate, incumbent)
        facts = {**facts, "candidate_leads": leads.decision == "pass"}
        asked = _asked(candidate, incumbent, rules, settings, facts)
        answers = (leads, *asked, *answers)
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


def _leads(candidate: Side, incumbent: Side) -> Answer:
    gain = incumbent.mean - candidate.mean
    if gain > 0:
        said = f"Yes: its mean is {gain:.3g} better than the incumbent's."
    elif gain < 0:
        said = f"No: its mean is {-gain:.3g} worse than the incumbent's."
    else:
        said = "No: its mean is that of the incumbent."
    outcome = Outcome.CLEAR if gain > 0 else Outcome.FIRES
    decision: Decision = "pass" if gain > 0 else "refuse"
    return Answer(_LEADS, "", 0, outcome, decision, said)


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
    repeats = None
    if verdict is AdoptionVerdict.REPEAT:
        wanted = (each.repeats for each in answers if each.decision == "repeat")
        repeats = max(filter(None, wanted), key=lambda each: each.of_each)
    return Comparison(
        verdict=verdict,
        candidate=candidate,
        incumbent=incumbent,
        answers=answers,
        more={} if repeats is None else _more(candidate, incumbent, repeats.of_each),
        repeats=repeats,
        actions=_actions(answers, verdict),
        min_gain=min_gain,
    )


def _more(candidate: Side, incumbent: Side, of_each: int) -> dict[Name, int]:
    """Repeats to run of each side, up to the number that is wanted of each."""
    sides = (candidate, incumbent)
    more: dict[Name, int] = {
        side.name: max(of_each - len(side.trials), 0) for side in sides
    }
    if not any(more.values()):
        more[min(sides, key=lambda side: len(side.trials)).name] = 1
    return more


def _actions(answers: Iterable[Answer], verdict: AdoptionVerdict) -> tuple[Action, ...]:
    """What the answers advise that stand against the candidate, in their order."""
    if verdict is not AdoptionVerdict.REFUSE:
        return ()
    refusing = (each for each in answers if each.decision == "refuse")
    actions = tuple(action for each in refusing for action in each.actions)
    return actions or (_KEEP,)

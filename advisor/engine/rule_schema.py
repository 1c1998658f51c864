"""The shape of a rule file; unknown keys are errors."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class _Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    pass


class ParameterPart(_Part):
    """A threshold and its reason."""

    value: bool | int | float | str
    reason: str


class FeaturePart(_Part):
    """A feature under a local name; options may name parameters."""

    feature: str
    options: dict[str, Any] = {}
    optional: bool = False  # a missing signal gives `none`, not `not evaluated`


class RequirementPart(_Part):
    """A condition without which the rule does not apply."""

    when: str
    missing: str
    enable: str


class InconclusivePart(_Part):
    """A condition under which the data cannot decide."""

    when: str
    because: str


class SeverityPart(_Part):
    """One case of the severity; the last has no condition."""

    is_: Literal["error", "warning", "info"] = msgspec.field(name="is")
    when: str | None = None


class MessagePart(_Part):
    """One wording of the finding; the first that applies is used."""

    say: str
    when: str | None = None


class CaveatPart(_Part):
    """Something that weakens the finding."""

    say: str
    when: str | None = None


class AdvicePart(_Part):
    """One recommended action."""

    do: str
    why: str = ""
    when: str | None = None


EDITS = ("next_round", "meanwhile")
"""The keys of a rule that hold edits."""


class EditPart(_Part, omit_defaults=True):
    """One change to the next round, as data; with `each`, one for each of several."""

    edit: str
    target: str
    with_: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    when: str | None = None
    each: str | None = None  # look-up of a tuple; `item.FIELD` reads one of it


class YieldPart(_Part):
    """A rule whose finding on the same subject explains this one."""

    rule: str
    when: str | None = None


class QuestionPart(_Part):
    """A fact that the logs lack and that would change this advice.

    `example` is the line of advisor.yaml that answers it.
    """

    fact: str
    question: str
    because: str
    example: str
    when: str | None = None


class AdoptionCase(_Part):
    """Where something else is decided than the outcome of the rule says."""

    when: str
    decision: Literal["pass", "note", "repeat", "refuse"]
    say: str
    do: str = ""  # what to do next


class RepeatPart(_Part):
    """How many repeats are to be asked for, where they are."""

    of_each: str  # of each configuration, those that are there included
    detects: str | None = None  # the lead that so many detect,
    power: str | None = None  # in this share of cases


class SideFact(_Part):
    """A finding of the ordinary rules on one side: fact `SIDE_NAME`, its subject."""

    finding: str  # id of the rule
    at_least: Literal["error", "warning", "info"]


class AdoptionPart(_Part):
    """The question that the rule answers when a candidate meets an incumbent.

    They are the values of a scientific hyperparameter, `side`, of a study that holds
    trials of both: all repeats of the two configurations compared (`repeated`), those
    that count (`chosen`), or all that was `searched`. Facts: `candidate_leads`, and
    `candidate_tried` and `incumbent_tried`, the configurations of each.
    """

    order: int  # of the questions
    question: str
    of: Literal["repeated", "chosen", "searched"]
    fires: Literal["refuse", "repeat", "note"]
    clear: str  # wording where the rule does not fire
    message: str | list[MessagePart] | None = None  # where it fires; else the rule's
    inconclusive: Literal["repeat", "note"] = "repeat"
    cases: list[AdoptionCase] = []  # the first that applies
    repeat: RepeatPart | None = None  # for every decision `repeat`
    advice: list[AdvicePart] | None = None  # else that of the rule
    facts: dict[str, SideFact] = {}

    @property
    def messages(self) -> list[MessagePart]:
        """The wordings of its own, in the order of preference."""
        own = self.message or []
        return [MessagePart(say=own)] if isinstance(own, str) else own


class RuleFile(_Part):
    """A whole rule file."""

    id: str
    summary: str
    why: str
    playbook: str
    subject: Literal["study", "trial", "hyperparameter"]
    parameters: dict[str, ParameterPart]
    fires: str
    severity: list[SeverityPart]
    message: str | list[MessagePart]
    evidence: list[str]
    advice: list[AdvicePart]
    next_round: list[EditPart]  # where it fires
    confirm: dict[str, Any]
    known_problems: str
    only: RequirementPart | None = None  # other subjects get no verdict at all
    adoption: AdoptionPart | None = None  # None: `advisor compare` does not ask it
    features: dict[str, FeaturePart] = {}
    after: list[str] = []
    requires: list[RequirementPart] = []
    inconclusive: list[InconclusivePart] = []
    meanwhile: list[EditPart] = []  # edits that cost little, where it is inconclusive
    caveats: list[CaveatPart] = []
    yields_to: list[YieldPart] = []
    asks: list[QuestionPart] = []
    trials: str | None = None  # look-up that gives the names of the trials concerned
    references: list[str] = []

    @property
    def messages(self) -> list[MessagePart]:
        """The wordings of the finding; a lone text applies always."""
        if isinstance(self.message, str):
            return [MessagePart(say=self.message)]
        return self.message

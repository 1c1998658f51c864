"""What the engine concludes: verdicts, findings, and the evidence behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, Literal, TypeAlias

from advisor.errors import Problem
from advisor.model.confirmation import Confirmation
from advisor.model.log import Logs
from advisor.model.study import Study

SubjectKind: TypeAlias = Literal["study", "trial", "hyperparameter"]

PLAYBOOK = "https://github.com/google-research/tuning_playbook"


class Outcome(Enum):
    """The four verdicts. Silence is never health."""

    FIRES = "fires"
    CLEAR = "clear"
    INCONCLUSIVE = "inconclusive"
    NOT_EVALUATED = "not evaluated"


class Severity(IntEnum):
    """Ordered: an error outweighs a warning."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verdict is about."""

    study: str
    kind: SubjectKind
    name: str  # of the trial or hyperparameter; of the study itself for a study

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number (or name) behind a verdict, with its unit and how to read it."""

    name: str  # the look-up used in the rule, e.g. `rise.size`
    value: float | int | str | bool | tuple[str, ...] | None
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trace: a condition as written, the values it saw, what came out."""

    condition: str
    values: tuple[Evidence, ...]
    result: bool | float | str | None
    purpose: str  # "requires", "inconclusive if", "fires if", "severity", "yields to"


@dataclass(frozen=True, slots=True)
class Action:
    """One recommended next action."""

    do: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to the next round's search space or plan, as data."""

    kind: str  # e.g. widen, set, fix, free, trials, repeat
    target: str  # a hyperparameter, or a quantity of the plan
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of one subject, and the chain that led there."""

    rule: str
    subject: Subject
    outcome: Outcome
    reason: str = ""  # for inconclusive and not evaluated: what is missing
    enable: str = ""  # for not evaluated: how to make the signal available
    evidence: Sequence[Evidence] = ()
    trace: Sequence[Step] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict that fired, worded for people."""

    rule: str
    subject: Subject
    severity: Severity
    message: str
    evidence: tuple[Evidence, ...]
    actions: tuple[Action, ...]
    edits: tuple[Edit, ...] = ()
    confirm: Mapping[str, Any] = field(default_factory=dict)
    playbook: str = ""  # anchor, with the leading #
    trials: tuple[str, ...] = ()  # the trials that show it
    superseded_by: str | None = None  # id of the finding that explains this one
    caveats: tuple[str, ...] = ()  # what weakens it, e.g. bounds only observed
    refuted: bool = False  # an experiment showed that it does not hold
    trace: tuple[Step, ...] = ()
    fingerprint: str = ""  # the same after folders were renamed or trials added

    @property
    def id(self) -> str:
        """A short stable name: the rule, and a hash of the rule, study and subject."""
        return _id_of(self.rule, self.subject)

    @property
    def link(self) -> str:
        """Where the playbook treats it."""
        return PLAYBOOK + self.playbook


def _id_of(rule: str, subject: Subject) -> str:
    text = "\0".join((rule, subject.study, subject.kind, subject.name))
    return f"{rule}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True)
class Lead:
    """What a rule that cannot decide asks of the next round: what costs little."""

    rule: str
    subject: Subject
    because: str  # why it cannot decide
    edits: tuple[Edit, ...]
    playbook: str = ""

    @property
    def id(self) -> str:
        """As that of the finding which the rule would make."""
        return _id_of(self.rule, self.subject)

    @property
    def link(self) -> str:
        """Where the playbook treats it."""
        return PLAYBOOK + self.playbook


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that no longer counts: it was known before, or somebody accepts it."""

    finding: Finding
    by: Literal["baseline", "suppression"]
    reason: str = ""  # of a suppression, as its author wrote it
    until: str = ""  # its last day, e.g. 2027-03-31


@dataclass(frozen=True, slots=True)
class Question:
    """Something the logs cannot say and an expert would ask."""

    fact: str  # key below `facts:` in advisor.yaml
    question: str
    because: str  # which advice the answer would change
    example: str  # the line to add


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One entry of *do these next*: an action and the findings that ask for it."""

    action: Action
    severity: Severity
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RuleNote:
    """What a report says of a rule beside its verdicts."""

    id: str
    summary: str  # one line: the defect that the rule looks for
    playbook: str  # anchor, with the leading #
    why: str = ""  # what the defect costs


@dataclass(frozen=True)
class Evaluation:
    """Everything that was concluded. Whatever comes after only renders it."""

    logs: Logs
    studies: tuple[Study, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]  # most severe first
    recommendations: tuple[Recommendation, ...] = ()  # in the order to act on them
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
    rules: Mapping[str, RuleNote] = field(default_factory=dict)  # by id
    confirmations: Mapping[str, Confirmation] = field(
        default_factory=dict
    )  # by finding
    untested: Mapping[str, str] = field(default_factory=dict)  # finding: why
    leads: tuple[Lead, ...] = ()  # of verdicts that are inconclusive
    accepted: tuple[Accepted, ...] = ()  # these are not among the findings
    notices: tuple[str, ...] = ()  # e.g. a suppression that ended
    fail_on: Severity | None = None  # the least severity that counts; None: none asked

    def of_study(self, study: Study) -> tuple[Finding, ...]:
        """The findings of one study."""
        return tuple(each for each in self.findings if each.subject.study == study.name)

    def leads_in(self, study: Study) -> tuple[Lead, ...]:
        """What undecided rules ask of the next round of one study."""
        return tuple(each for each in self.leads if each.subject.study == study.name)

    @property
    def worst(self) -> Severity | None:
        """The highest severity among findings that are not superseded."""
        open_findings = [
            each.severity for each in self.findings if each.superseded_by is None
        ]
        return max(open_findings, default=None)

    @property
    def fails(self) -> bool:
        """Whether there is a finding that counts."""
        worst = self.worst
        return worst is not None and worst >= (self.fail_on or Severity.ERROR)

"""What all outputs say alike: counts, tallies of verdicts, the state of the study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import Problem
from advisor.model.finding import (
    Evaluation,
    Finding,
    Outcome,
    Severity,
    SubjectKind,
    Verdict,
)
from advisor.model.log import Logs, TrialLog
from advisor.model.study import Study
from advisor.model.trial import TrialStatus
from advisor.report.numbers import count

SEVERITY_NOUNS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Verdicts of one rule that share an outcome and the words for it."""

    reason: str
    enable: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one rule says of all its subjects in one study."""

    rule: str
    kind: SubjectKind
    counts: Mapping[Outcome, int]
    inconclusive: tuple[Reason, ...]
    not_evaluated: tuple[Reason, ...]

    @property
    def total(self) -> int:
        """How many subjects the rule looked at."""
        return sum(self.counts.values())

    @property
    def outcome(self) -> Outcome:
        """The outcome that counts most: a finding, then doubt, then silence."""
        order = (
            Outcome.FIRES,
            Outcome.INCONCLUSIVE,
            Outcome.NOT_EVALUATED,
            Outcome.CLEAR,
        )
        return next(each for each in order if self.counts.get(each) or each is order[3])


def tallies(evaluation: Evaluation, study: Study) -> tuple[Tally, ...]:
    """One tally a rule, in the order in which the rules were evaluated."""
    by_rule: dict[str, list[Verdict]] = {}
    for verdict in evaluation.verdicts:
        if verdict.subject.study == study.name:
            by_rule.setdefault(verdict.rule, []).append(verdict)
    return tuple(
        Tally(
            rule=rule,
            kind=verdicts[0].subject.kind,
            counts=Counter(each.outcome for each in verdicts),
            inconclusive=_reasons(verdicts, Outcome.INCONCLUSIVE),
            not_evaluated=_reasons(verdicts, Outcome.NOT_EVALUATED),
        )
        for rule, verdicts in by_rule.items()
    )


def outcomes(evaluation: Evaluation, studies: Iterable[Study]) -> Mapping[Outcome, int]:
    """How many rules ended how; a rule counts once, by its weightiest verdict."""
    found: Counter[Outcome] = Counter()
    for study in studies:
        found.update(each.outcome for each in tallies(evaluation, study))
    return found


def rules_in_words(evaluation: Evaluation, studies: Iterable[Study]) -> str:
    """`1 fired, 18 clear, 10 inconclusive, 34 not evaluated`."""
    found = outcomes(evaluation, studies)
    words = {
        Outcome.FIRES: "fired",
        Outcome.CLEAR: "clear",
        Outcome.INCONCLUSIVE: "inconclusive",
        Outcome.NOT_EVALUATED: "not evaluated",
    }
    parts = [f"{found[key]} {word}" for key, word in words.items() if found[key]]
    return ", ".join(parts) or "none evaluated"


def open_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that no other finding explains."""
    return tuple(each for each in findings if each.superseded_by is None)


def leading(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those to show by themselves: the open ones, and any whose cause is not there."""
    everything = tuple(findings)
    ids = {each.id for each in everything}
    return tuple(each for each in everything if each.superseded_by not in ids)


def explained(findings: Iterable[Finding]) -> Mapping[str, tuple[Finding, ...]]:
    """Superseded findings by the id of the finding that explains them."""
    by_cause: dict[str, tuple[Finding, ...]] = {}
    for each in findings:
        if each.superseded_by is not None:
            by_cause[each.superseded_by] = (
                *by_cause.get(each.superseded_by, ()),
                each,
            )
    return by_cause


def severities(findings: Iterable[Finding]) -> str:
    """`1 error, 2 warnings`; superseded findings do not count."""
    counts = Counter(each.severity for each in open_findings(findings))
    parts = [
        count(counts[severity], noun)
        for severity, noun in SEVERITY_NOUNS.items()
        if counts[severity]
    ]
    return ", ".join(parts) or "no findings"


def accepted_in_words(evaluation: Evaluation) -> str:
    """`3 in the baseline, 1 suppressed`."""
    counts = Counter[str](each.by for each in evaluation.accepted)
    words = {"baseline": "in the baseline", "suppression": "suppressed"}
    return ", ".join(f"{counts[by]} {word}" for by, word in words.items() if counts[by])


def problems(evaluation: Evaluation) -> tuple[Problem, ...]:
    """Everything that could not be read, each once, in order of place."""
    return problems_of(evaluation.logs, evaluation.problems)


def problems_of(logs: Logs, others: Iterable[Problem] = ()) -> tuple[Problem, ...]:
    """The problems of the logs, and `others`, each once, in order of place."""
    found = {*others, *logs.problems}
    for log in logs.trials:
        found.update(log.problems)
    return tuple(sorted(found, key=lambda each: (each.place, each.found)))


def files(evaluation: Evaluation) -> int:
    """How many files were read."""
    paths = {source for log in evaluation.logs.trials for source in log.sources}
    paths.update(each.source for each in evaluation.logs.declarations)
    return len(paths)


def logs_of(evaluation: Evaluation, study: Study) -> tuple[TrialLog, ...]:
    """The logs that the trials of a study were read from."""
    sources: set[Path] = {path for trial in study.trials for path in trial.sources}
    return tuple(
        log for log in evaluation.logs.trials if not sources.isdisjoint(log.sources)
    )


def statuses(study: Study) -> str:
    """`33 complete, 1 incomplete, 6 infeasible`."""
    counts = Counter(trial.status for trial in study.trials)
    return ", ".join(
        f"{counts[status]:,} {status.value}" for status in TrialStatus if counts[status]
    )


def headline(evaluation: Evaluation) -> str:
    """`42 trials in 2 studies, from 118 files`."""
    trials = sum(len(study.trials) for study in evaluation.studies)
    return (
        f"{count(trials, 'trial')} in "
        f"{count(len(evaluation.studies), 'study', 'studies')}, "
        f"from {count(files(evaluation), 'file')}"
    )


def state(evaluation: Evaluation) -> str:
    """Where the user stands, in a sentence or two."""
    findings = open_findings(evaluation.findings)
    errors = sum(each.severity is Severity.ERROR for each in findings)
    warnings = sum(each.severity is Severity.WARNING for each in findings)
    if not any(study.ranked for study in evaluation.studies):
        return "No trial has a result that can be compared, so nothing can be adopted."
    if errors:
        stands = "stands" if errors == 1 else "stand"
        return (
            f"Do not adopt the best trial yet: {count(errors, 'error')} {stands} "
            f"against the conclusions."
        )
    if warnings:
        weaken = "weakens" if warnings == 1 else "weaken"
        return (
            f"Adopt the best trial only with care: {count(warnings, 'warning')} "
            f"{weaken} the conclusions."
        )
    if evaluation.accepted:
        are = "is" if len(evaluation.accepted) == 1 else "are"
        new = "Nothing new worse than a note" if findings else "Nothing new"
        return (
            f"{new} was found: "
            f"{count(len(evaluation.accepted), 'finding')} {are} accepted."
        )
    found = outcomes(evaluation, evaluation.studies)
    undecided = found[Outcome.INCONCLUSIVE] + found[Outcome.NOT_EVALUATED]
    nothing = "Nothing worse than a note was found" if findings else "Nothing was found"
    if undecided > found[Outcome.CLEAR]:
        return (
            f"{nothing}, which says little: {undecided} of "
            f"{count(sum(found.values()), 'rule')} could not decide; see below for why."
        )
    to_act = "" if findings else " to act on"
    if undecided:
        return (
            f"{nothing}{to_act} in what could be decided; see below for what could not."
        )
    return f"{nothing}{to_act}."


def _reasons(verdicts: Iterable[Verdict], outcome: Outcome) -> tuple[Reason, ...]:
    subjects: dict[tuple[str, str], list[str]] = {}
    for each in verdicts:
        if each.outcome is outcome:
            key = (each.reason, each.enable)
            subjects.setdefault(key, []).append(each.subject.name)
    return tuple(
        Reason(reason, enable, tuple(names))
        for (reason, enable), names in subjects.items()
    )

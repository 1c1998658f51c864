"""The way of the data: paths, logs, studies, rules, one evaluation."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.engine.evaluate import evaluate_study
from advisor.engine.fingerprints import with_fingerprints
from advisor.engine.recommend import recommend
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration
from advisor.interpret.studies import interpret_each
from advisor.loaders.collect import collect
from advisor.model.confirmation import Confirmation, ConfirmationVerdict
from advisor.model.finding import (
    Evaluation,
    Finding,
    Lead,
    Question,
    RuleNote,
    Severity,
    Verdict,
)
from advisor.model.log import Logs
from advisor.model.study import Study

Progress = Callable[[int, int], None]
"""Called with the files done and the files in all."""


def read(
    paths: Sequence[Path],
    configuration: Configuration,
    progress: Progress | None = None,
) -> tuple[Logs, tuple[Study, ...]]:
    """Loads and interprets everything below `paths`.

    A study that is not understood costs the others nothing, and is a problem.

    Raises:
        AdvisorError: no trial found, or no study without an ambiguity that changes
            the advice.
    """
    logs = collect(paths, progress)
    if not logs.trials:
        raise AdvisorError(_nothing_found(logs))
    studies, unclear = interpret_each(logs, configuration)
    if unclear and not studies:
        raise unclear[0]
    problems = (*logs.problems, *(error.problem for error in unclear))
    return replace(logs, problems=problems), studies


def settings_of(configuration: Configuration) -> RuleSettings:
    """The part of the configuration that the engine reads."""
    return RuleSettings(
        disabled=configuration.disabled_rules,
        parameters=configuration.rule_parameters,
        folders=configuration.rule_folders,
    )


def evaluate(
    logs: Logs,
    studies: Sequence[Study],
    rules: Sequence[Rule],
    settings: RuleSettings | None = None,
) -> Evaluation:
    """Every rule on every study, as one immutable value."""
    with _without_collection():
        return _evaluated(logs, studies, rules, settings or RuleSettings())


@contextmanager
def _without_collection() -> Iterator[None]:
    """An evaluation makes many small values, all of which stay: none is garbage.

    To look for garbage among them takes a fifth of its time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _evaluated(
    logs: Logs, studies: Sequence[Study], rules: Sequence[Rule], settings: RuleSettings
) -> Evaluation:
    verdicts: list[Verdict] = []
    findings: list[Finding] = []
    leads: list[Lead] = []
    questions: dict[tuple[str, str], Question] = {}
    for study in studies:
        conclusions = evaluate_study(study, rules, settings)
        verdicts.extend(conclusions.verdicts)
        for group in conclusions.findings.values():
            findings.extend(group)
        leads.extend(conclusions.leads)
        for question in conclusions.questions.values():
            # One answer in advisor.yaml is for all studies.
            questions.setdefault((question.fact, question.question), question)
    findings.sort(key=lambda each: -each.severity)
    return Evaluation(
        logs=logs,
        studies=tuple(studies),
        verdicts=tuple(verdicts),
        findings=with_fingerprints(findings, studies),
        recommendations=recommend(findings, rules),
        leads=tuple(leads),
        questions=tuple(questions.values()),
        problems=logs.problems,
        rules={
            rule.id: RuleNote(
                rule.id,
                rule.source.summary,
                rule.source.playbook,
                " ".join(rule.source.why.split()),
            )
            for rule in rules
        },
    )


def with_confirmations(
    evaluation: Evaluation,
    confirmations: Mapping[str, Confirmation],
    untested: Mapping[str, str],
    rules: Sequence[Rule],
) -> Evaluation:
    """The evaluation with what experiments showed; what they refuted is demoted."""
    gone = {
        name: each
        for name, each in confirmations.items()
        if each.verdict is ConfirmationVerdict.REFUTED
    }
    findings, untested = [], dict(untested)
    for each in evaluation.findings:
        if each.id in gone:
            each = _refuted(each, gone[each.id])
        if each.superseded_by in gone:
            if each.id not in confirmations:
                untested[each.id] = (
                    f"{each.superseded_by} explained it, and was refuted; "
                    f"test it with --only {each.id}"
                )
            each = replace(each, superseded_by=None)
        findings.append(each)
    findings.sort(key=lambda each: -each.severity)
    standing = [each for each in findings if not each.refuted]
    return replace(
        evaluation,
        findings=tuple(findings),
        recommendations=recommend(standing, rules),
        confirmations=confirmations,
        untested=untested,
    )


def _refuted(finding: Finding, confirmation: Confirmation) -> Finding:
    caveats = (confirmation.sentence, *finding.caveats)
    return replace(finding, severity=Severity.INFO, refuted=True, caveats=caveats)


@dataclass(frozen=True, slots=True)
class Checked:
    """Conclusions, and what they were drawn with."""

    evaluation: Evaluation
    rules: tuple[Rule, ...]
    settings: RuleSettings
    configuration: Configuration


def check(
    paths: Sequence[Path],
    configuration: Configuration,
    progress: Progress | None = None,
) -> Checked:
    """From paths to conclusions.

    Raises:
        AdvisorError: see `read` and `load_rules`.
    """
    settings = settings_of(configuration)
    rules = load_rules(settings)
    logs, studies = read(paths, configuration, progress)
    evaluation = evaluate(logs, studies, rules, settings)
    return Checked(evaluation, rules, settings, configuration)


def _nothing_found(logs: Logs) -> str:
    places = ", ".join(str(root) for root in logs.roots)
    seen = ", ".join(f"{count} {suffix}" for suffix, count in logs.unclaimed.items())
    lines = [
        f"{places}: expected training logs (TensorBoard event files, CSV, W&B), "
        f"found none{f' among {seen}' if seen else ''}",
        *(str(problem) for problem in logs.problems),
    ]
    return "\n".join(lines)

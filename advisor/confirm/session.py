"""Which findings are tested, how, and in which order."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advisor.confirm.experiment import Experiment, NoExperiment, experiment_of
from advisor.confirm.pipelines.analogue import AnaloguePipeline
from advisor.confirm.pipelines.bundled import BundledPipeline, configuration_of
from advisor.confirm.pipelines.pipeline import Pipeline
from advisor.confirm.plan import Plan, plan_for
from advisor.errors import AdvisorError
from advisor.model.finding import Evaluation, Finding, Severity

_USUAL_UNCERTAINTY = 0.5
_LEAST_UNCERTAINTY = 0.25
_WEIGHTS = {Severity.INFO: 1, Severity.WARNING: 3, Severity.ERROR: 9}


@dataclass(frozen=True, slots=True)
class Session:
    """Plans, most urgent first, and the findings that are not tested, with reasons."""

    plans: tuple[Plan, ...]
    untested: dict[str, str]


def prepare(
    evaluation: Evaluation,
    own: Pipeline | None = None,
    only: Sequence[str] = (),
) -> Session:
    """Plans for the open findings, or for those that `only` names by id or rule.

    `own` is the user's pipeline, for trials that the bundled trainer did not make.

    Raises:
        AdvisorError: `only` names what is no finding.
    """
    studies = {study.name: study for study in evaluation.studies}
    plans, untested = [], {}
    for finding in _chosen(evaluation, only):
        experiment = experiment_of(finding, studies[finding.subject.study])
        planned = _plan(experiment, own)
        if isinstance(planned, Plan):
            plans.append(planned)
        else:
            untested[finding.id] = planned
    return Session(tuple(in_order(plans)), untested)


def in_order(plans: Iterable[Plan]) -> list[Plan]:
    """By priority; each further finding of a rule counts half of the one before.

    What holds for one overfitting trial of a study likely holds for the next.
    """
    ordered = sorted(plans, key=priority, reverse=True)
    before: Counter[str] = Counter()
    weights = []
    for plan in ordered:
        rule = plan.experiment.finding.rule
        weights.append(priority(plan) * 0.5 ** before[rule])
        before[rule] += 1
    by_weight = sorted(range(len(ordered)), key=lambda i: -weights[i])
    return [ordered[i] for i in by_weight]


def _chosen(evaluation: Evaluation, only: Sequence[str]) -> Iterable[Finding]:
    known = {each.id for each in evaluation.findings}
    known |= {each.rule for each in evaluation.findings}
    for name in only:
        if name not in known:
            raise AdvisorError(
                f"expected the id or the rule of a finding, found `{name}`; "
                f"there are {', '.join(sorted(known)) or 'none'}"
            )
    for finding in evaluation.findings:
        if only and finding.id not in only and finding.rule not in only:
            continue
        if only or finding.superseded_by is None:
            yield finding


def _plan(experiment: Experiment | NoExperiment, own: Pipeline | None) -> Plan | str:
    if isinstance(experiment, NoExperiment):
        return experiment.reason
    pipeline = _pipeline(experiment, own)
    if pipeline is None:
        return (
            "its trial cannot be trained here: name a `command` or a `model` in the "
            "`confirm` section of advisor.yaml"
        )
    return plan_for(experiment, pipeline)


def _pipeline(experiment: Experiment, own: Pipeline | None) -> Pipeline | None:
    """The pipeline that made the trial, the user's, or an analogue."""
    configuration = configuration_of(experiment.trials[0])
    if configuration is not None:
        return BundledPipeline(configuration.workload)
    if own is not None:
        return own
    return AnaloguePipeline(experiment.analogue) if experiment.analogue else None


def priority(plan: Plan) -> float:
    """Severity times uncertainty over cost: what is worth knowing first."""
    finding = plan.experiment.finding
    weight = _WEIGHTS[finding.severity]
    return weight * uncertainty(finding) / max(plan.seconds(), 1e-3)


def uncertainty(finding: Finding) -> float:
    """1 where the log left it open, less where it is all but sure of its own trial.

    By the smallest p-value of its evidence: ten times smaller leaves half as much, down
    to a floor, because one log says nothing of other seeds or of the advice.
    """
    values = [
        each.value
        for each in finding.evidence
        if each.name.endswith("p_value") and isinstance(each.value, float)
    ]
    known = [value for value in values if 0 <= value <= 1]
    if not known:
        return _USUAL_UNCERTAINTY
    left = float(0.5 ** max(0.0, -math.log10(max(min(known), 1e-12)) - 1))
    return max(left, _LEAST_UNCERTAINTY)

"""What a finding is known by across checks: no folder name, no number of trials.

A study is known by what it compares, a trial by its configuration and seed. Only where
two findings of one check would be the same does the name of their place join.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from advisor.model.finding import Finding
from advisor.model.study import Study

_LENGTH = 20  # of 64 digits


def with_fingerprints(
    findings: Sequence[Finding], studies: Sequence[Study]
) -> tuple[Finding, ...]:
    """The findings, each with its fingerprint; all are different."""
    by_name = {study.name: study for study in studies}
    keys = [_key(each, by_name[each.subject.study]) for each in findings]
    for place in (_trial_folder, _study_folder, _whole):
        counts = Counter(keys)
        keys = [
            (*key, place(each)) if counts[key] > 1 else key
            for key, each in zip(keys, findings, strict=True)
        ]
    return tuple(
        replace(each, fingerprint=_digest(key))
        for each, key in zip(findings, keys, strict=True)
    )


def _key(finding: Finding, study: Study) -> tuple[str, ...]:
    objective = study.objective.metric if study.objective is not None else ""
    subject = finding.subject
    name = subject.name if subject.kind == "hyperparameter" else ""
    if subject.kind == "trial":
        name = _configuration(study, subject.name)
    return finding.rule, objective, subject.kind, name


def _configuration(study: Study, name: str) -> str:
    """Its hyperparameters and seed; its own folder where nothing else is known."""
    trial = study.trials_by_name[name]
    values = {
        each.name: trial.hyperparameters[each.name]
        for each in study.search_space
        if each.name in trial.hyperparameters
    }
    if not values:
        return PurePosixPath(name).name
    return json.dumps([values, trial.seed], sort_keys=True, default=str)


def _trial_folder(finding: Finding) -> str:
    kind, name = finding.subject.kind, finding.subject.name
    return PurePosixPath(name).name if kind == "trial" else ""


def _study_folder(finding: Finding) -> str:
    return PurePosixPath(finding.subject.study).name


def _whole(finding: Finding) -> str:
    return f"{finding.subject.study}\0{finding.subject.name}"


def _digest(key: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(key).encode()).hexdigest()[:_LENGTH]

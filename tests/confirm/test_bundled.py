"""The bundled pipeline trains only what can tell something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.confirm.experiment import Change, Experiment, experiment_of
from advisor.confirm.pipelines.bundled import BundledPipeline
from advisor.confirm.pipelines.pipeline import NotApplicableError
from advisor.model.trial import Trial
from advisor.trainer.workloads.workload import find_workload
from tests.confirm.fake_pipeline import HEALTHY, OVERFITTING
from tests.confirm.studies import checked, finding_of

SMOOTHED = Change(set={"label_smoothing": 0.1})


def flagged(tmp_path: Path, workload: str) -> tuple[Experiment, Trial]:
    study = checked(tmp_path, HEALTHY, OVERFITTING)
    finding = finding_of(study, "problematic-overfitting")
    whole = study.evaluation.studies[0]
    experiment = experiment_of(finding, whole)
    assert isinstance(experiment, Experiment)
    values = find_workload(workload).healthy.to_mapping()
    return experiment, replace(experiment.trials[0], hyperparameters=values)


def test_labels_are_smoothed_where_there_are_classes(tmp_path: Path) -> None:
    experiment, trial = flagged(tmp_path, "digits")
    settings = BundledPipeline("digits").settings(experiment, trial, SMOOTHED, 0)
    assert settings["label_smoothing"] == 0.1


def test_labels_that_are_numbers_are_not_smoothed(tmp_path: Path) -> None:
    experiment, trial = flagged(tmp_path, "regression")
    pipeline = BundledPipeline("regression")
    assert pipeline.settings(experiment, trial, Change(), 0)["label_smoothing"] == 0
    with pytest.raises(NotApplicableError, match="to numbers"):
        pipeline.settings(experiment, trial, SMOOTHED, 0)

"""Other people's logs: what an expert sees in them is found, and healthy ones pass."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from advisor.interpret.configuration import Configuration
from advisor.model.finding import Evaluation, Severity
from advisor.pipeline import check

LOGS = Path(__file__).resolve().parents[1] / "../shared/logs"

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="needs the shared logs")


@cache
def evaluation(folder: str) -> Evaluation:
    return check([LOGS / folder], Configuration()).evaluation


def found(folder: str, rule: str) -> Mapping[str, Severity]:
    """Severity of every finding of the rule, by the last two parts of its subject."""
    return {
        each.subject.name: each.severity
        for each in evaluation(folder).findings
        if each.rule == rule
    }


LABELS = {
    "overfit": "problematic-overfitting",
    "lr_hot": "diverged",
    "fp16_nan": "diverged",
    "lr_zero": "not-learning",
}


@pytest.mark.parametrize("label", LABELS)
def test_every_injected_fault_is_found(label: str) -> None:
    names = {f"examples/gallery/{label}"} | {
        f"examples/gallery/{label}/seed{seed}" for seed in (43, 44)
    }
    assert names <= found("trainproof-labelled", LABELS[label]).keys()


def test_healthy_trials_get_no_warning() -> None:
    warned = {
        each.subject.name
        for each in evaluation("trainproof-labelled").findings
        if each.severity >= Severity.WARNING
    }
    assert not {name for name in warned if "/healthy" in name}


def test_a_learning_rate_of_zero_is_named() -> None:
    messages = [
        each.message
        for each in evaluation("trainproof-labelled").findings
        if "/lr_zero" in each.subject.name
    ]
    assert len(messages) == 3
    assert all("learning rate is logged as 0" in message for message in messages)


def test_falling_bleu_is_overfitting() -> None:
    names = found("algoperf-amos", "problematic-overfitting")
    assert {f"study_{i}/wmt_jax/trial_4" for i in range(5)} <= names.keys()


def test_the_evaluated_training_loss_is_used() -> None:
    """The loss of single batches stays at 6.9 for the vision transformer."""
    studies = {study.name: study for study in evaluation("algoperf-amos").studies}
    study = studies["study_*/imagenet_vit_jax"]
    assert study.metrics["training_loss"] == "train/loss"
    assert study.trials[0].curves["training_loss"].values[-1] < 2
    assert not found("algoperf-amos", "not-learning")


def test_five_repeats_of_five_points_are_one_study() -> None:
    sizes = {s.name: len(s.trials) for s in evaluation("algoperf-amos").studies}
    assert sizes == {
        f"study_*/{workload}_jax": 25 for workload in ("imagenet_vit", "ogbg", "wmt")
    }


def test_nine_of_twelve_trials_failed_to_start() -> None:
    causes = [
        trial.infeasibility.cause
        for study in evaluation("cs336-wandb-sweep").studies
        for trial in study.infeasible
        if trial.infeasibility is not None
    ]
    assert causes == ["failed to start"] * 9


def test_six_of_seven_policies_are_frozen() -> None:
    names = found("simple-sb2-tb", "not-learning").keys()
    assert names == {f"logs/tb_{i}" for i in (1, 2, 3, 5, 6, 7)}


def test_data_sets_are_told_apart_and_failed_starts_counted() -> None:
    studies = evaluation("yolov5-node").studies
    assert {study.name for study in studies} == {
        f"runs/train ({data}.yaml)"
        for data in ("VOC_node", "coco128", "node100", "node200")
    }
    assert sum(len(study.trials) for study in studies) == 55
    assert found("yolov5-node", "steps-tuned")

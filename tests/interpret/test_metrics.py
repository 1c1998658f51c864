"""What names of metrics say, over the conventions of the frameworks."""

from __future__ import annotations

import pytest

from advisor.interpret.configuration import ObjectiveSettings
from advisor.interpret.metrics import is_whole_gradient, read_metric
from advisor.interpret.objective import choose_objective
from advisor.interpret.tags import tags_of
from advisor.model.study import Goal
from tests.interpret.logs import trial

LOSS, QUALITY, REWARD, RATE = "loss", "quality", "reward", "learning rate"

READ = [
    # tag, kind, quantity, split, does it improve upwards
    ("epoch_loss", LOSS, "loss", None, False),  # Keras
    ("val_loss", LOSS, "loss", "validation", False),
    ("val_sparse_categorical_accuracy", QUALITY, "accuracy", "validation", True),
    ("evaluation_accuracy_vs_iterations", QUALITY, "accuracy", "validation", True),
    ("validation/epoch_loss", LOSS, "loss", "validation", False),
    ("Loss/train", LOSS, "loss", "train", False),  # PyTorch's tutorials
    ("Accuracy/test", QUALITY, "accuracy", "test", True),
    ("train_loss_step", LOSS, "loss", "train", False),  # Lightning
    ("val_loss/dataloader_idx_0", LOSS, "loss", "validation", False),
    ("eval/loss", LOSS, "loss", "validation", False),  # Hugging Face
    ("eval_f1", QUALITY, "f1", "validation", True),
    ("eval/rouge2", QUALITY, "rouge", "validation", True),
    ("validation/bleu", QUALITY, "bleu", "validation", True),  # AlgoPerf
    ("validation/error_rate", QUALITY, "error", "validation", False),
    ("test/wer", QUALITY, "wer", "test", False),
    ("metrics/mAP50-95(B)", QUALITY, "map", "validation", True),  # Ultralytics
    ("train/box_loss", LOSS, "loss", "train", False),
    ("rollout/ep_rew_mean", REWARD, "reward", "train", True),  # Stable-Baselines
    ("eval/mean_reward", REWARD, "reward", "validation", True),
    ("valLoss", LOSS, "loss", "validation", False),  # hand-written
    ("Validation Perplexity", LOSS, "perplexity", "validation", False),
    ("dev_acc", QUALITY, "accuracy", "validation", True),
    ("nll", LOSS, "nll", None, False),
    ("mean_test_score", QUALITY, "score", "validation", True),  # scikit-learn
]


@pytest.mark.parametrize(
    ("tag", "kind", "quantity", "split", "upwards"), READ, ids=[r[0] for r in READ]
)
def test_a_measurement(
    tag: str, kind: str, quantity: str, split: str | None, upwards: bool
) -> None:
    metric = read_metric(tag)
    assert (metric.kind, metric.quantity, metric.split) == (kind, quantity, split)
    assert metric.goal is (Goal.MAXIMIZE if upwards else Goal.MINIMIZE)


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("learning_rate", RATE),
        ("lr-AdamW/pg1", RATE),
        ("train/learning_rate", RATE),
        ("lr/pg0", RATE),
        ("epoch_learning_rate", RATE),
        ("grad_norm", "gradient norm"),
        ("train/grad_norm", "gradient norm"),
        ("gradients/global_norm", "gradient norm"),
        ("examples_per_second", "throughput"),
        ("train/samples_per_second", "throughput"),
        ("time/fps", "throughput"),
        ("epoch", "cost"),
        ("global_step", "cost"),
        ("total_duration", "cost"),
        ("validation/num_examples", "cost"),
        ("train/num_input_tokens_seen", "cost"),
        ("system/gpu.0.memory", "cost"),
    ],
)
def test_what_is_no_measurement(tag: str, kind: str) -> None:
    assert read_metric(tag).kind == kind
    assert not read_metric(tag).is_measurement


def test_the_norm_of_one_layer_is_not_that_of_the_whole_gradient() -> None:
    assert is_whole_gradient(read_metric("grad_2.0_norm_total"))
    assert not is_whole_gradient(read_metric("grad_norm/encoder.layer.0.weight"))


CHOSEN = [
    # tags, the objective among them, on which split
    (("loss", "accuracy", "val_loss", "val_accuracy"), "val_accuracy", "validation"),
    (("train/loss", "eval/loss"), "eval/loss", "validation"),
    (("Loss/train", "Loss/test", "Accuracy/test"), "Accuracy/test", "test"),
    (("train/loss", "train/learning_rate"), "train/loss", "train"),
    (("rollout/ep_rew_mean", "train/loss"), "rollout/ep_rew_mean", "train"),
    (("rollout/ep_rew_mean", "eval/mean_reward"), "eval/mean_reward", "validation"),
    (
        ("metrics/precision(B)", "metrics/mAP50(B)", "metrics/mAP50-95(B)"),
        "metrics/mAP50-95(B)",
        "validation",
    ),
    (
        ("validation/epoch_loss", "train/epoch_loss"),
        "validation/epoch_loss",
        "validation",
    ),
    (
        ("validation/loss", "validation/bleu", "test/bleu"),
        "validation/bleu",
        "validation",
    ),
]


@pytest.mark.parametrize(("tags", "objective", "split"), CHOSEN)
def test_trials_are_compared_by(
    tags: tuple[str, ...], objective: str, split: str
) -> None:
    log = trial("a", tags=tags)
    choice = choose_objective(tags_of([log]), [log], None, ObjectiveSettings())
    assert choice is not None
    assert (choice.objective.metric, choice.objective.split) == (objective, split)


def test_a_quality_that_never_moves_does_not_compare_trials() -> None:
    log = trial("a", tags={"val_loss": 0.2, "val_accuracy": [0.0] * 20})
    choice = choose_objective(tags_of([log]), [log], None, ObjectiveSettings())
    assert choice is not None
    assert choice.objective.metric == "val_loss"

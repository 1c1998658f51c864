"""A trial trains the same alone, among others, beside one that diverges, and again."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from small_trials import SMALL, healthy, small, trained

from advisor.trainer.batching import batches, in_common
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.history import History

DIFFERENT = [
    small(),
    small(seed=1, data_seed=1, learning_rate=0.1, schedule="cosine"),
    small(momentum=0.5, clip_norm=0.5, warmup_steps=10, schedule="step"),
    small(dropout=0.3, data_seed=2, weight_decay=0.01),
    small(label_smoothing=0.1, averaging_decay=0.9, initialization_scale=0.5),
]


def differ(first: History, second: History) -> float:
    """The largest difference of any curve, relative to the curve's largest value."""
    pairs = [
        (first.losses, second.losses),
        (first.gradient_norms, second.gradient_norms),
        (first.learning_rates, second.learning_rates),
        *(
            (first.evaluations[tag], second.evaluations[tag])
            for tag in first.evaluations
        ),
    ]
    return max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in pairs)


def test_together_each_trial_trains_as_it_does_alone() -> None:
    together = trained(DIFFERENT)
    for configuration, history in zip(DIFFERENT, together, strict=True):
        (alone,) = trained([configuration])
        assert differ(alone, history) < 1e-4


@pytest.mark.parametrize("name", ["signals", "sentences"])
def test_other_architectures_train_together_as_alone(name: str) -> None:
    short = {
        "max_train_steps": 20,
        "eval_every": 20,
        "validation_examples": 64,
        "depth": 1,
    }
    trials = [
        healthy(name, **short),
        healthy(name, **short, seed=1, data_seed=1, learning_rate=0.001),
    ]
    together = trained(trials)
    (alone,) = trained(trials[1:])
    assert differ(alone, together[1]) < 1e-4


def test_a_trial_that_diverges_disturbs_no_other() -> None:
    diverging = small(learning_rate=1e30)
    alone, together = trained([small()])[0], trained([diverging, small(), diverging])
    assert differ(alone, together[1]) < 1e-4
    lost = together[0]
    assert lost.nonfinite is not None
    step, reason = lost.nonfinite
    assert step <= 5
    assert "is NaN" in reason or "is +inf" in reason
    # The log goes on to the evaluation that ends it, and shows what happened.
    assert lost.last_step == 20
    assert list(lost.evaluation_steps) == [0, 20]
    assert np.isnan(lost.losses[-1])
    assert np.isnan(lost.evaluations["validation/loss"][-1])
    assert lost.evaluations["validation/error"][-1] == 1
    assert [each.step for each in lost.checkpoints] == [0]


def test_training_ends_when_no_trial_is_finite_any_more() -> None:
    (lost,) = trained([small(learning_rate=1e30)])
    assert lost.last_step == 20


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adamw"])
def test_rules_with_no_or_two_slots_learn(optimizer: str) -> None:
    rate = {"sgd": 0.1, "rmsprop": 0.003, "adamw": 0.01}[optimizer]
    (history,) = trained([small(optimizer=optimizer, learning_rate=rate)])
    errors = history.evaluations["train_subset/error"]
    assert errors[-1] < 0.8 * errors[0]


def test_a_rate_of_zero_changes_nothing() -> None:
    (history,) = trained([small(learning_rate=0.0, weight_decay=0.1)])
    assert len(set(history.evaluations["validation/loss"])) == 1


def test_updates_and_evaluations_have_the_steps_that_were_configured() -> None:
    (history,) = trained([small(max_train_steps=50)])
    np.testing.assert_array_equal(history.steps, np.arange(1, 51))
    np.testing.assert_array_equal(history.evaluation_steps, [0, 20, 40, 50])
    assert np.isnan(history.throughputs[0])
    assert (history.throughputs[1:] > 0).all()
    assert (np.diff(history.wall_times) > 0).all()


def test_clipping_leaves_the_logged_norm_as_it_was() -> None:
    free, clipped = trained([small(), small(clip_norm=1e-6)])
    assert clipped.gradient_norms[0] == pytest.approx(free.gradient_norms[0])
    assert (clipped.gradient_norms > 0.1).all()
    assert clipped.losses[-5:].mean() > 1.5 * free.losses[-5:].mean()


def test_the_best_weights_are_kept_best_first() -> None:
    (history,) = trained([small(checkpoints_kept=2)])
    errors = history.evaluations["validation/error"]
    best = sorted(zip(errors, history.evaluation_steps, strict=True))[:2]
    kept = [(each.validation_error, each.step) for each in history.checkpoints]
    assert kept == best
    assert history.checkpoints[0].arrays["hidden_0/kernel"].shape == (64, 16)


def test_trials_train_together_where_they_share_a_shape() -> None:
    trials = {
        "a": small(),
        "b": small(width=8),
        "c": small(learning_rate=1.0, seed=3),
        "d": small(optimizer="adam"),
        "e": small(dropout=0.5),
    }
    assert batches(trials) == [("a", "c", "e"), ("b",), ("d",)]
    assert batches(trials, most=2) == [("a", "c"), ("e",), ("b",), ("d",)]


def test_what_may_differ_is_no_part_of_the_shape() -> None:
    shared = in_common(SMALL)
    shape = {
        *("workload", "max_train_steps", "batch_size", "optimizer", "normalization"),
        *("ghost_batch_size", "residual", "width", "depth", "activation"),
        *("train_examples", "validation_examples", "label_noise", "eval_every"),
    }
    for each in fields(TrialConfiguration):
        same = getattr(shared, each.name) == getattr(SMALL, each.name)
        assert same or each.name not in shape


def fingerprint(histories: list[History]) -> str:
    digest = hashlib.sha256()
    for history in histories:
        digest.update(history.losses.tobytes() + history.gradient_norms.tobytes())
        for curve in history.evaluations.values():
            digest.update(curve.tobytes())
    return digest.hexdigest()


def test_another_process_computes_the_same_bits() -> None:
    code = (
        "import test_training_together as here\n"
        "print(here.fingerprint(here.trained(here.DIFFERENT[:2])))"
    )
    command = [sys.executable, "-c", code]
    here = Path(__file__).parent
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=here)
    assert done.stdout.split()[-1] == fingerprint(trained(DIFFERENT[:2]))

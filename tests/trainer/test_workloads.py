"""Every workload is learned by its healthy configuration, and ill where it says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from small_trials import healthy, seeds, trained

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.history import History
from advisor.trainer.workloads.workload import find_workload, workload_names

SEEDS = 2


def objective(history: History) -> np.ndarray:
    (tag,) = (
        tag
        for tag in history.evaluations
        if tag.startswith("validation/") and not tag.endswith("/loss")
    )
    return history.evaluations[tag]


def late_noise(history: History) -> float:
    """Deviation of the objective in the last quarter, its straight line taken away."""
    late = objective(history)[-len(history.evaluation_steps) // 4 :]
    line = np.polyval(np.polyfit(np.arange(len(late)), late, 1), np.arange(len(late)))
    return float(np.sqrt(((late - line) ** 2).mean()))


def rise(history: History, tag: str = "validation/loss") -> float:
    """How far the end lies above the minimum, relative to the minimum."""
    curve = history.evaluations[tag]
    return float(np.median(curve[-3:]) / curve.min() - 1)


def arms(
    base: TrialConfiguration, **settings: dict[str, Any]
) -> dict[str, list[History]]:
    """Every arm with every seed, all trained in one batch."""
    configurations = [
        trial
        for changes in settings.values()
        for trial in seeds(
            TrialConfiguration.from_mapping(base.to_mapping() | changes), SEEDS
        )
    ]
    histories = trained(configurations)
    return {
        name: histories[i * SEEDS : (i + 1) * SEEDS] for i, name in enumerate(settings)
    }


def mean(histories: list[History], measure: Any) -> float:
    return float(np.mean([measure(each) for each in histories]))


@pytest.mark.parametrize("name", workload_names())
def test_the_healthy_configuration_reaches_what_is_documented(name: str) -> None:
    workload = find_workload(name)
    histories = trained(seeds(workload.healthy, SEEDS))
    for history in histories:
        assert history.nonfinite is None
        assert objective(history).min() <= workload.expected
        assert objective(history)[0] > 0.8 * workload.untrained
        assert objective(history)[-1] < 1.2 * objective(history).min() + 0.01


@pytest.mark.parametrize("name", workload_names())
def test_examples_are_the_same_every_time(name: str) -> None:
    first, second = (find_workload(name).make() for _ in range(2))
    np.testing.assert_array_equal(first.train_inputs, second.train_inputs)
    np.testing.assert_array_equal(first.validation_targets, second.validation_targets)
    assert first.train_inputs.shape[1:] == find_workload(name).inputs


def test_few_noisy_examples_are_overfitted_unless_something_holds_it_back() -> None:
    found = arms(
        healthy("digits", train_examples=200, label_noise=0.2, schedule="constant"),
        plain={"dropout": 0.0},
        dropout={"dropout": 0.5},
        decay={"dropout": 0.0, "weight_decay": 0.03},
        smoothing={"dropout": 0.0, "label_smoothing": 0.2},
    )
    rises = {name: mean(each, rise) for name, each in found.items()}
    best = {
        name: mean(each, lambda history: objective(history).min())
        for name, each in found.items()
    }
    assert rises["plain"] > 0.5
    for name in ("dropout", "decay", "smoothing"):
        assert rises[name] < 0.5 * rises["plain"], name
    for name in ("dropout", "decay"):
        assert best[name] < best["plain"], name


def test_learning_rates_far_off() -> None:
    found = arms(
        healthy("digits"),
        zero={"learning_rate": 0.0},
        tiny={"learning_rate": 1e-6},
        high={"learning_rate": 1.0},
        absurd={"learning_rate": 100.0},
    )
    for name in ("zero", "tiny"):
        for history in found[name]:
            curve = history.evaluations["validation/loss"]
            assert curve[-1] == pytest.approx(curve[0], rel=0.01)
    for history in found["high"]:
        assert objective(history).min() > 0.3
        assert history.losses.max() > 2 * history.losses[0]
    for history in found["absurd"]:
        assert history.nonfinite is not None


def test_short_trials_still_improve_and_long_ones_are_saturated() -> None:
    (slow,) = trained([healthy("digits", learning_rate=0.002, schedule="constant")])
    third = len(objective(slow)) // 3
    fall = np.median(objective(slow)[third : 2 * third]) - objective(slow)[-3:].mean()
    assert fall > 0.05
    base = healthy("deep", schedule="constant")
    (long,) = trained([replace(base, learning_rate=0.1, clip_norm=1.0)])
    half = len(objective(long)) // 2
    middle, end = objective(long)[half : half + 8], objective(long)[-8:]
    assert np.median(middle) < 0.05
    assert np.median(middle) - np.median(end) < 0.02


def test_late_noise_goes_with_decay_and_averaging() -> None:
    found = arms(
        healthy("digits", batch_size=8, learning_rate=0.02),
        constant={"schedule": "constant"},
        decayed={"schedule": "linear"},
        averaged={"schedule": "constant", "averaging_decay": 0.99},
    )
    noise = {name: mean(each, late_noise) for name, each in found.items()}
    assert noise["decayed"] < 0.5 * noise["constant"]
    assert noise["averaged"] < 0.5 * noise["constant"]


def test_without_warmup_the_deep_network_diverges_and_remedies_cure_it() -> None:
    found = arms(
        healthy("deep"),
        warmup={},
        nothing={"warmup_steps": 0},
        clipped={"warmup_steps": 0, "clip_norm": 1.0},
        lower={"warmup_steps": 0, "learning_rate": 0.003},
    )
    for history in found["nothing"]:
        assert history.nonfinite is not None
        assert history.nonfinite[0] < 60
    for name in ("warmup", "clipped", "lower"):
        for history in found[name]:
            assert history.nonfinite is None
            assert objective(history).min() < 0.15
    normal = healthy("deep", warmup_steps=0, normalization="layer")
    (history,) = trained([normal])
    assert objective(history).min() < 0.05


def test_a_regression_learns_nothing_about_its_scale_from_smoothing() -> None:
    plain, smoothed = trained(
        [
            healthy("regression", max_train_steps=20),
            healthy("regression", max_train_steps=20, label_smoothing=0.5),
        ]
    )
    np.testing.assert_array_equal(plain.losses, smoothed.losses)

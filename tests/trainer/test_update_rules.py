"""The playbook's update rules against slow ones, and against Keras where it agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from advisor.trainer.optimizers import (  # noqa: E402
    FIRST_SLOTS,
    UPDATES,
    Hyperparameters,
)
from advisor.trainer.step import beside, gradient_norms  # noqa: E402

TRIALS, STEPS = 3, 6
CHANCE = np.random.default_rng(0)
WEIGHTS = CHANCE.normal(size=(TRIALS, 4, 2))
GRADIENTS = CHANCE.normal(size=(STEPS, TRIALS, 4, 2))
SETTINGS: dict[str, list[float]] = {
    "learning_rate": [0.1, 0.01, 0.3],
    "momentum": [0.9, 0.0, 0.5],
    "beta1": [0.9, 0.8, 0.5],
    "beta2": [0.999, 0.99, 0.9],
    "rho": [0.9, 0.5, 0.99],
    "epsilon": [1e-8, 1e-4, 1e-2],
    "weight_decay": [0.0, 0.01, 0.1],
}
DECAYING = [1.0, 0.5, 0.25, 0.2, 0.1, 0.05]  # of the base rate


def ours(optimizer: Any, factors: list[float]) -> np.ndarray:
    """Weights after all updates, [M, 4, 2]."""
    weight = tf.constant(WEIGHTS, tf.float32)
    slots = tuple(tf.fill(weight.shape, value) for value in FIRST_SLOTS[optimizer])
    numbers = {
        name: beside(tf.constant(values, tf.float32), weight)
        for name, values in SETTINGS.items()
    }
    for step, factor in enumerate(factors):
        settings = {**numbers, "learning_rate": numbers["learning_rate"] * factor}
        hyperparameters = Hyperparameters(**settings, step=tf.constant(step + 1.0))
        gradient = tf.constant(GRADIENTS[step], tf.float32)
        weight, slots = UPDATES[optimizer](weight, gradient, slots, hyperparameters)
    return weight.numpy()


def slow(optimizer: str, trial: int, factors: list[float]) -> np.ndarray:
    """The formulas, in double precision, one weight after the other."""
    h = {name: values[trial] for name, values in SETTINGS.items()}
    after = np.empty_like(WEIGHTS[trial])
    for place in np.ndindex(after.shape):
        theta = WEIGHTS[trial][place]
        v = 1.0 if optimizer == "rmsprop" else 0.0
        m = 0.0
        for t, factor in enumerate(factors):
            g, eta = GRADIENTS[t, trial][place], h["learning_rate"] * factor
            b1, b2, eps = h["beta1"], h["beta2"], h["epsilon"]
            if optimizer == "sgd":
                theta = theta - eta * g
            elif optimizer in ("momentum", "nesterov"):
                v = h["momentum"] * v + g
                ahead = h["momentum"] * v + g if optimizer == "nesterov" else v
                theta = theta - eta * ahead
            elif optimizer == "rmsprop":
                v = h["rho"] * v + (1 - h["rho"]) * g**2
                m = h["momentum"] * m + eta / np.sqrt(v + eps) * g
                theta = theta - m
            else:
                m = b1 * m + (1 - b1) * g
                v = b2 * v + (1 - b2) * g**2
                b = np.sqrt(1 - b2 ** (t + 1)) / (1 - b1 ** (t + 1))
                top = b1 * m + (1 - b1) * g if optimizer == "nadam" else m
                decay = h["weight_decay"] if optimizer == "adamw" else 0.0
                theta = theta - eta * decay * theta - eta * top / (np.sqrt(v) + eps) * b
        after[place] = theta
    return after


@pytest.mark.parametrize("optimizer", UPDATES)
@pytest.mark.parametrize("factors", [[1.0] * STEPS, DECAYING], ids=["flat", "decay"])
def test_the_rule_is_the_formula_for_each_trial(
    optimizer: str, factors: list[float]
) -> None:
    expected = [slow(optimizer, trial, factors) for trial in range(TRIALS)]
    np.testing.assert_allclose(ours(optimizer, factors), expected, rtol=2e-4, atol=2e-5)


def of_keras(build: Callable[[dict[str, float]], Any], trial: int) -> np.ndarray:
    optimizer = build({name: values[trial] for name, values in SETTINGS.items()})
    variable = tf.Variable(WEIGHTS[trial], dtype=tf.float32)
    for gradient in GRADIENTS[:, trial]:
        optimizer.apply([tf.constant(gradient, tf.float32)], [variable])
    return variable.numpy()


def adam(kind: str, **more: str) -> Callable[[dict[str, float]], Any]:
    names = {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon", **more}
    return lambda h: getattr(tf.keras.optimizers, kind)(
        h["learning_rate"], **{theirs: h[our] for our, theirs in names.items()}
    )


KERAS: dict[str, Callable[[dict[str, float]], Any]] = {
    "sgd": lambda h: tf.keras.optimizers.SGD(h["learning_rate"]),
    "momentum": lambda h: tf.keras.optimizers.SGD(h["learning_rate"], h["momentum"]),
    "nesterov": lambda h: tf.keras.optimizers.SGD(
        h["learning_rate"], h["momentum"], nesterov=True
    ),
    "adam": adam("Adam"),
    "adamw": adam("AdamW", weight_decay="weight_decay"),
}
"""RMSProp and NAdam are absent: see the docstring of advisor/trainer/optimizers.py."""


@pytest.mark.parametrize("optimizer", KERAS)
def test_at_a_constant_rate_keras_agrees(optimizer: str) -> None:
    expected = [of_keras(KERAS[optimizer], trial) for trial in range(TRIALS)]
    found = ours(optimizer, [1.0] * STEPS)
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)


def test_the_gradient_norm_is_over_all_weights_of_a_trial() -> None:
    gradients = {
        "a": tf.constant(GRADIENTS[0], tf.float32),
        "b": tf.constant(GRADIENTS[1, :, 0], tf.float32),
    }
    expected = [
        np.sqrt((GRADIENTS[0, m] ** 2).sum() + (GRADIENTS[1, m, 0] ** 2).sum())
        for m in range(TRIALS)
    ]
    np.testing.assert_allclose(gradient_norms(gradients), expected, rtol=1e-5)

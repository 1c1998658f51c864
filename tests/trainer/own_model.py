"""What a user would write: a model, data, and some that are wrong."""

from __future__ import annotations

from typing import Any

import numpy as np


def build() -> Any:
    """Compiled, with batch norm, dropout and a regulariser."""
    from tensorflow import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(16, kernel_regularizer=keras.regularizers.L2(1e-3)),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.1),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy")
    return model


def build_plain(configuration: dict[str, Any]) -> Any:
    """Not compiled, deterministic, as wide as the configuration says."""
    from tensorflow import keras

    layers = keras.layers
    width = configuration["width"]
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(width, "tanh"), layers.Dense(3)]
    )


def build_regression() -> Any:
    """One number, not compiled."""
    from tensorflow import keras

    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])


def build_nothing() -> None:
    """Forgets to return the model."""


def examples() -> Any:
    """Three classes, by the largest of three columns."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4))
    y = x[:, :3].argmax(1)
    return (x[:300], y[:300]), (x[300:], y[300:])


def numbers() -> Any:
    """A linear function."""
    (x_train, _), (x_val, _) = examples()
    return (x_train, x_train.sum(1, keepdims=True)), (
        x_val,
        x_val.sum(1, keepdims=True),
    )


def no_pairs() -> Any:
    """Not what is expected."""
    return 3


not_a_function = 3

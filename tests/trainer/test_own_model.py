"""The user's own Keras model in the trainer's loop: same logs, same updates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import own_model  # noqa: E402

from advisor.interpret.configuration import Configuration  # noqa: E402
from advisor.interpret.studies import interpret  # noqa: E402
from advisor.loaders.collect import collect  # noqa: E402
from advisor.trainer.builder import load_data, load_function, train_own  # noqa: E402
from advisor.trainer.checkpoints import read_checkpoint  # noqa: E402
from advisor.trainer.configuration import TrialConfiguration  # noqa: E402
from advisor.trainer.data import example_order  # noqa: E402
from advisor.trainer.errors import TrainerError  # noqa: E402

HERE = Path(__file__).parent


def configuration(**settings: Any) -> TrialConfiguration:
    least = {
        "workload": "own_model:build",
        "max_train_steps": 60,
        "batch_size": 32,
        "learning_rate": 0.1,
        "optimizer": "momentum",
        "width": 8,
        "eval_every": 20,
    }
    return TrialConfiguration.from_mapping({**least, **settings})


def train(directory: Path, model: str = "build", data: str = "examples", **more: Any):
    return train_own(
        "trial",
        configuration(**more),
        f"own_model:{model}",
        f"own_model:{data}",
        directory,
        folder=HERE,
    )


def test_a_compiled_model_is_trained_logged_and_read_back(tmp_path: Path) -> None:
    result = train(tmp_path, schedule="cosine", clip_norm=1.0, averaging_decay=0.5)
    assert result.best_error is not None
    assert result.best_error < 0.2
    logs = collect([tmp_path])
    (study,) = interpret(logs, Configuration())
    (trial,) = study.trials
    assert study.objective is not None
    assert study.objective.metric == "validation/error"
    assert trial.max_train_steps == 60
    assert {"training_loss", "gradient_norm", "throughput"} <= trial.curves.keys()
    arrays = read_checkpoint(tmp_path / "trial", result.checkpoints[0])
    moving = [name for name in arrays if name.endswith("moving_mean")]
    assert len(moving) == 1
    assert (arrays[moving[0]] != 0).any()


def test_updates_are_those_of_keras(tmp_path: Path) -> None:
    """Batch by batch with Keras's own optimizer, model and loss."""
    trial = configuration(averaging_decay=0.0, checkpoints_kept=3)
    result = train(tmp_path, "build_plain", checkpoints_kept=3)
    tf.keras.utils.set_random_seed(trial.seed)
    model = own_model.build_plain(trial.to_mapping())
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.SGD(trial.learning_rate, trial.momentum)
    (x, y), _ = own_model.examples()
    (kept,) = (each for each in result.checkpoints if each.step == 20)
    for batch in example_order(trial, len(x), 0, 20):
        with tf.GradientTape() as tape:
            value = loss(y[batch], model(x[batch].astype("float32")))
        weights = model.trainable_variables
        optimizer.apply(tape.gradient(value, weights), weights)
    found = read_checkpoint(tmp_path / "trial", kept)
    for ours, theirs in zip(found.values(), model.get_weights(), strict=True):
        np.testing.assert_allclose(
            ours[0] if ours.ndim > theirs.ndim else ours, theirs, rtol=1e-3, atol=1e-5
        )


def test_a_regression_is_compared_by_its_loss(tmp_path: Path) -> None:
    result = train(tmp_path, "build_regression", "numbers", learning_rate=0.02)
    assert result.objective == "validation/loss"
    assert result.best_error is not None
    assert result.best_error < 0.05


def test_the_same_trial_twice_has_the_same_numbers(tmp_path: Path) -> None:
    first, second = train(tmp_path / "a"), train(tmp_path / "b")
    assert first.best_error == second.best_error
    assert first.final_error == second.final_error
    curves = [
        collect([tmp_path / each]).trials[0].curves["train/loss"] for each in "ab"
    ]
    np.testing.assert_array_equal(curves[0].values, curves[1].values)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("own_model", "expected `module:function`, but got `own_model`"),
        ("no_such_module_at_all:build", "cannot import `no_such_module_at_all`"),
        ("own_model:bild", "`own_model` has no function `bild`"),
        ("own_model:not_a_function", "has no function `not_a_function`"),
    ],
)
def test_a_function_that_is_not_there(place: str, expected: str) -> None:
    with pytest.raises(TrainerError, match=expected):
        load_function(place, HERE)


def test_a_builder_that_returns_no_model(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"must return a keras\.Model"):
        train(tmp_path, "build_nothing")


def test_data_of_another_shape() -> None:
    with pytest.raises(TrainerError, match=r"must return .x_train, y_train."):
        load_data("own_model:no_pairs", HERE)


def test_arrays_from_a_file(tmp_path: Path) -> None:
    (x_train, y_train), (x_val, y_val) = own_model.examples()
    path = tmp_path / "data.npz"
    np.savez(path, x_train=x_train, y_train=y_train, x_val=x_val, y_val=y_val)
    data = load_data("data.npz", tmp_path)
    assert data.train_inputs.dtype == np.float32
    assert data.validation_targets.dtype == np.int32
    np.testing.assert_array_equal(data.train_targets, y_train)


def test_pickled_objects_in_a_file_are_refused(tmp_path: Path) -> None:
    objects = np.array([{}, {}], dtype=object)
    path = tmp_path / "data.npz"
    np.savez(path, x_train=objects, y_train=objects, x_val=objects, y_val=objects)
    with pytest.raises(TrainerError, match="without objects"):
        load_data("data.npz", tmp_path)


def test_a_file_that_lacks_an_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x_train=np.zeros(3))
    with pytest.raises(TrainerError, match="expected arrays x_train, y_train"):
        load_data("data.npz", tmp_path)

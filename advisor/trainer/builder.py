"""Bring your own: a Keras model and data, trained by the trainer's loop.

The model is called as a pure function of its weights, so that everything else (updates,
clipping, schedule, evaluation, logs) is what bundled workloads use. Architecture,
dropout and loss are the builder's own business; it is given the configuration.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow import keras

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.data import Data
from advisor.trainer.errors import TrainerError
from advisor.trainer.losses import Task, misclassified
from advisor.trainer.result import TrialResult
from advisor.trainer.tensor import Array, Arrays, Tensor, Tensors
from advisor.trainer.train import train_together
from advisor.trainer.trial_folder import finished

_ARRAYS = ("x_train", "y_train", "x_val", "y_val")


def train_own(
    name: str,
    configuration: TrialConfiguration,
    model: str,
    data: str,
    directory: Path,
    *,
    folder: Path | None = None,
    tell: Callable[[int], None] | None = None,
) -> TrialResult:
    """Trains one trial of the user's model.

    Args:
        name: of the trial; its logs go to `directory/<name>/`.
        configuration: `workload` may be any text.
        model: `module:function`; the function returns a Keras model, compiled or not,
            and is given the configuration as a mapping if it takes an argument.
        data: `module:function` that returns (x_train, y_train), (x_val, y_val), or an
            .npz file with arrays of these names.
        directory: of the logs.
        folder: where modules and files are looked for first.
        tell: hears of updates made.

    Raises:
        TrainerError: something is not there, or not of the expected kind.
    """
    done = finished(directory, name, configuration)
    if done is not None:
        return done
    examples = load_data(data, folder).limited(configuration)
    problem = KerasProblem(load_function(model, folder), configuration, examples)
    trials = {name: configuration}
    return train_together(problem, trials, examples, directory, tell)[name]


def load_function(place: str, folder: Path | None = None) -> Callable[..., Any]:
    """The function at `module:function`.

    Raises:
        TrainerError: there is none.
    """
    module_name, colon, name = place.partition(":")
    if not colon:
        raise TrainerError(f"expected `module:function`, but got `{place}`")
    if folder is not None and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise TrainerError(
            f"`{place}`: cannot import `{module_name}`: {error}"
        ) from error
    function = getattr(module, name, None)
    if not callable(function):
        raise TrainerError(f"`{place}`: `{module_name}` has no function `{name}`")
    return function  # type: ignore[no-any-return]


def load_data(place: str, folder: Path | None = None) -> Data:
    """Examples from a function or a file; pickled objects are refused.

    Raises:
        TrainerError: not there, or not of the expected kind.
    """
    if place.endswith(".npz"):
        return _read_arrays((folder or Path()) / place)
    pairs = load_function(place, folder)()
    try:
        (x_train, y_train), (x_val, y_val) = pairs
    except (TypeError, ValueError) as error:
        raise TrainerError(
            f"`{place}` must return (x_train, y_train), (x_val, y_val)"
        ) from error
    return _data(x_train, y_train, x_val, y_val)


def _read_arrays(path: Path) -> Data:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return _data(*(arrays[name] for name in _ARRAYS))
    except (OSError, ValueError, KeyError) as error:
        raise TrainerError(
            f"{path}: expected arrays {', '.join(_ARRAYS)} without objects: {error}"
        ) from error


def _data(*arrays: Any) -> Data:
    return Data(*(_narrow(np.asarray(each)) for each in arrays))


def _narrow(array: Array) -> Array:
    """In the types that training uses."""
    if array.dtype.kind == "f":
        return array.astype(np.float32)
    return array.astype(np.int32) if array.dtype.kind in "iu" else array


class KerasProblem:
    """A Keras model as a problem of one trial; the axis of trials has length one."""

    def __init__(
        self,
        build: Callable[..., Any],
        configuration: TrialConfiguration,
        data: Data,
    ) -> None:
        # Keras seeds its layers by one global generator.
        keras.utils.set_random_seed(configuration.seed)
        takes_any = bool(inspect.signature(build).parameters)
        model = build(configuration.to_mapping()) if takes_any else build()
        if not isinstance(model, keras.Model):
            raise TrainerError(
                f"the builder must return a keras.Model, but returned {type(model)}"
            )
        outputs = model(data.train_inputs[:1])
        self._model = model
        self._task = _task(model, data, outputs)

    @property
    def task(self) -> Task:
        """The compiled loss, or one that the targets suggest."""
        return self._task

    def initialize(self, configuration: TrialConfiguration) -> tuple[Arrays, Arrays]:
        """What building the model left in its variables."""
        weights = _by_name(self._model.trainable_variables)
        statistics = _by_name(self._model.non_trainable_variables)
        return (
            {name: np.asarray(each) for name, each in weights.items()},
            {name: np.asarray(each) for name, each in statistics.items()},
        )

    def apply(self, weights: Tensors, x: Tensor, context: Context) -> Tensor:
        """Outputs [1, B, …]."""
        names = _by_name(self._model.non_trainable_variables)
        outputs, statistics, losses = self._model.stateless_call(
            [each[0] for each in weights.values()],
            [context.statistics[name][0] for name in names],
            x[0],
            training=context.training,
            return_losses=True,
        )
        context.updated.update(
            (name, each[None]) for name, each in zip(names, statistics, strict=True)
        )
        if losses:
            context.added = tf.add_n(losses)[None]
        return outputs[None]

    def decays(self, name: str) -> bool:
        """Kernels and embeddings, not biases or gains."""
        return name.endswith(("kernel", "embeddings"))


def _by_name(variables: Any) -> dict[str, Any]:
    """Numbered, because Keras allows two variables of one path."""
    return {f"{i:03}/{each.path}": each for i, each in enumerate(variables)}


def _task(model: Any, data: Data, outputs: Any) -> Task:
    targets = data.train_targets
    classes = targets.dtype.kind in "iu" and outputs.shape[-1] > 1
    sparse = classes and targets.ndim == len(outputs.shape) - 1
    loss = _loss(getattr(model, "loss", None), model, sparse)

    def losses(outputs: Tensor, targets: Tensor, _: Tensor | None = None) -> Tensor:
        values = loss(targets[0], outputs[0])
        return tf.reduce_mean(tf.reshape(values, (values.shape[0], -1)), 1)[None]

    return (
        Task(losses, misclassified, "error") if sparse else Task(losses, losses, "loss")
    )


def _loss(compiled: Any, model: Any, sparse: bool) -> Callable[..., Any]:
    """One number an example, unreduced."""
    if compiled is not None:
        found = keras.losses.get(compiled)
    elif sparse:
        last = getattr(model.layers[-1], "activation", None)
        found = keras.losses.SparseCategoricalCrossentropy(
            from_logits=last is not keras.activations.softmax
        )
    else:
        found = keras.losses.MeanSquaredError()
    loss: Callable[..., Any] = getattr(found, "call", found)
    return loss

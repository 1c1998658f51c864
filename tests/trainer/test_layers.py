"""Layers of M models against one model at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from advisor.trainer.configuration import TrialConfiguration  # noqa: E402
from advisor.trainer.context import Context  # noqa: E402
from advisor.trainer.layers import attention, convolution, dense  # noqa: E402
from advisor.trainer.losses import cross_entropy, misclassified  # noqa: E402
from advisor.trainer.normalization import normalize  # noqa: E402
from advisor.trainer.randomness import uniform  # noqa: E402

TRIALS = 2
CHANCE = np.random.default_rng(1)


def random(*shape: int) -> Any:
    return tf.constant(CHANCE.normal(size=shape), tf.float32)


def linear(inputs: int, outputs: int, name: str = "layer") -> dict[str, Any]:
    return {
        f"{name}/kernel": random(TRIALS, inputs, outputs),
        f"{name}/bias": random(TRIALS, outputs),
    }


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_dense_is_a_product_over_the_last_axis_for_each_trial() -> None:
    x, weights = random(TRIALS, 5, 3, 4), linear(4, 6)
    for m in range(TRIALS):
        kernel, bias = weights["layer/kernel"][m], weights["layer/bias"][m]
        close(dense(x, weights, "layer")[m], x[m].numpy() @ kernel + bias)


@pytest.mark.parametrize(("size", "stride"), [(3, 1), (2, 1), (4, 2), (6, 2), (8, 4)])
def test_convolution_is_that_of_tensorflow(size: int, stride: int) -> None:
    x, weights = random(TRIALS, 5, 8, 3), linear(size * 3, 4)
    found = convolution(x, weights, "layer", stride=stride)
    for m in range(TRIALS):
        kernel = tf.reshape(weights["layer/kernel"][m], (size, 3, 4))
        expected = tf.nn.conv1d(x[m], kernel, stride, "SAME")
        close(found[m], expected + weights["layer/bias"][m])


def slow_attention(x: Any, weights: dict[str, Any], m: int, heads: int) -> Any:
    """Position by position, looking back only."""
    length, channels = x.shape
    size = channels // heads
    joint = x @ weights["a/query_key_value/kernel"][m].numpy()
    joint = joint + weights["a/query_key_value/bias"][m]
    query, key, value = np.split(np.asarray(joint), 3, axis=1)
    mixed = np.zeros((length, channels))
    for head in range(heads):
        own = slice(head * size, (head + 1) * size)
        for place in range(length):
            scores = key[: place + 1, own] @ query[place, own] / np.sqrt(size)
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            mixed[place, own] = shares @ value[: place + 1, own]
    return mixed @ weights["a/output/kernel"][m].numpy() + weights["a/output/bias"][m]


def test_attention_looks_back_only() -> None:
    x = random(TRIALS, 3, 5, 4)
    weights = linear(4, 12, "a/query_key_value") | linear(4, 4, "a/output")
    found = attention(x, weights, "a", heads=2)
    for m in range(TRIALS):
        for example in range(3):
            expected = slow_attention(x[m, example].numpy(), weights, m, heads=2)
            close(found[m, example], expected)


def configuration(kind: str, ghost: int | None = None) -> TrialConfiguration:
    return TrialConfiguration.from_mapping(
        {
            "workload": "digits",
            "max_train_steps": 1,
            "batch_size": 6,
            "learning_rate": 0.1,
            "normalization": kind,
            "ghost_batch_size": ghost,
        }
    )


@pytest.mark.parametrize(
    ("kind", "ghost", "groups"),
    [("batch", None, 1), ("ghost_batch", 2, 3), ("ghost_batch", 6, 1)],
)
def test_batch_norm_uses_the_statistics_of_its_group(
    kind: str, ghost: int | None, groups: int
) -> None:
    x = random(TRIALS, 6, 4, 3)
    weights = {"n/gain": random(TRIALS, 3), "n/offset": random(TRIALS, 3)}
    statistics = {
        "n/mean": tf.zeros((TRIALS, 3)),
        "n/variance": tf.ones((TRIALS, 3)),
    }
    context = Context(training=True, statistics=statistics)
    found = normalize(x, weights, "n", configuration(kind, ghost), context).numpy()
    for m in range(TRIALS):
        means = []
        for group in range(groups):
            own = slice(group * 6 // groups, (group + 1) * 6 // groups)
            part = x[m, own].numpy()
            mean, variance = part.mean((0, 1)), part.var((0, 1))
            means.append(mean)
            normal = (part - mean) / np.sqrt(variance + 1e-5)
            expected = normal * weights["n/gain"][m] + weights["n/offset"][m]
            close(found[m, own], expected)
        close(context.updated["n/mean"][m], 0.1 * np.mean(means, 0))


def test_batch_norm_evaluates_with_running_statistics() -> None:
    x = random(TRIALS, 6, 3)
    weights = {"n/gain": tf.ones((TRIALS, 3)), "n/offset": tf.zeros((TRIALS, 3))}
    statistics = {
        "n/mean": tf.fill((TRIALS, 3), 2.0),
        "n/variance": tf.fill((TRIALS, 3), 4.0),
    }
    context = Context(training=False, statistics=statistics)
    found = normalize(x, weights, "n", configuration("batch"), context)
    close(found, (x - 2) / 2)
    assert not context.updated


def test_layer_norm_is_by_example_and_place() -> None:
    x = random(TRIALS, 6, 4, 3)
    weights = {"n/gain": tf.ones((TRIALS, 3)), "n/offset": tf.zeros((TRIALS, 3))}
    context = Context(training=True)
    found = normalize(x, weights, "n", configuration("layer"), context)
    mean = x.numpy().mean(-1, keepdims=True)
    deviation = np.sqrt(x.numpy().var(-1, keepdims=True) + 1e-5)
    close(found, (x - mean) / deviation)


def keys(*values: int) -> Any:
    return tf.constant(np.array(values, np.uint32))


def test_dropout_drops_the_share_of_each_trial_and_keeps_the_mean() -> None:
    context = Context(
        training=True, keys=keys(1, 2, 3), step=0, dropout=tf.constant([0.0, 0.2, 0.7])
    )
    found = context.drop(tf.ones((3, 100, 50))).numpy()
    close(found[0], 1)
    np.testing.assert_allclose((found == 0).mean((1, 2)), [0, 0.2, 0.7], atol=0.02)
    np.testing.assert_allclose(found.mean((1, 2)), 1, atol=0.05)


def test_random_numbers_depend_on_key_step_and_stream_alone() -> None:
    both, alone = uniform(keys(7, 9), 3, 1, (50,)), uniform(keys(9), 3, 1, (50,))
    np.testing.assert_array_equal(both[1], alone[0])
    others = [
        uniform(keys(8), 3, 1, (50,)),
        uniform(keys(9), 4, 1, (50,)),
        uniform(keys(9), 3, 2, (50,)),
    ]
    for other in others:
        assert abs(np.corrcoef(other[0], alone[0])[0, 1]) < 0.4
        assert (other[0] != alone[0]).numpy().all()


def test_random_numbers_are_even() -> None:
    numbers = np.concatenate(
        [uniform(keys(5), step, 0, (1000,))[0].numpy() for step in range(20)]
    )
    counts, _ = np.histogram(numbers, 20, (0, 1))
    expected = len(numbers) / 20
    assert ((counts - expected) ** 2 / expected).sum() < 43.8  # chi², 19, p = 0.001
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.03


def test_cross_entropy_with_smoothing_of_each_trial() -> None:
    outputs = random(TRIALS, 5, 4)
    targets = tf.constant(CHANCE.integers(0, 4, (TRIALS, 5)))
    found = cross_entropy(outputs, targets, tf.constant([0.0, 0.3]))
    for m, share in enumerate((0.0, 0.3)):
        for example in range(5):
            wanted = np.full(4, share / 4)
            wanted[targets[m, example]] += 1 - share
            expected = -(wanted * tf.nn.log_softmax(outputs[m, example])).numpy().sum()
            close(found[m, example], expected)


def test_ties_and_nan_are_errors() -> None:
    nan = np.nan
    outputs = tf.constant([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [nan, 0.0]]])
    targets = tf.constant([[0, 0, 0, 0]])
    np.testing.assert_array_equal(misclassified(outputs, targets), [[0, 1, 1, 1]])

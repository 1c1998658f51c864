"""The order of examples: whole epochs, seeds, and no dependence on evaluations."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data, example_order
from advisor.trainer.errors import TrainerError


def configuration(**settings: object) -> TrialConfiguration:
    least = {
        "workload": "digits",
        "max_train_steps": 50,
        "batch_size": 6,
        "learning_rate": 0.2,
    }
    return TrialConfiguration.from_mapping({**least, **settings})


def test_every_epoch_is_a_permutation_though_batches_straddle_its_end() -> None:
    order = example_order(configuration(), 20, 0, 50).ravel()
    for start in range(0, 300, 20):
        assert sorted(order[start : start + 20]) == list(range(20))
    assert list(order[:20]) != list(order[20:40])


@pytest.mark.parametrize("cut", [1, 7, 49])
def test_evaluating_in_between_changes_nothing(cut: int) -> None:
    whole = example_order(configuration(), 20, 0, 50)
    parts = [
        example_order(configuration(), 20, 0, cut),
        example_order(configuration(), 20, cut, 50 - cut),
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_the_data_seed_decides_and_the_other_seed_does_not() -> None:
    order = example_order(configuration(), 20, 0, 50)
    same = example_order(configuration(seed=5), 20, 0, 50)
    other = example_order(configuration(data_seed=5), 20, 0, 50)
    np.testing.assert_array_equal(order, same)
    assert (order != other).any()


def data(count: int = 1000) -> Data:
    inputs, targets = np.zeros((count, 2)), np.arange(count) % 10
    return Data(inputs, targets, inputs[:50], targets[:50])


def test_noise_exchanges_the_share_of_training_labels_that_was_asked_for() -> None:
    noisy = data().limited(configuration(label_noise=0.5))
    changed = np.mean(noisy.train_targets != data().train_targets)
    assert 0.4 < changed < 0.5  # one of ten is exchanged for its like
    np.testing.assert_array_equal(noisy.validation_targets, data().validation_targets)


def test_fewer_examples_are_the_first_ones() -> None:
    few = data().limited(configuration(train_examples=30, validation_examples=7))
    assert (len(few.train_inputs), len(few.validation_inputs)) == (30, 7)
    np.testing.assert_array_equal(few.train_targets, data().train_targets[:30])


def test_more_examples_than_there_are_is_an_error() -> None:
    with pytest.raises(TrainerError, match="`train_examples` must be at most 1000"):
        data().limited(configuration(train_examples=1001))


def test_inputs_without_targets_are_an_error() -> None:
    with pytest.raises(TrainerError, match="as many train targets as inputs"):
        Data(np.zeros(3), np.zeros(2), np.zeros(1), np.zeros(1))

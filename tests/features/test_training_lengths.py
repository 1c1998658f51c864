"""Lengths of training: against loops over all pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from synthetic_studies import lengths

from advisor.features.feature import NotEnoughDataError
from advisor.features.training_lengths import counted, training_lengths
from advisor.model.curve import Curve
from advisor.model.trial import Trial


@pytest.mark.parametrize("seed", range(10))
def test_equals_the_slow_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    configured = rng.choice([100, 200, 300], 9).tolist()
    trained = [int(rng.integers(50, length + 1)) for length in configured]
    study = lengths(configured=configured, trained=trained)
    ranked = [trial.max_train_steps or 0 for trial in study.ranked]
    pairs = [(a, b) for a, b in combinations(ranked, 2) if a != b]
    measured = training_lengths(study)
    assert measured.distinct == len(set(configured))
    assert measured.stretch == max(configured) / min(configured)
    assert measured.trained == max(trained) / min(trained)
    assert measured.of_best == ranked[0]
    assert measured.longer_wins == pytest.approx(
        sum(a > b for a, b in pairs) / len(pairs) if pairs else 0.5
    )
    most = max(configured.count(each) for each in configured)
    assert measured.unusual == pytest.approx(1 - most / 9)
    assert configured.count(measured.usual) == most


def test_examples_seen() -> None:
    study = lengths(configured=[400, 200, 100], batch_sizes=[8, 16, 32])
    measured = training_lengths(study)
    assert measured.stretch == 4
    assert measured.stretch_in_examples == 1


def test_nothing_configured() -> None:
    measured = training_lengths(lengths(configured=[None] * 3, trained=[1, 2, 4]))
    assert (measured.configured, measured.distinct, measured.stretch) == (0, 0, 1.0)
    assert measured.trained == 4


def test_one_trial() -> None:
    with pytest.raises(NotEnoughDataError):
        training_lengths(lengths(configured=[5]))


def test_the_unit_is_that_of_the_curves() -> None:
    curve = Curve(np.arange(3), np.ones(3), axis="epoch")
    by_epochs = Trial("t", curves={"validation_error": curve})
    assert counted([by_epochs]) == "epoch"
    assert counted([Trial("t")]) == "step"

"""The learning rate's schedule, and coverage by validation: counted by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from synthetic_curves import curve, unvalidated, without_curves

from advisor.features.feature import NotEnoughDataError
from advisor.features.schedule import schedule
from advisor.features.validation_coverage import validation_coverage


def slow_rises(values: list[float]) -> int:
    """Falls that are followed by a rise, plateaus in between left out."""
    falling, count = False, 0
    for before, after in itertools.pairwise(values):
        if after < before:
            falling = True
        elif after > before:
            count += falling
            falling = False
    return count


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.0, 0.0],
        [0.1, 0.5, 1.0, 0.5, 0.0],
        [1.0, 0.5, 0.5, 1.0, 0.5, 1.0],
        [1.0, 0.1, 0.01],
    ],
)
def test_schedule_equals_a_slow_reference(values: list[float]) -> None:
    steps = range(len(values))
    measured = schedule(curve(values, steps))
    assert measured.largest == max(values)
    assert measured.final == values[-1]
    assert measured.rises == slow_rises(values)
    assert measured.peak_step == values.index(max(values))


def test_a_cosine_ends_near_zero() -> None:
    times = np.linspace(0, 1, 100)
    measured = schedule(curve(0.5 * (1 + np.cos(np.pi * times))))
    assert measured.final_share < 1e-9
    assert measured.late_share == pytest.approx(0.25, abs=0.02)


def test_no_finite_rate_is_too_little() -> None:
    with pytest.raises(NotEnoughDataError):
        schedule(curve([math.nan]))


@pytest.mark.parametrize(
    ("trained", "validated", "share"), [(3, 0, 0.0), (3, 1, 1 / 3), (2, 2, 1.0)]
)
def test_coverage_counts_trials(trained: int, validated: int, share: float) -> None:
    measured = validation_coverage(unvalidated(trained=trained, validated=validated))
    assert (measured.with_training, measured.with_validation) == (trained, validated)
    assert measured.share == pytest.approx(share)


def test_coverage_without_curves_is_complete() -> None:
    measured = validation_coverage(without_curves())
    assert (measured.with_training, measured.share) == (0, 1.0)

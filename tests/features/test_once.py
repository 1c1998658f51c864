"""What is kept of a curve is what was measured of it, and no longer than it lives."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from advisor.features.noise import condense
from advisor.features.once import once_a_curve, once_in_a_row
from advisor.features.spikes import gradient_at_spikes, spikes
from advisor.model.curve import Curve


def curve(seed: int = 0, points: int = 300) -> Curve:
    rng = np.random.default_rng(seed)
    return Curve(np.arange(points), rng.normal(size=points))


@pytest.mark.parametrize("once", [once_a_curve, once_in_a_row])
def test_a_curve_is_measured_once(once: Callable[..., Any]) -> None:
    calls: list[Curve] = []
    measure = once(lambda each: calls.append(each) or len(calls))
    first, second = curve(), curve()
    assert [measure(each) for each in (first, first, second, second)] == [1, 1, 2, 2]
    # The first is remembered among others, or forgotten for the next one.
    assert measure(first) == (1 if once is once_a_curve else 3)


@pytest.mark.parametrize("once", [once_a_curve, once_in_a_row])
def test_nothing_outlives_its_curve(once: Callable[..., Any]) -> None:
    class Result:
        alive = 0

        def __init__(self) -> None:
            Result.alive += 1

        def __del__(self) -> None:
            Result.alive -= 1

    measure = once(lambda each: Result())
    kept = curve()
    measure(kept)
    for seed in range(50):
        measure(curve(seed))
    measure(kept)
    gc.collect()
    assert Result.alive == 1
    del kept
    gc.collect()
    assert Result.alive == 0


def test_errors_are_not_kept() -> None:
    def fail(each: Curve) -> int:
        raise ValueError(len(each))

    short = curve(points=3)
    for once in (once_a_curve, once_in_a_row):
        measure = once(fail)
        for _ in range(2):
            with pytest.raises(ValueError, match="3"):
                measure(short)


def test_features_say_the_same_whatever_was_asked_before() -> None:
    loss, norm = curve(1), curve(2)
    fresh = spikes(curve(1)), gradient_at_spikes(curve(1), curve(2))
    for _ in range(2):
        assert (spikes(loss), gradient_at_spikes(loss, norm)) == fresh


def test_what_is_shared_cannot_be_changed() -> None:
    short = condense(curve(points=1000))
    for array in (short.values, short.raw, short.steps, short.raw_steps):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1

"""What is kept of a curve is what was measured of it, and no longer than it lives."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import numpy as np
import pytest

from advisor.features.condensed import condense
from advisor.features.once import once_a_curve
from advisor.model.curve import Curve


def curve(seed: int = 0, points: int = 300) -> Curve:
    rng = np.random.default_rng(seed)
    return Curve(np.arange(points), rng.normal(size=points))


def test_a_curve_is_measured_once() -> None:
    calls: list[list[Curve]] = []

    @once_a_curve
    def measure(curves: Sequence[Curve]) -> list[int]:
        calls.append(list(curves))
        return [id(each) for each in curves]

    first, second, third = curve(), curve(), curve()
    asked = ([first], [first], [first, second, second], [third, first], [], [second])
    for curves in asked:
        assert measure(curves) == [id(each) for each in curves]
    assert [[id(x) for x in block] for block in calls] == [
        [id(first)],
        [id(second)],
        [id(third)],
    ]


def test_nothing_outlives_its_curve() -> None:
    class Result:
        alive = 0

        def __init__(self) -> None:
            Result.alive += 1

        def __del__(self) -> None:
            Result.alive -= 1

    measure = once_a_curve(lambda curves: [Result() for _ in curves])
    kept = curve()
    measure([kept])
    for seed in range(50):
        measure([curve(seed), curve(seed)])
    measure([kept])
    gc.collect()
    assert Result.alive == 1
    del kept
    gc.collect()
    assert Result.alive == 0


def test_errors_are_not_kept() -> None:
    @once_a_curve
    def measure(curves: Sequence[Curve]) -> list[int]:
        raise ValueError(len(curves[0]))

    short = curve(points=3)
    for _ in range(2):
        with pytest.raises(ValueError, match="3"):
            measure([short])


def test_what_is_shared_cannot_be_changed() -> None:
    short = condense(curve(points=1000))
    for array in (short.values, short.raw, short.steps, short.raw_steps):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1

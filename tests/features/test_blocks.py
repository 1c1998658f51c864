"""What is said of many curves at once is what is said of each alone, to the last digit.

Neither the neighbours of a curve nor their order may show in what is measured of it.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.features.blocks import dots, in_blocks, or_error, the_only
from advisor.features.feature import Feature, NotEnoughDataError, features
from advisor.model.curve import Curve

WITH_BLOCKS = [each for each in features().values() if each.block is not None]
ODD = (0.0, -0.0, 1.0, math.nan, math.inf, -math.inf, 1e308, -1e200, 5e-324)
LENGTHS = st.one_of(st.integers(0, 70), st.sampled_from([64, 65, 129, 300, 1000]))


@st.composite
def any_curve(draw: st.DrawFn) -> Curve:
    """Noise about a fall, flat or in quanta, with odd values; steps even or ragged."""
    count = draw(LENGTHS)
    rng = np.random.default_rng(draw(st.integers(0, 5)))
    values = draw(st.sampled_from([0.0, 1.0])) * np.linspace(1, 0, count) ** 2
    values = values + draw(st.sampled_from([0.0, 1e-3, 0.3])) * rng.normal(size=count)
    if draw(st.booleans()):
        values = np.round(values * 20) / 20
    for place in draw(st.lists(st.integers(0, 999), max_size=3)):
        if place < count:
            values[place :: draw(st.sampled_from([1, 5, 999]))] = draw(
                st.sampled_from(ODD)
            )
    gaps = rng.integers(1, 9, count) if draw(st.booleans()) else np.full(count, 3)
    return Curve(
        np.cumsum(gaps), values, None, draw(st.sampled_from(["step", "epoch"]))
    )


def alone(feature: Feature, curve: Curve) -> Any:
    try:
        return feature.function(curve)
    except NotEnoughDataError as error:
        return error


def digits(result: Any) -> Any:
    """Everything that is said, so that NaN equals NaN and 0.0 is not -0.0."""
    if isinstance(result, NotEnoughDataError):
        return str(result)
    return repr(dataclasses.astuple(result))


def identify(feature: Feature) -> str:
    return feature.name


@pytest.mark.parametrize("feature", WITH_BLOCKS, ids=identify)
@given(curves=st.lists(any_curve(), max_size=12), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_block_says_of_each_curve_what_is_said_of_it_alone(
    feature: Feature, curves: list[Curve], seed: int
) -> None:
    assert feature.block is not None
    order = np.random.default_rng(seed).permutation(len(curves)).tolist()
    # Curves of their own: what was kept of one must not stand in for the other.
    copies = [curves[place].take(np.arange(len(curves[place]))) for place in order]
    together = feature.block(copies, **feature.options)
    assert [digits(each) for each in together] == [
        digits(alone(feature, curves[place])) for place in order
    ]


def test_the_features_of_every_trial_have_blocks() -> None:
    names = {each.name for each in WITH_BLOCKS}
    assert {"divergence", "spikes", "training_progress", "trend_at_end"} <= names
    for each in WITH_BLOCKS:
        assert each.per == "subject"


@given(st.lists(st.integers(0, 4)), st.integers(1, 3))
def test_in_blocks_keeps_the_order(items: list[int], most: int) -> None:
    blocks: list[list[int]] = []

    def measure(block: list[int]) -> list[str]:
        blocks.append(block)
        return [f"{each}" for each in block]

    assert in_blocks(items, lambda each: each, measure, most=most) == [
        str(each) for each in items
    ]
    assert all(len(set(block)) == 1 and len(block) <= most for block in blocks)


def test_too_few_is_an_error_for_each() -> None:
    def measure(block: list[int]) -> list[int]:
        if block[0] < 3:
            raise NotEnoughDataError("three")
        return block

    results = in_blocks([1, 5, 1], lambda each: each, or_error(measure))
    assert [str(each) for each in results] == ["three", "5", "three"]
    assert the_only(results[1:2]) == 5
    with pytest.raises(NotEnoughDataError, match="three"):
        the_only(results[:1])


@given(st.integers(1, 80), st.integers(1, 9))
def test_dots_are_summed_as_one_by_one(count: int, number: int) -> None:
    rng = np.random.default_rng(count)
    left, right = rng.normal(size=(2, number, count)) * 10.0 ** rng.integers(-5, 5)
    assert dots(left, right).tolist() == [
        float(left[i] @ right[i]) for i in range(number)
    ]
    assert dots(left, right[0]).tolist() == [
        float(left[i] @ right[0]) for i in range(number)
    ]

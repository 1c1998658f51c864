"""New points: inside the space, new, outside regions, one sequence for all rounds."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from advisor.model.next_round import PointSequence
from advisor.model.planned_space import (
    Change,
    Condition,
    Constraint,
    PlannedHyperparameter,
    Point,
)
from advisor.model.search_space import Hyperparameter
from advisor.next_round.quasi_random import draw, value_at

from .findings import batch_size, learning_rate, momentum, optimizer


def planned(
    space: Hyperparameter, condition: Condition | None = None
) -> PlannedHyperparameter:
    return PlannedHyperparameter(
        space.name, "nuisance", space, space, condition=condition
    )


SPACES = [learning_rate(), momentum(), batch_size(), optimizer()]
SEARCHED = [planned(each) for each in SPACES]
WIDTH = Hyperparameter("width", "integer", 1, 8)


def inside(space: Hyperparameter, value: Any) -> bool:
    if space.choices:
        return value in space.choices
    return bool(space.bounds[0] <= value <= space.bounds[1])


def test_points_lie_inside_with_the_right_types() -> None:
    points, _ = draw([*SEARCHED, planned(WIDTH)], 100, PointSequence())
    assert len(points) == 100
    for point in points:
        assert all(inside(each, point[each.name]) for each in SPACES)
        assert isinstance(point["lr"], float)
        assert isinstance(point["width"], int)


def test_a_round_goes_on_where_the_last_one_stopped() -> None:
    whole, end = draw(SEARCHED, 30, PointSequence(seed=7))
    first, after = draw(SEARCHED, 12, PointSequence(seed=7))
    second, last = draw(SEARCHED, 18, after)
    assert (*first, *second) == whole
    assert (last.used, last.first) == (end.used, after.used)


def test_the_points_are_those_of_scrambled_halton() -> None:
    points, _ = draw([planned(WIDTH), planned(momentum())], 5, PointSequence(seed=3))
    halton = qmc.Halton(2, scramble=True, rng=np.random.default_rng(3)).random(5)
    assert [point["momentum"] for point in points] == pytest.approx(
        [0.8 + 0.19 * u for u in halton[:, 1]], abs=1e-4
    )


def test_a_new_hyperparameter_leaves_the_others_in_their_sequence() -> None:
    few, _ = draw([planned(momentum())], 10, PointSequence(seed=1))
    more, sequence = draw(
        [planned(WIDTH), planned(momentum())],
        10,
        PointSequence(seed=1, dimensions=("momentum",)),
    )
    assert sequence.dimensions == ("momentum", "width")
    assert [each["momentum"] for each in more] == [each["momentum"] for each in few]


def test_a_hyperparameter_that_is_fixed_meanwhile_keeps_its_dimension() -> None:
    before = PointSequence(seed=1, dimensions=("width", "momentum"))
    both, _ = draw([planned(WIDTH), planned(momentum())], 8, before)
    one, sequence = draw([planned(momentum())], 8, before)
    assert sequence.dimensions == before.dimensions
    assert [each["momentum"] for each in one] == [each["momentum"] for each in both]


def test_log_scales_are_filled_evenly() -> None:
    points, _ = draw([planned(learning_rate())], 300, PointSequence())
    decades = Counter(math.floor(math.log10(each["lr"])) for each in points)  # type: ignore[arg-type]
    assert all(85 <= decades[decade] <= 115 for decade in (-4, -3, -2))


def test_choices_and_whole_numbers_have_equal_shares() -> None:
    fractions = [(i + 0.5) / 1000 for i in range(1000)]
    for space in (optimizer(), batch_size(), WIDTH):
        shares = Counter(value_at(space, each) for each in fractions)
        assert max(shares.values()) - min(shares.values()) <= 1
    assert value_at(optimizer(), 1.0) == "sgd"


def test_points_that_were_tried_do_not_come_again() -> None:
    first, _ = draw(SEARCHED, 20, PointSequence(seed=5))
    again, _ = draw(SEARCHED, 20, PointSequence(seed=5), tried=first)
    assert len(again) == 20
    assert not [each for each in again if each in first]


def test_a_small_space_is_exhausted_without_repeats() -> None:
    space = [planned(batch_size()), planned(optimizer())]
    tried: list[Point] = [{"batch_size": 32, "optimizer": "adam"}]
    points, _ = draw(space, 50, PointSequence(), tried=tried)
    assert len(points) == 5
    assert len({tuple(each.values()) for each in points}) == 5
    assert tried[0] not in points


def test_regions_are_left_out() -> None:
    region = Constraint({"lr": 1, "momentum": 1}, 0.01, None, Change("", "", ""))
    points, _ = draw(SEARCHED, 50, PointSequence(), constraints=[region])
    assert len(points) == 50
    assert all(each["lr"] * each["momentum"] <= 0.01 for each in points)  # type: ignore[operator]


def test_a_region_may_speak_of_what_is_fixed() -> None:
    region = Constraint({"lr": 1, "wd": 1}, 0.01, None, Change("", "", ""))
    points, _ = draw(
        SEARCHED, 20, PointSequence(), constraints=[region], fixed={"wd": 10.0}
    )
    assert all(each["lr"] <= 0.001 for each in points)  # type: ignore[operator]


def test_conditional_hyperparameters_follow_their_parent() -> None:
    condition = Condition("optimizer", ("sgd",))
    space = [planned(momentum(), condition), planned(optimizer())]
    points, _ = draw(space, 40, PointSequence())
    assert {each["optimizer"] for each in points} == {"adam", "sgd"}
    for each in points:
        assert ("momentum" in each) == (each["optimizer"] == "sgd")


def test_nothing_to_search_gives_no_points() -> None:
    assert draw([], 10, PointSequence(seed=2)) == ((), PointSequence(seed=2))
    assert draw(SEARCHED, 0, PointSequence())[0] == ()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(0, 500),
    st.integers(1, 20),
    st.lists(st.sampled_from(range(5)), min_size=1, max_size=5, unique=True),
)
def test_laws_of_drawing(seed: int, used: int, count: int, which: list[int]) -> None:
    spaces = [[*SPACES, WIDTH][i] for i in which]
    start = PointSequence(seed, used)
    points, after = draw([planned(each) for each in spaces], count, start)
    assert draw([planned(each) for each in spaces], count, start) == (points, after)
    assert after.used >= used + len(points)
    assert len({tuple(each.items()) for each in points}) == len(points) <= count
    assert all(inside(each, point[each.name]) for each in spaces for point in points)

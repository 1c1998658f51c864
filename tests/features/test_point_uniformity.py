"""Laws of `point_uniformity`, and slow second opinions on its measures."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import synthetic_searches as searches
from scipy.spatial import cKDTree
from scipy.stats import qmc
from synthetic_designs import points

from advisor.features.discrepancy import chance_of_unevenness, unevenness
from advisor.features.feature import NotEnoughDataError
from advisor.features.gaps import mean_gap, worth_in_uniform_points
from advisor.features.point_uniformity import PointUniformity, point_uniformity
from advisor.model.curve import FloatArray


@pytest.mark.parametrize(("count", "dimensions"), [(5, 1), (20, 3), (40, 6)])
def test_unevenness_agrees_with_scipy(count: int, dimensions: int) -> None:
    cube = np.random.default_rng(count).random((count, dimensions))
    discrepancy, nearest = unevenness(cube)
    assert discrepancy == pytest.approx(qmc.discrepancy(cube, method="CD"))
    slow = cKDTree(cube).query(cube, k=2)[0][:, 1].mean()
    assert nearest == pytest.approx(slow)


def test_uniform_points_are_called_uneven_as_seldom_as_promised() -> None:
    rng = np.random.default_rng(1)
    p_values = np.array([chance_of_unevenness(rng.random((30, 4))) for _ in range(400)])
    assert np.mean(p_values < 0.02) < 0.04
    assert np.mean(p_values < 0.2) < 0.27


def test_quasi_random_points_are_never_called_uneven() -> None:
    p_values = [
        chance_of_unevenness(qmc.Halton(4, rng=seed).random(120)) for seed in range(50)
    ]
    assert min(p_values) > 0.05


def laid_out(cube: FloatArray, *, declared: bool = True) -> PointUniformity:
    axes = [
        replace(searches.axis(name), declared=declared)
        for name in searches.NAMES[: cube.shape[1]]
    ]
    return point_uniformity(searches.study_of(cube, cube.sum(axis=1), axes).design)


@pytest.mark.parametrize("declared", [True, False])
def test_crowded_points_are_found_where_they_crowd(declared: bool) -> None:
    rng = np.random.default_rng(0)
    cube = rng.random((60, 3))
    cube[15:, 1] = 0.3 + 0.03 * rng.standard_normal(45)
    layout = laid_out(cube, declared=declared)
    assert layout.p_value is not None
    assert layout.p_value < 0.02
    assert layout.crowded == "dropout"
    assert layout.around == pytest.approx(0.3, abs=0.03)
    column = np.sort(cube[:, 1])
    slow = min(column[i + 29] - column[i] for i in range(31))
    assert layout.half_within == pytest.approx(slow)


@pytest.mark.parametrize(
    ("dimensions", "trials", "left", "grid"),
    [
        (2, 25, 25, True),
        (3, 27, 27, True),
        (3, 27, 21, True),
        (3, 27, 15, False),
        (1, 5, 5, True),
    ],
)
def test_grids_are_seen_also_with_holes(
    dimensions: int, trials: int, left: int, grid: bool
) -> None:
    rng = np.random.default_rng(3)
    cube = rng.permutation(points("grid", trials, dimensions, rng))[:left]
    layout = laid_out(cube)
    assert layout.grid is grid
    assert layout.combinations == trials
    assert layout.levels == round(trials ** (1 / dimensions))


def test_random_points_are_no_grid_and_change_everything_at_once() -> None:
    layout = laid_out(np.random.default_rng(0).random((40, 3)))
    assert not layout.grid
    assert layout.one_at_a_time == 0
    assert layout.levels == layout.fewest_levels == 40


@pytest.mark.parametrize("dimensions", [2, 4])
def test_changing_one_thing_at_a_time_is_seen(dimensions: int) -> None:
    cube = points("one-at-a-time", 16, dimensions, np.random.default_rng(0))
    assert laid_out(cube).one_at_a_time == 1.0


def test_one_continuous_axis_beside_a_rare_choice_is_no_change_at_a_time() -> None:
    rng = np.random.default_rng(0)
    cube = np.column_stack((rng.random(40), rng.random(40) < 0.1))
    assert laid_out(cube).one_at_a_time == 0


def test_a_wrong_scale_is_not_taken_for_crowding() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(1e-5, 1e-1, 60)
    cube = np.column_stack((np.log(values / 1e-5) / np.log(1e4), rng.random(60)))
    p_value = laid_out(cube).p_value
    assert p_value is not None
    assert p_value > 0.05


def test_hand_picked_values_are_judged_by_frequency_only() -> None:
    rng = np.random.default_rng(0)
    picked = rng.choice([0.0, 0.01, 0.02, 0.9], 40)
    p_value = laid_out(np.column_stack((picked, rng.random(40)))).p_value
    assert p_value is not None
    assert p_value > 0.05


def test_few_values_hide_no_crowd() -> None:
    rng = np.random.default_rng(0)
    cube = np.column_stack((rng.choice([0.0, 1.0], 40), 0.5 + 0.05 * rng.random(40)))
    assert laid_out(cube).crowded == "dropout"


def test_repeats_are_one_point() -> None:
    cube = np.random.default_rng(0).random((12, 2))
    assert laid_out(np.repeat(cube, 4, axis=0)).points == 12


def test_two_points_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 3 points"):
        laid_out(np.array([[0.1, 0.2], [0.3, 0.4]]))


def test_gaps_are_measured_from_everywhere() -> None:
    """Against other places, drawn at random, and distances one by one."""
    cube = np.random.default_rng(1).random((30, 3))
    places = np.random.default_rng(2).random((4000, 3))
    slow = [min(np.linalg.norm(place - point) for point in cube) for place in places]
    assert mean_gap(cube) == pytest.approx(np.mean(slow), rel=0.03)


@pytest.mark.parametrize("dimensions", [1, 3, 6])
@pytest.mark.parametrize("count", [12, 50, 200])
def test_uniform_points_are_worth_their_number(count: int, dimensions: int) -> None:
    rng = np.random.default_rng(count)
    worth = [
        worth_in_uniform_points(rng.random((count, dimensions))) / count
        for _ in range(9)
    ]
    assert 0.8 < np.median(worth) <= 1
    assert min(worth) > 0.5


@pytest.mark.parametrize("dimensions", [2, 4, 5])
def test_points_that_crowd_beside_even_ones_do_no_harm(dimensions: int) -> None:
    rng = np.random.default_rng(0)
    even = qmc.Halton(dimensions, rng=0).random(40)
    crowd = 0.4 + 0.03 * rng.standard_normal((40, dimensions))
    both = laid_out(np.concatenate([even, crowd]))
    assert both.p_value is not None
    assert both.p_value < 0.02
    assert 40 < both.worth < 75
    assert laid_out(crowd).worth < 0.3 * 40


def test_the_same_point_again_and_again_is_worth_hardly_more_than_one() -> None:
    assert 1 <= worth_in_uniform_points(np.full((20, 2), 0.5)) < 2


@pytest.mark.parametrize("width", [0.02, 0.05, 0.1, 0.2])
def test_a_crowd_is_worth_the_number_of_uniform_points_with_its_gaps(
    width: float,
) -> None:
    rng = np.random.default_rng(0)
    cube = np.clip(0.5 + width * rng.standard_normal((60, 2)), 0, 1)
    worth = worth_in_uniform_points(cube)
    fewer, more = (
        np.mean([mean_gap(rng.random((count, 2))) for _ in range(60)])
        for count in (max(round(0.75 * worth), 1), math.ceil(1.35 * worth))
    )
    assert more < mean_gap(cube) < fewer

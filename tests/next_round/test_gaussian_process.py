"""The Gaussian process against its definition, computed the long way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.model.curve import FloatArray
from advisor.next_round.gaussian_process import (
    GaussianProcess,
    NegativeLogPosterior,
    squared_distances,
)
from advisor.next_round.warped import warped


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def sloped(points: FloatArray) -> FloatArray:
    """Falls along the first column, ignores the second."""
    return np.asarray(np.sin(4 * points[:, 0]) + 0.0 * points[:, 1])


@pytest.fixture
def process(rng: np.random.Generator) -> GaussianProcess:
    points = rng.random((30, 2))
    heights = sloped(points) + 0.05 * rng.standard_normal(30)
    return GaussianProcess.fit(points, heights, rng)


def known(process: GaussianProcess, keep: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points, and the inverse of their covariance with noise."""
    points = process.points[keep]
    covariance = process.covariance(points, points)
    covariance += (process.noise + 1e-8) * np.eye(len(points))
    return points, np.linalg.inv(covariance)


def test_the_gradient_is_that_of_the_posterior(rng: np.random.Generator) -> None:
    points = rng.random((12, 3))
    points[3, 1] = math.nan
    points[:, 2] = rng.integers(0, 3, 12)
    posterior = NegativeLogPosterior(points, rng.standard_normal(12), [2])
    at = rng.normal(-0.5, 0.3, 5)
    _, gradient = posterior(at)
    step = 1e-5
    for i in range(len(at)):
        moved = np.zeros(len(at))
        moved[i] = step
        slope = (posterior(at + moved)[0] - posterior(at - moved)[0]) / (2 * step)
        assert gradient[i] == pytest.approx(slope, rel=1e-4, abs=1e-5)


def test_the_fit_is_more_likely_than_its_surroundings(rng: np.random.Generator) -> None:
    points = rng.random((25, 2))
    heights = sloped(points) + 0.1 * rng.standard_normal(25)
    made = GaussianProcess.fit(points, heights, rng)
    posterior = NegativeLogPosterior(points, heights)
    best = np.log([*made.lengths, made.variance, made.noise])
    least = posterior(best)[0]
    for _ in range(50):
        assert posterior(best + rng.normal(0, 0.3, 4))[0] >= least


def test_it_expects_what_was_measured_nearby(process: GaussianProcess) -> None:
    grid = np.stack([np.linspace(0.1, 0.9, 9), np.full(9, 0.5)], axis=1)
    assert process.expected(grid) == pytest.approx(sloped(grid), abs=0.1)


def test_what_does_not_matter_gets_a_long_scale(process: GaussianProcess) -> None:
    assert process.lengths[1] > 2 * process.lengths[0]


def test_a_point_left_out_is_expected_as_if_it_had_not_been_there(
    process: GaussianProcess,
) -> None:
    for i, fast in enumerate(process.left_out()):
        keep = np.arange(30) != i
        points, inverse = known(process, keep)
        across = process.covariance(process.points[i : i + 1], points)
        slow = (across @ inverse @ process.heights[keep])[0]
        assert fast == pytest.approx(slow, abs=1e-6)


def test_a_choice_lowers_what_is_unknown_around_it_and_no_expectation(
    process: GaussianProcess, rng: np.random.Generator
) -> None:
    candidates = rng.random((40, 2))
    spread = process.spread_out(candidates, caution=1.0)
    mean = spread._mean.copy()
    for chosen in (3, 17, 30):
        spread.take(chosen)
    added = np.concatenate([process.points, candidates[[3, 17, 30]]])
    covariance = process.covariance(added, added)
    covariance += (process.noise + 1e-8) * np.eye(len(added))
    across = process.covariance(candidates, added)
    explained = np.sum(across @ np.linalg.inv(covariance) * across, axis=1)
    assert spread._variance == pytest.approx(process.variance - explained, abs=1e-6)
    assert spread._mean == pytest.approx(mean)


def test_choices_spread_and_end(process: GaussianProcess) -> None:
    near = np.full((5, 2), 0.95) + 1e-4 * np.arange(5)[:, None]
    far = np.array([[0.02, 0.5]])
    candidates = np.concatenate([near, far])
    spread = process.spread_out(candidates, caution=50.0)
    seen = []
    while (chosen := spread.next()) is not None:
        spread.take(chosen)
        seen.append(chosen)
    assert sorted(seen) == list(range(6))
    assert 5 in seen[:2]  # one of the five tells about all of them


def test_choices_and_absent_values_are_one_apart() -> None:
    points = np.array([[0.0, 0.2], [2.0, math.nan], [2.0, 0.2]])
    squares = squared_distances(points, points, [0])
    assert squares[..., 0].tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert squares[..., 1].tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_the_better_half_keeps_its_distances_and_the_worse_half_its_order() -> None:
    errors = np.array([1.0, 2.0, 4.0, 5.0, 1e6, 9.0, math.nan])
    made = warped(errors, np.isnan(errors))
    assert np.argsort(made).tolist() == [0, 1, 2, 3, 5, 4, 6]
    assert (made[2] - made[1]) / (made[1] - made[0]) == pytest.approx(2.0)
    assert made[4] - made[5] < 2 * (made[5] - made[3])
    assert (made.mean(), made.std()) == pytest.approx((0.0, 1.0), abs=1e-9)


def test_errors_of_any_size_have_heights() -> None:
    errors = np.array([-1.7e308, -1e300, 0.0, 5.0, 1.7e308])
    made = warped(errors, np.zeros(5, dtype=bool))
    assert np.isfinite(made).all()
    assert np.argsort(made).tolist()[0] == 0


def test_equal_errors_are_equally_high() -> None:
    made = warped(np.array([2.0, 2.0, 2.0]), np.zeros(3, dtype=bool))
    assert np.ptp(made) == 0
    assert np.isfinite(made).all()

"""Laws of `optimum_location`, and slow second opinions on its parts."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic_searches as searches
from scipy import stats

from advisor.features.additive_model import basis, partial_f, points_of
from advisor.features.edge_level import compare_levels, probability_lower
from advisor.features.feature import NotEnoughDataError
from advisor.features.optimum_location import Location, optimum_location
from advisor.features.shape_family import PLACES, PRIOR, edge_odds, shapes, weigh
from advisor.model.curve import FloatArray


def slow_weights(
    positions: FloatArray, errors: FloatArray, others: FloatArray
) -> FloatArray:
    """Every shape by its own least squares, scipy's normal distribution function."""
    logs = []
    for column in shapes(positions).T:
        design = np.column_stack((others, column))
        coefficients, _, _, _ = np.linalg.lstsq(design, errors, rcond=None)
        rest = float(np.square(errors - design @ coefficients).sum())
        freedom = len(errors) - design.shape[1]
        inverse = np.linalg.inv(design.T @ design)[-1, -1]
        t = coefficients[-1] / np.sqrt(inverse * rest / freedom)
        logs.append(-freedom / 2 * np.log(rest) + stats.norm.logcdf(np.clip(t, -8, 8)))
    weights = PRIOR * np.exp(np.array(logs) - max(logs))
    return np.asarray(weights / weights.sum())


@pytest.mark.parametrize("optimum", [0.4, 0.75, 1.1])
def test_weights_agree_with_least_squares_shape_by_shape(optimum: float) -> None:
    study = searches.search(trials=40, optimum=optimum, seed=2)
    points = points_of(study.design)
    positions, others = points.positions[:, 0], points.others(0)
    fast = weigh(positions, points.errors, others)
    slow = slow_weights(positions, points.errors, others)
    assert fast.sum() == pytest.approx(1)
    assert np.abs(fast - slow).sum() < 0.02


def test_odds_are_one_where_the_trials_say_nothing() -> None:
    prior = PRIOR / PRIOR.sum()
    odds = edge_odds(prior, upper=True, inner=0.8, outer=0.9)
    assert odds == pytest.approx(1)


def test_odds_are_posterior_over_prior_summed_by_hand() -> None:
    weights = np.random.default_rng(0).random(len(PLACES))
    edge = [i for i, place in enumerate(PLACES) if 1 - place >= 0.9]
    inside = [i for i, place in enumerate(PLACES) if 1 - place <= 0.8]
    posterior = sum(weights[edge]) / sum(weights[inside])
    prior = sum(PRIOR[edge]) / sum(PRIOR[inside])
    odds = edge_odds(weights, upper=False, inner=0.8, outer=0.9)
    assert odds == pytest.approx(posterior / prior)


@pytest.mark.parametrize("columns", [2, 4, 6])
def test_partial_f_with_even_columns_is_the_f_test(columns: int) -> None:
    rng = np.random.default_rng(columns)
    others, extra = basis(rng.random((30, 3)), 2), rng.standard_normal((30, columns))
    errors = rng.standard_normal(30) + 0.3 * extra[:, 0]
    small = np.column_stack((others, np.zeros((30, 0))))
    large = np.column_stack((others, extra))
    rests = [
        float(np.square(errors - x @ np.linalg.lstsq(x, errors, rcond=None)[0]).sum())
        for x in (small, large)
    ]
    freedom = 30 - large.shape[1]
    f = (rests[0] - rests[1]) / columns / (rests[1] / freedom)
    expected = stats.f.sf(f, columns, freedom)
    assert partial_f(others, extra, errors) == pytest.approx(expected)


def test_levels_are_compared_by_welch() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(0, 1, 9), rng.normal(0.7, 2, 14)
    slow = stats.ttest_ind(first, second, equal_var=False, alternative="less").pvalue
    assert probability_lower(first, second) == pytest.approx(1 - slow, abs=2e-3)


def test_two_levels_say_nothing_of_the_side() -> None:
    positions = np.repeat([0.0, 1.0], 10)
    errors = positions + 0.1 * np.random.default_rng(0).standard_normal(20)
    levels = compare_levels(positions, errors, np.ones((20, 1)) / np.sqrt(20))
    assert (levels.upper_odds, levels.lower_odds) == (1.0, 1.0)
    assert levels.p_value < 0.001


def located(**options: object) -> Location:
    study = searches.search(**options)  # type: ignore[arg-type]
    return optimum_location(study.design)["learning_rate"]


@pytest.mark.parametrize(
    ("optimum", "side", "beyond"),
    [(0.32, "lower", False), (0.62, "upper", False), (1.3, "upper", True)],
)
def test_the_optimum_is_placed_where_it_was_planted(
    optimum: float, side: str, beyond: bool
) -> None:
    location = located(trials=80, optimum=optimum, noise_size=0.03)
    assert (location.side, location.beyond) == (side, beyond)
    planted = 1e-5 * 1e4 ** min(optimum, 1)
    assert location.lower <= planted <= location.upper or beyond
    assert location.p_value < 1e-6


def test_the_interval_stays_within_the_range() -> None:
    location = located(trials=50, optimum=1.5)
    assert location.lower <= location.estimate <= location.upper <= 0.1 * (1 + 1e-9)


def test_mirrored_studies_give_mirrored_results() -> None:
    design = searches.search(trials=40, optimum=1.1).design
    mirrored = type(design)(
        design.axes,
        1 - design.positions,
        design.errors,
        design.infeasible,
        design.names,
    )
    one = optimum_location(design)["learning_rate"]
    other = optimum_location(mirrored)["learning_rate"]
    assert (one.side, other.side) == ("upper", "lower")
    assert one.odds == pytest.approx(other.odds, rel=0.05)
    assert one.best_place == pytest.approx(other.best_place)


def test_the_place_of_the_best_is_their_mean() -> None:
    study = searches.search(trials=80, optimum=1.1, noise_size=0.05)
    places = [
        study.search_space["learning_rate"].position(
            float(trial.hyperparameters["learning_rate"])  # type: ignore[arg-type]
        )
        for trial in study.ranked[:8]
    ]
    location = optimum_location(study.design)["learning_rate"]
    assert location.best_place == pytest.approx(np.mean(places), abs=0.02)


def test_nine_feasible_trials_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 10 feasible trials"):
        located(trials=9)
    with pytest.raises(NotEnoughDataError, match="there is none"):
        located(trials=30, infeasible_above=-1.0)


def test_repeats_are_averaged_and_count_once() -> None:
    once = searches.search(trials=30, noise_size=0.0).design
    noise = np.random.default_rng(0).normal(0, 0.05, (3, 30))
    thrice = type(once)(
        once.axes,
        np.tile(once.positions, (3, 1)),
        (once.errors + noise - noise.mean(axis=0)).reshape(-1),
        np.tile(once.infeasible, 3),
        once.names * 3,
    )
    assert optimum_location(thrice)["learning_rate"].trials == 30
    assert points_of(thrice).errors == pytest.approx(points_of(once).errors)


def test_many_repeats_of_five_points_decide_nothing() -> None:
    study = searches.repeated(configurations=5, seeds=10, weights=(1, 1, 1))
    with pytest.raises(NotEnoughDataError, match="there are 5"):
        optimum_location(study.design)

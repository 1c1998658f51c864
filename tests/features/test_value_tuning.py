"""What a scientific value owes to its tuning: against plain counting and simulation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from synthetic_adoption import tuned

from advisor.features.feature import NotEnoughDataError
from advisor.features.value_ranges import chance_outside
from advisor.features.value_tuning import ValueTuning, chance_ahead, value_tuning
from advisor.model.study import Study


def measured(study: Study) -> ValueTuning:
    return value_tuning(study, study.search_space["activation"])


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 3), (5, 2), (2, 5), (6, 4)])
def test_chance_is_that_of_counting_all_orders(n: int, m: int) -> None:
    orders = list(combinations(range(n + m), n))  # the places of the n
    for ahead in range(n + 1):
        counted = sum(set(range(ahead)) <= set(order) for order in orders)
        assert chance_ahead(n, m, ahead) == pytest.approx(counted / len(orders))


def test_ahead_counts_the_best_configurations() -> None:
    study = tuned(counts=(6, 9), leads=(0.05, 0), seed=3)
    errors = {
        name: sorted(
            t.error for t in study.ranked if t.hyperparameters["activation"] == name
        )
        for name in ("relu", "gelu")
    }
    found = measured(study)
    assert (found.leader, found.leader_tried, found.other_tried) == ("relu", 6, 9)
    assert found.ahead == sum(error < errors["gelu"][0] for error in errors["relu"])
    assert found.difference == pytest.approx(errors["gelu"][0] - errors["relu"][0])
    assert found.p_value == pytest.approx(2 * chance_ahead(6, 9, found.ahead))


def test_infeasible_configurations_were_tried() -> None:
    assert measured(tuned(counts=(5, 8), infeasible=3)).others_tried in (5, 8)
    sizes = measured(tuned(counts=(5, 8), infeasible=3, leads=(0.2, 0)))
    assert (sizes.leader_tried, sizes.other_tried) == (5, 8)


def test_equal_values_seldom_look_different() -> None:
    found = [
        measured(tuned(counts=(12, 12), seed=seed)).p_value < 0.05
        for seed in range(400)
    ]
    assert np.mean(found) <= 0.07


def test_equal_ranges_seldom_look_different() -> None:
    """Points spread evenly; the best of one value is any of them."""
    found = [
        measured(tuned(counts=(6, 6), seed=seed, tops=(0.009, 0.009))).outside_p < 0.05
        for seed in range(400)
    ]
    assert np.mean(found) <= 0.05


def test_probability_of_lying_outside() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((100_000, 7))
    new, others = points[:, 0], points[:, 1:]
    low, high = others.min(axis=1), others.max(axis=1)
    beyond = np.maximum(low - new, new - high) / (high - low)
    for g in (0.1, 0.5, 1.0):
        formula = 2 / (6 + 1) * (1 + g) ** (1 - 6)
        assert np.mean(beyond >= g) == pytest.approx(formula, abs=0.003)


@pytest.mark.parametrize(("n", "m"), [(2, 3), (3, 3), (4, 5)])
def test_chance_outside_is_that_of_counting_all_orders(n: int, m: int) -> None:
    orders = list(combinations(range(n + m), n))
    outside = [n + m - (order[-1] - order[0] + 1) for order in orders]
    for count in range(m + 1):
        counted = sum(each >= count for each in outside) / len(orders)
        assert chance_outside(n, m, count) == pytest.approx(counted)


def test_a_narrower_search_is_seen_and_an_equal_one_seldom() -> None:
    narrow = measured(tuned(counts=(12, 12), tops=(3e-4, 1e-2), leads=(0.1, 0)))
    assert narrow.narrower == "learning_rate"
    assert narrow.narrower_p < 0.01
    equal = [
        measured(tuned(counts=(12, 12), seed=seed)).narrower_p < 0.05
        for seed in range(400)
    ]
    assert np.mean(equal) <= 0.05


def test_ranges_of_learning_rates_differ_with_the_optimizer() -> None:
    study = tuned(counts=(12, 12), tops=(1.0, 1e-2), about="optimizer")
    found = value_tuning(study, study.search_space["optimizer"])
    assert (found.outside, found.narrower) == (None, None)


def test_what_only_one_value_searched_is_not_compared() -> None:
    study = tuned(counts=(8, 1), tops=(1.0, 0.01))
    assert measured(study).outside is None


def test_one_value_alone_is_too_little() -> None:
    with pytest.raises(NotEnoughDataError, match="there are 1"):
        measured(tuned(counts=(4, 2), infeasible=2))

"""Decisions over looks: their limits are exact, their rates of error are kept."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from advisor.confirm.sequential import (
    decide_share,
    effect_of,
    excess_of,
    limits,
    usual_spread,
)

PLANS = [((5,), 0.05), ((6, 9, 12), 0.05), ((4, 8), 0.1), ((6, 9, 12), 0.0167)]


@pytest.mark.parametrize(("looks", "alpha"), PLANS)
def test_limits_keep_the_error_rate(looks: tuple[int, ...], alpha: float) -> None:
    """By going through every sequence of successes and failures."""
    found = limits(looks, alpha)
    crossed = 0
    for sequence in itertools.product((0, 1), repeat=looks[-1]):
        crossed += any(
            sum(sequence[:look]) >= limit
            for look, limit in zip(looks, found, strict=True)
        )
    assert crossed / 2 ** looks[-1] <= alpha


@pytest.mark.parametrize(("looks", "alpha"), PLANS)
def test_limits_are_the_smallest_at_the_first_look(
    looks: tuple[int, ...], alpha: float
) -> None:
    first = limits(looks, alpha)[0]
    assert stats.binom.sf(first - 1, looks[0], 0.5) <= alpha
    assert stats.binom.sf(first - 2, looks[0], 0.5) > alpha or first == 0


def test_too_few_seeds_cannot_decide() -> None:
    assert limits((3,), 0.05) == (4,)
    assert decide_share(3, 3, (3, 6), 0.05) is None


@pytest.mark.parametrize(
    ("successes", "trials", "decision"),
    [(6, 6, True), (0, 6, False), (5, 6, None), (9, 9, True), (1, 12, False)],
)
def test_shares(successes: int, trials: int, decision: bool | None) -> None:
    assert decide_share(successes, trials, (6, 9, 12), 0.05) is decision


def test_a_number_of_trials_that_is_no_look_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of \(6, 9\), but got 7"):
        decide_share(7, 7, (6, 9), 0.05)


@pytest.mark.parametrize("larger", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_effect_is_students_paired_test(larger: bool, seed: int) -> None:
    differences = np.random.default_rng(seed).normal(0.3, 1, 8)
    effect = effect_of(differences, larger=larger, alpha=0.05)
    other = stats.ttest_1samp(
        differences, 0, alternative="greater" if larger else "less"
    )
    assert effect.p_value == pytest.approx(other.pvalue)
    interval = stats.ttest_1samp(differences, 0).confidence_interval(0.9)
    assert (effect.lower, effect.upper) == pytest.approx(tuple(interval))


def test_equal_differences_are_believed_by_their_number() -> None:
    assert effect_of([-2.0] * 6, larger=False, alpha=0.05).p_value == 1 / 64
    assert effect_of([-2.0] * 6, larger=True, alpha=0.05).p_value == 1.0
    assert effect_of([0.0] * 6, larger=True, alpha=0.05).p_value == 1.0


def test_rounding_is_no_noise_between_seeds() -> None:
    differences = [(i / 10 + 0.3) - i / 10 for i in range(6)]
    assert len(set(differences)) > 1
    assert effect_of(differences, larger=True, alpha=0.05).p_value == 1 / 64


def test_one_pair_decides_nothing() -> None:
    effect = effect_of([3.0], larger=True, alpha=0.05)
    assert (effect.p_value, effect.lower, effect.upper) == (1.0, -math.inf, math.inf)


@pytest.mark.parametrize(("spread", "margin"), [(0.0, 1.0), (2.0, 0.0)])
def test_without_a_margin_the_excess_is_the_effect(
    spread: float, margin: float
) -> None:
    differences = np.random.default_rng(0).normal(0.3, 1, 8)
    effect = effect_of(differences, larger=False, alpha=0.02)
    found = excess_of(effect, spread, margin, 0.02)
    assert found == pytest.approx((effect.lower, effect.upper))


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("noise", [0.0, 0.3, 2.0])
def test_limits_of_the_excess_keep_their_rate(noise: float, upper: bool) -> None:
    """A mean of exactly one standard deviation between seeds, in either direction."""
    rng, wrong, runs = np.random.default_rng(3), 0, 2000
    for _ in range(runs):
        spread = float(rng.normal(0, 1, 8).std(ddof=1))
        differences = rng.normal(1, noise, 8) if noise else np.ones(8)
        effect = effect_of(differences, larger=False, alpha=0.05)
        low, high = excess_of(effect, spread, 1.0, 0.05)
        wrong += high <= 0 if upper else low > 0
    assert wrong <= stats.binom.ppf(0.999, runs, 0.05)


def test_one_pair_says_nothing_of_the_excess() -> None:
    effect = effect_of([1.0], larger=False, alpha=0.05)
    assert excess_of(effect, 1.0, 1.0, 0.05) == (-math.inf, math.inf)


def test_one_seed_apart_does_not_make_the_spread() -> None:
    usual = [0.26, 0.25, 0.27, 0.24, 0.28]
    assert usual_spread(usual) == np.std(usual, ddof=1)
    apart = usual_spread([*usual, 0.63])
    assert apart == pytest.approx(1.5 * np.std(usual, ddof=1))
    assert usual_spread([1.0, 3.0]) == pytest.approx(math.sqrt(2))
    assert usual_spread([1.0]) == 0.0

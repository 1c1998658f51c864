"""Decisions over looks: their limits are exact, their rates of error are kept."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from advisor.confirm.sequential import decide_share, effect_of, limits

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

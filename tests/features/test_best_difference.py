"""The lead of the best configuration: against scipy's tests and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_studies import repeats

from advisor.features.best_difference import best_difference, repeats_for
from advisor.features.configurations import tried_configurations
from advisor.features.feature import NotEnoughDataError


@pytest.mark.parametrize("counts", [(5, 5), (2, 2), (3, 8), (10, 4, 2)])
@pytest.mark.parametrize("seed", range(5))
def test_welch_where_both_were_repeated(counts: tuple[int, ...], seed: int) -> None:
    from scipy import stats

    study = repeats(counts=counts, leads=tuple(range(len(counts))), seed=seed)
    first, second = (each.errors for each in tried_configurations(study)[:2])
    expected = stats.ttest_ind(second, first, equal_var=False)
    interval = expected.confidence_interval(0.95)
    measured = best_difference(study)
    assert measured.difference == pytest.approx(second.mean() - first.mean())
    assert measured.p_value == pytest.approx(expected.pvalue)
    assert measured.lower == pytest.approx(interval.low)
    assert measured.upper == pytest.approx(interval.high)


@pytest.mark.parametrize("seed", range(5))
def test_pooled_where_one_was_trained_once(seed: int) -> None:
    from scipy import stats

    study = repeats(counts=(5, 1, 4), leads=(0, 2, 30), seed=seed)
    groups = [each.errors for each in tried_configurations(study)]
    squares = sum(sum((x - group.mean()) ** 2 for x in group) for group in groups)
    std = math.sqrt(squares / 7)
    measured = best_difference(study)
    assert measured.std == pytest.approx(std)
    assert measured.freedom == 7
    counts = [len(group) for group in groups[:2]]
    error = std * math.sqrt(1 / counts[0] + 1 / counts[1])
    t = (groups[1].mean() - groups[0].mean()) / error
    assert measured.p_value == pytest.approx(2 * stats.t.sf(t, 7))
    assert measured.relative == pytest.approx(measured.difference / std)


def test_poor_configurations_do_not_enter_the_deviation() -> None:
    study = repeats(counts=(4,) * 10, leads=range(0, 100, 10), std=0.01)
    better = [each.errors for each in tried_configurations(study)[:5]]
    variance = np.mean([errors.var(ddof=1) for errors in better])
    assert best_difference(study).std == pytest.approx(math.sqrt(variance))
    only_last = repeats(counts=(1,) * 9 + (4,), leads=range(0, 100, 10), std=0.01)
    (last,) = (
        each.errors for each in tried_configurations(only_last) if len(each.trials) > 1
    )
    assert best_difference(only_last).std == pytest.approx(last.std(ddof=1))


@pytest.mark.parametrize("effect", [0.5, 1.0, 1.5])
def test_repeats_wanted_reach_the_power(effect: float) -> None:
    from scipy import stats

    count = round(repeats_for(effect, 0.05, 0.8))
    rng = np.random.default_rng(1)
    first = rng.standard_normal((4000, count))
    second = rng.standard_normal((4000, count)) + effect
    found = stats.ttest_ind(first, second, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(0.82, abs=0.05)


def test_more_repeats_for_less() -> None:
    wanted = [repeats_for(effect, 0.05, 0.8) for effect in (3, 1, 0.3, 0.1, 0)]
    assert wanted == sorted(wanted)
    assert wanted[0] >= 2
    assert math.isinf(wanted[-1])


def test_tied_counts_what_cannot_be_told_from_the_best() -> None:
    from scipy import stats

    study = repeats(counts=(6,) * 5, leads=(0, 0, 0, 30, 30))
    first, *others = (each.errors for each in tried_configurations(study))
    tests = [stats.ttest_ind(first, each, equal_var=False) for each in others]
    measured = best_difference(study)
    assert measured.tied == sum(test.pvalue >= 0.05 for test in tests)
    assert 1 <= measured.tied <= 2
    assert measured.configurations == 5


def test_equal_quantised_results_are_not_certain() -> None:
    study = repeats(counts=(2, 2), leads=(0, 1), std=0.01, decimals=2, seed=3)
    measured = best_difference(study)
    assert measured.std >= 0.01 / math.sqrt(12) - 1e-12
    assert measured.p_value > 0.01


def test_scientific_names_what_differs() -> None:
    assert best_difference(repeats(scientific=True)).scientific == "width"
    assert best_difference(repeats()).scientific is None


@pytest.mark.parametrize("counts", [(5,), (1, 1)])
def test_too_little(counts: tuple[int, ...]) -> None:
    with pytest.raises(NotEnoughDataError):
        best_difference(repeats(counts=counts))

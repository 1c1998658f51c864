"""Late noise: against polyfit and scipy's chi-squared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import curve

from advisor.features.feature import NotEnoughDataError
from advisor.features.late_noise import late_noise


@pytest.mark.parametrize("count", [32, 101, 1000])
def test_std_is_that_of_the_detrended_last_quarter(count: int) -> None:
    from scipy import stats

    values = np.random.default_rng(count).standard_normal(count)
    late = math.ceil(count / 4)
    times = np.arange(late)
    tail = values[-late:]
    rest = tail - np.polyval(np.polyfit(times, tail, 2), times)
    std = math.sqrt(sum(rest**2) / (late - 3))
    measured = late_noise(curve(values), np.array([0.1, 0.2, 0.6]))
    assert measured.std == pytest.approx(std)
    expected = std / math.sqrt(stats.chi2.ppf(0.95, late - 3) / (late - 3))
    assert measured.std_lower == pytest.approx(expected, rel=0.01)
    assert measured.gap == pytest.approx(0.5)
    assert measured.relative == pytest.approx(std / 0.5)


def test_a_trend_is_not_noise() -> None:
    steps = np.linspace(0, 1, 80)
    measured = late_noise(curve(3 - steps - steps**2), np.array([0.1, 0.2]))
    assert measured.std == 0


def test_equal_trials_make_any_noise_decisive() -> None:
    values = np.random.default_rng(0).standard_normal(80)
    assert math.isinf(late_noise(curve(values), np.array([0.1, 0.1])).relative)
    assert late_noise(curve(np.ones(80)), np.array([0.1, 0.1])).relative == 0


def test_too_short() -> None:
    with pytest.raises(NotEnoughDataError):
        late_noise(curve([1.0] * 28), np.array([0.1, 0.2]))

"""Late noise: against polyfit, plain loops and scipy's chi-squared."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from synthetic_curves import curve

from advisor.features.feature import NotEnoughDataError
from advisor.features.late_noise import late_noise
from advisor.model.curve import FloatArray


def about_a_parabola(tail: FloatArray) -> tuple[float, int]:
    times = np.arange(len(tail))
    rest = tail - np.polyval(np.polyfit(times, tail, 2), times)
    return math.sqrt(sum(rest**2) / (len(tail) - 3)), len(tail) - 3


def from_step_to_step(tail: FloatArray) -> tuple[float, int]:
    steps = [later - earlier for earlier, later in pairwise(tail.tolist())]
    limit = 3 * 1.4826 * median(abs(step) for step in steps)
    kept = [max(-limit, min(limit, step)) for step in steps]
    total = sum(step**2 for step in kept)
    return math.sqrt(total / (2 * len(kept))), 2 * len(kept) // 3


@pytest.mark.parametrize("count", [32, 101, 104, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_std_is_the_lesser_of_two(count: int, seed: int) -> None:
    from scipy import stats

    values = np.random.default_rng(count + seed).standard_normal(count)
    tail = values[-math.ceil(count / 4) :]
    std, freedom = min(about_a_parabola(tail), from_step_to_step(tail))
    measured = late_noise(curve(values), np.array([0.1, 0.2, 0.6]))
    assert measured.std == pytest.approx(std)
    expected = std / math.sqrt(stats.chi2.ppf(0.95, freedom) / freedom)
    assert measured.std_lower == pytest.approx(expected, rel=0.02)
    assert measured.gap == pytest.approx(0.5)
    assert measured.relative == pytest.approx(std / 0.5)


def test_a_single_drop_is_not_noise() -> None:
    rng = np.random.default_rng(0)
    values = 0.01 * rng.standard_normal(200) - (np.arange(200) > 170)
    measured = late_noise(curve(values), np.array([0.1, 0.2]))
    assert measured.std == pytest.approx(0.01, rel=0.3)


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

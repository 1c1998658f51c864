"""Noise of a curve: against slow references, and kept promises on generated noise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import autoregressive, curve

from advisor.features.condensed import condense
from advisor.features.noise import (
    bent_line,
    even_polynomials,
    mean_variance,
    median,
    noises_about_trend,
    ratio,
    resolution,
    upper_quantile,
    upper_tail,
)


@pytest.mark.parametrize("count", [5, 64, 65, 128, 1000])
def test_condense_takes_interquartile_means_from_the_end(count: int) -> None:
    values = np.random.default_rng(count).standard_normal(count)
    short = condense(curve(values))
    size = math.ceil(count / 64)
    blocks = []
    end = count
    while end - size >= 0:
        block = sorted(values[end - size : end])
        cut = size // 4
        blocks.append(np.mean(block[cut : size - cut]))
        end -= size
    assert short.values == pytest.approx(blocks[::-1])
    assert short.steps[-1] == 10_000
    assert len(short.values) <= 64


def test_condense_leaves_out_what_is_not_finite() -> None:
    short = condense(curve([1.0, math.nan, 2.0, math.inf, 3.0]))
    assert short.values.tolist() == [1.0, 2.0, 3.0]


def test_condense_keeps_squares_finite() -> None:
    assert np.isfinite(condense(curve([1e300, -1e300])).values ** 2).all()


@pytest.mark.parametrize("freedom", [3, 8, 30])
@pytest.mark.parametrize("t", [-2.0, 0.0, 1.0, 3.0, 6.0])
def test_upper_tail_is_students(t: float, freedom: int) -> None:
    from scipy import stats

    expected = stats.t.sf(t, freedom)
    assert upper_tail(t, freedom) == pytest.approx(expected, rel=0.12)


def test_upper_quantile_inverts_upper_tail() -> None:
    for p in (0.2, 0.01, 1e-6):
        assert upper_tail(upper_quantile(p, 7), 7) == pytest.approx(p)


@pytest.mark.parametrize(
    ("t", "expected"), [(math.nan, 1.0), (math.inf, 0.0), (-math.inf, 1.0)]
)
def test_upper_tail_at_the_limits(t: float, expected: float) -> None:
    assert upper_tail(t, 5) == expected


@pytest.mark.parametrize("memory", [0.0, 0.4, 0.95])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_mean_variance_sums_all_covariances(count: int, memory: float) -> None:
    total = sum(memory ** abs(i - j) for i in range(count) for j in range(count))
    assert mean_variance(count, memory) == pytest.approx(total / count**2)


def test_noise_is_zero_on_a_straight_line_but_for_rounding() -> None:
    assert noises_about_trend(np.linspace(3, 1, 30)[None])[0].deviation < 1e-12


def test_noise_follows_its_definition() -> None:
    """A slow reference with polyfit and plain loops."""
    values = np.random.default_rng(5).standard_normal(30) + np.linspace(2, 0, 30)
    times = np.linspace(-1, 1, 30)

    def residuals(series: np.ndarray) -> np.ndarray:
        return series - np.polyval(np.polyfit(times, series, 3), times)

    first = residuals(values)
    limit = 3 * 1.4826 * np.median(np.abs(first))
    rest = residuals(np.array([min(max(each, -limit), limit) for each in first]))
    raw = sum(rest[i] * rest[i - 1] for i in range(1, 30)) / sum(rest**2)
    memory = min(max((30 * raw + 4) / 24, -0.5), 0.95)
    memory = memory + 2 * math.sqrt((1 - memory**2) / 30)
    shocks = [rest[i] - raw * rest[i - 1] for i in range(1, 30)]
    about = sum(each**2 for each in shocks) / 25 / (1 - memory**2)
    bends = [values[i + 2] - 2 * values[i + 1] + values[i] for i in range(28)]
    limit = 3 * 1.4826 * np.median(np.abs(bends))
    rough = np.mean([min(abs(each), limit) ** 2 for each in bends])
    rough /= 2 * (1 - memory) * (3 - memory)
    (noise,) = noises_about_trend(values[None])
    assert noise.memory == pytest.approx(memory)
    assert noise.deviation == pytest.approx(math.sqrt(min(about, rough)))


@pytest.mark.parametrize(("rho", "share"), [(0.0, 0.9), (0.5, 0.9), (0.9, 0.7)])
def test_memory_is_bounded_from_above(rho: float, share: float) -> None:
    rng = np.random.default_rng(1)
    series = np.array([autoregressive(rng, 60, rho) for _ in range(200)])
    bounds = [each.memory for each in noises_about_trend(series)]
    assert np.mean(np.array(bounds) >= rho) > share


def test_resolution_sees_quanta_only_where_values_repeat() -> None:
    quanta = np.round(np.random.default_rng(2).random(60) * 20) / 20
    assert resolution(quanta) == pytest.approx(0.05)
    assert resolution(np.random.default_rng(2).random(60)) < 1e-15


def test_bases_are_orthonormal() -> None:
    for basis in (even_polynomials(20, 3), bent_line(20, 7)):
        assert basis.T @ basis == pytest.approx(np.eye(basis.shape[1]))


@pytest.mark.parametrize("values", [[3.0], [1.0, 2.0], [5.0, 1.0, 2.0]])
def test_median(values: list[float]) -> None:
    assert median(np.array(values)) == np.median(values)


@pytest.mark.parametrize(
    ("parts", "expected"), [((1, 2), 0.5), ((0, 0), 0.0), ((-1, 0), -math.inf)]
)
def test_ratio(parts: tuple[float, float], expected: float) -> None:
    assert ratio(*parts) == expected

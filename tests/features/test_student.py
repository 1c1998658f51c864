"""Student's distribution: against scipy."""

from __future__ import annotations

import math

import pytest

from advisor.features.student import quantile, tail


@pytest.mark.parametrize("freedom", [1, 1.3, 2, 4.7, 10, 100, 3000])
@pytest.mark.parametrize("t", [-50.0, -1.0, 0.0, 1e-9, 0.3, 1.0, 2.5, 12.0, 1e4])
def test_tail(t: float, freedom: float) -> None:
    from scipy import stats

    assert tail(t, freedom) == pytest.approx(stats.t.sf(t, freedom), rel=1e-8)


@pytest.mark.parametrize("freedom", [1, 1.3, 2, 4.7, 10, 100, 3000])
@pytest.mark.parametrize("p", [0.5, 0.3, 0.025, 1e-4])
def test_quantile(p: float, freedom: float) -> None:
    from scipy import stats

    expected = stats.t.isf(p, freedom)
    assert quantile(p, freedom) == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_ends() -> None:
    assert tail(math.inf, 3) == 0
    assert tail(-math.inf, 3) == 1
    assert tail(math.nan, 3) == 1

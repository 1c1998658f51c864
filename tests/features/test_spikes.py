"""Spikes: against a slow reference, and silent on the noise's own tails."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_curves import NOISES, curve, noise, spiking

from advisor.features.feature import NotEnoughDataError
from advisor.features.noise import upper_tail
from advisor.features.spikes import gradient_at_spikes, spikes
from advisor.features.sudden_rises import tail_freedoms


def slow_z(values: list[float]) -> list[float]:
    """Rises over the median of 5 before, in local robust deviations, by loops."""
    rises = [values[i] - sorted(values[i - 5 : i])[2] for i in range(5, len(values))]
    count = max(min(len(rises) // 50, 16), 1)
    size = len(rises) // count
    blocks = [rises[i * size : (i + 1) * size] for i in range(count)]
    middle = (size - 1) // 2
    centres = [sorted(block)[middle] for block in blocks]
    own = [
        1.4826 * sorted(abs(each - centre) for each in block)[middle]
        for block, centre in zip(blocks, centres, strict=True)
    ]
    edges = [own[0], *own, own[-1]]
    scales = [sorted(edges[i : i + 3])[1] for i in range(count)]
    floor = 0.1 * sum(scales) / count
    z = []
    for i, rise in enumerate(rises):
        block = min(i // size, count - 1)
        z.append((rise - centres[block]) / max(scales[block], floor))
    return z


@pytest.mark.parametrize("points", [30, 57, 400, 1111])
def test_largest_rise_equals_a_slow_reference(points: int) -> None:
    loss = spiking(points=points, spikes=1, height=2).trials[0].curves["training_loss"]
    z = slow_z(loss.values.tolist())
    measured = spikes(loss)
    largest = z.index(max(z))
    assert measured.step == loss.steps[largest + 5]
    expected = min(1.0, len(z) * upper_tail(max(z), measured.tail))
    assert measured.p_value == pytest.approx(expected)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("recovers", [True, False])
def test_spikes_are_counted(count: int, recovers: bool) -> None:
    study = spiking(spikes=count, height=2, points=1000, recovers=recovers)
    measured = spikes(study.trials[0].curves["training_loss"])
    assert measured.count == count
    assert measured.recovered == (count if recovers else 0)
    assert len(measured.steps) == count


@pytest.mark.parametrize("kind", NOISES)
def test_noise_alone_rarely_spikes(kind: str) -> None:
    rng = np.random.default_rng(4)
    level = np.linspace(1, 0.3, 600)
    p_values = [
        spikes(curve(level + 0.05 * noise(kind, rng, level))).p_value
        for _ in range(100)
    ]
    assert np.mean(np.array(p_values) < 0.001) <= 0.01


def test_tail_freedom_tells_heavy_from_light() -> None:
    rng = np.random.default_rng(6)
    heavy, light = tail_freedoms(
        np.array([rng.standard_t(3, 20_000), rng.standard_normal(20_000)])
    )
    assert 2 < heavy < 4
    assert light == 12


def test_gradient_outliers_are_matched() -> None:
    curves = spiking(spikes=2, gradients=True).trials[0].curves
    both = gradient_at_spikes(curves["training_loss"], curves["gradient_norm"])
    assert (both.spikes, both.with_outlier) == (2, 2)
    calm = curve(np.random.default_rng(0).random(400))
    assert gradient_at_spikes(curves["training_loss"], calm).with_outlier == 0


def test_a_constant_curve_has_none() -> None:
    assert spikes(curve([1.0] * 50)).count == 0


def test_too_short() -> None:
    with pytest.raises(NotEnoughDataError):
        spikes(curve([1.0] * 29 + [math.nan]))

"""Saturation: the step against a slow reference."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_curves import curve, saturated

from advisor.features.feature import NotEnoughDataError
from advisor.features.saturation import training_saturation, validation_saturation


@pytest.mark.parametrize("evaluations", [16, 50, 64])
def test_step_is_the_first_after_which_all_windows_are_within_the_margin(
    evaluations: int,
) -> None:
    error = saturated(evaluations=evaluations).trials[0].curves["validation_error"]
    measured = validation_saturation(error)
    width = max(3, evaluations // 8)
    medians = [
        float(np.median(error.values[i : i + width]))
        for i in range(evaluations - width + 1)
    ]
    first = 0
    for i, each in enumerate(medians):
        if each > min(medians) + measured.margin:
            first = i + 1
    assert measured.best == pytest.approx(min(medians))
    assert measured.step == error.steps[first + width - 1]
    assert measured.fraction == pytest.approx(measured.step / 10_000)


def test_tolerance_widens_the_margin() -> None:
    loss = saturated(knee=0.5).trials[0].curves["training_loss"]
    strict, loose = (training_saturation(loss, tolerance=t) for t in (0.0, 0.2))
    assert loose.margin - strict.margin == pytest.approx(0.2 * strict.fall)
    assert loose.step < strict.step


def test_a_late_fall_is_late() -> None:
    values = np.where(np.arange(100) < 90, 1.0, 0.5)
    values = values + 0.001 * np.random.default_rng(0).standard_normal(100)
    assert training_saturation(curve(values)).fraction > 0.85


def test_too_short() -> None:
    with pytest.raises(NotEnoughDataError):
        training_saturation(curve([1.0] * 15))

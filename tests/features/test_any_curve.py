"""Every curve feature on any curve: no crash, no warning, values in range."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_curves import curve, overfitting, spiking

from advisor.features.feature import Feature, NotEnoughDataError, features
from advisor.model.curve import Curve

PARTS = {
    "training_loss",
    "validation_loss",
    "validation_error",
    "learning_rate",
    "gradient_norm",
}
CURVE_FEATURES = [
    each for each in features().values() if each.signals and set(each.signals) <= PARTS
]
VALUES = st.one_of(
    st.floats(),
    st.floats(-1e3, 1e3),
    st.sampled_from([0.0, 1.0, 0.5, math.nan, math.inf, -math.inf, 1e308, 5e-324]),
)


def measure(feature: Feature, measured: Curve) -> Any:
    return feature.function(*[measured] * len(feature.signals))


def identify(feature: Feature) -> str:
    return feature.name


@pytest.mark.parametrize("feature", CURVE_FEATURES, ids=identify)
@given(values=st.lists(VALUES, max_size=150))
@settings(max_examples=60, deadline=None)
def test_any_values_are_measured_or_too_few(
    feature: Feature, values: list[float]
) -> None:
    measured = Curve(np.arange(len(values)), np.array(values, dtype=np.float64))
    try:
        result = measure(feature, measured)
    except NotEnoughDataError:
        return
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if field.name == "p_value":
            assert 0 <= value <= 1
        if field.metadata["unit"] in ("step", "evaluations") and isinstance(value, int):
            assert 0 <= value <= len(values)


@pytest.mark.parametrize("feature", CURVE_FEATURES, ids=identify)
@pytest.mark.parametrize("length", [40, 400])
def test_p_values_do_not_depend_on_the_unit(feature: Feature, length: int) -> None:
    for study in (overfitting(evaluations=length), spiking(points=length)):
        for measured in study.trials[0].curves.values():
            scaled = curve(measured.values * 8.0)
            before, after = measure(feature, measured), measure(feature, scaled)
            if hasattr(before, "p_value"):
                assert after.p_value == pytest.approx(before.p_value, rel=1e-6)

"""The scale on which a model of the error sees a hyperparameter."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter
from advisor.next_round.axis import Axis

from .findings import batch_size, learning_rate, momentum, optimizer


def axis(space: Hyperparameter) -> Axis:
    return Axis.of(PlannedHyperparameter(space.name, "nuisance", space, space))


def test_many_decades_are_orders_of_magnitude_whatever_they_are_drawn_on() -> None:
    rates = axis(learning_rate(lower=1e-5, upper=1e-1, scale="linear"))
    assert rates.place(1e-3) == pytest.approx(0.5)
    assert rates.value(0.5) == pytest.approx(1e-3)
    few = axis(learning_rate(lower=0.01, upper=0.05, scale="linear"))
    assert few.place(0.03) == pytest.approx(0.5)


def test_of_a_momentum_it_is_those_of_one_minus_it() -> None:
    turned = axis(momentum(lower=0.9, upper=0.999))
    assert turned.place(0.99) == pytest.approx(0.5)
    assert turned.value(0.5) == pytest.approx(0.99)
    whole = replace(momentum(lower=0.0, upper=1.0), alias=None)
    assert axis(whole).place(0.25) == pytest.approx(0.25)


def test_choices_have_places_by_order_or_numbers() -> None:
    assert [axis(batch_size()).place(x) for x in (32, 64, 128)] == [0, 0.5, 1]
    assert [axis(optimizer()).place(x) for x in ("adam", "sgd")] == [0, 1]
    assert math.isnan(axis(optimizer()).place("lion"))
    assert math.isnan(axis(learning_rate()).place(0))

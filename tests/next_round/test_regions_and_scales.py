"""From the logs of a study to the points of the next round, by the shipped rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from synthetic import make_study

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.next_round import NextRound
from advisor.model.planned_space import Point
from advisor.next_round.plan import Wishes, next_round


def planned(study: Mapping[str, Any], rule: str) -> NextRound:
    """The next round by the findings of one rule."""
    made = make_study(study)
    found = evaluate_study(made, load_rules(), RuleSettings()).findings[rule]
    return next_round(made, found, {}, wishes=Wishes(trials=60))


def test_points_keep_out_of_a_region_of_one() -> None:
    study = {"synthetic": "failures", "trials": 40, "infeasible": 8, "where": "upper"}
    made = planned({**study, "column": 1}, "infeasible-region")
    values = np.array([point["dropout"] for point in made.points], dtype=np.float64)
    assert len(values) == 60
    assert values.max() == pytest.approx(0.807, abs=0.03)
    assert made.constraints == ()


@pytest.mark.parametrize(
    ("partner", "power"), [("width", 1), ("width", -1), ("momentum", -1)]
)
@pytest.mark.parametrize("side", ["above", "below"])
def test_points_keep_out_of_a_region_of_two(
    partner: str, power: int, side: str
) -> None:
    study = {"synthetic": "products", "trials": 80, "partner": partner, "side": side}
    made = planned({**study, "power": power}, "infeasible-region")
    (region,) = made.constraints
    cut = region.above if side == "above" else region.below
    assert cut is not None
    rates = np.array([point["learning_rate"] for point in made.points], np.float64)
    factors = np.array([point[partner] for point in made.points], np.float64)
    products = rates * (1 - factors if partner == "momentum" else factors) ** power
    assert len(products) == 60
    assert ((products <= cut) if side == "above" else (products >= cut)).all()
    assert not made.conflicts


def spread(made: NextRound) -> Sequence[Point]:
    """The half of the points that covers the whole search space."""
    return made.points[len(made.points) // 2 :]


def test_orders_of_magnitude_share_the_points() -> None:
    study = {"synthetic": "drawn", "lower": 1e-4, "declared": True}
    made = planned(study, "wrong-scale")
    values = np.array([point["learning_rate"] for point in spread(made)], np.float64)
    shares = np.histogram(np.log10(values), bins=3, range=(-4, -1))[0] / len(values)
    assert shares == pytest.approx([1 / 3] * 3, abs=0.1)


def test_one_minus_a_momentum_is_searched_in_its_place() -> None:
    study = {"synthetic": "drawn", "name": "momentum", "lower": 0.5, "upper": 0.999}
    made = planned({**study, "declared": True}, "wrong-scale")
    values = [point["one_minus_momentum"] for point in spread(made)]
    below = np.mean(np.array(values, dtype=np.float64) < 0.02)
    assert below == pytest.approx(np.log(20) / np.log(500), abs=0.12)

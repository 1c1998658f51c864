"""Laws of `good_region`, and a slow second opinion on the interval of one side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import synthetic_searches as searches

from advisor.features.additive_model import points_of
from advisor.features.feature import NotEnoughDataError
from advisor.features.good_region import Cut, GoodRegion, good_region
from advisor.features.shape_family import PLACES, weigh


def region(**options: object) -> GoodRegion:
    return good_region(searches.search(**options).design, room=0.0)  # type: ignore[arg-type]


def ends(found: GoodRegion, name: str) -> dict[str, float]:
    return {cut.side: cut.to for cut in found.cuts if cut.name == name}


def test_an_interval_is_the_quantile_of_the_posterior_or_the_best_trials() -> None:
    study = searches.search(trials=80, weights=(1.0, 1.0), noise_size=0.2, seed=3)
    points = points_of(study.design)
    places = points.positions[:, 1]
    weights = weigh(places, points.errors, points.others(1))
    below = sorted(zip(PLACES.tolist(), weights.tolist(), strict=True))
    mass, lower = 0.0, 0.0
    for place, weight in below:
        mass += weight
        if mass >= 0.05 / 2 / 2:
            lower = place - 0.025
            break
    best = places[np.argsort(points.errors)[:5]]
    found = good_region(study.design, room=0.0)
    expected = np.floor(min(lower, best.min()) * 100) / 100
    assert ends(found, "dropout")["lower"] == pytest.approx(expected)


def test_the_best_trials_are_never_cut_off() -> None:
    for seed in range(10):
        study = searches.search(
            trials=60, weights=(1.0, 1.0), noise_size=0.2, seed=seed
        )
        found = good_region(study.design, room=0.0)
        for trial in study.ranked[:5]:
            for cut in found.cuts:
                value = float(trial.hyperparameters[cut.name])  # type: ignore[arg-type]
                inside = value <= cut.to if cut.side == "upper" else value >= cut.to
                assert inside, (seed, trial.name, cut)


def test_room_is_added_on_both_sides() -> None:
    design = searches.search(trials=60, weights=(1.0, 1.0)).design
    tight, wide = good_region(design, room=0.0), good_region(design, room=0.1)
    for name in ("dropout",):
        assert ends(wide, name)["lower"] == pytest.approx(
            ends(tight, name)["lower"] - 0.1, abs=0.011
        )
        assert ends(wide, name)["upper"] == pytest.approx(
            ends(tight, name)["upper"] + 0.1, abs=0.011
        )
    assert wide.kept > tight.kept
    assert wide.inside >= tight.inside


def test_trials_inside_are_counted_by_hand() -> None:
    study = searches.search(
        trials=60, weights=(1.0, 1.0), failing=0.2, optimum=0.4, seed=1
    )
    found = good_region(study.design)
    inside = [
        trial
        for trial in study.trials
        if all(
            (float(trial.hyperparameters[cut.name]) <= cut.to)  # type: ignore[arg-type]
            == (cut.side == "upper")
            or float(trial.hyperparameters[cut.name]) == cut.to  # type: ignore[arg-type]
            for cut in found.cuts
        )
    ]
    assert found.inside == sum(trial.feasible for trial in inside)
    assert found.infeasible_inside == sum(not trial.feasible for trial in inside)
    assert found.infeasible_inside > 0


def test_states_are_those_of_the_search() -> None:
    found = region(trials=80, weights=(1.0, 1.0, 0.0), optimum=(0.5, 1.2, 0.5))
    assert found.settled == ("learning_rate",)
    assert found.open == ("dropout",)
    assert found.flat == ("momentum",)
    assert 0 < found.unseen < 4
    assert {cut.name for cut in found.cuts} == {"learning_rate"}


def test_a_natural_limit_is_no_open_question() -> None:
    study = searches.search(trials=80, weights=(1.0,), optimum=1.2, hard=("upper",))
    found = good_region(study.design)
    assert found.settled == ("learning_rate",)
    assert [cut.side for cut in found.cuts] == ["lower"]


def test_whole_numbers_stay_whole_and_round_outwards() -> None:
    design = searches.search(trials=60, weights=(1.0,), scale="linear").design
    axis = replace(design.axes[0], kind="integer", lower=0.0, upper=40.0)
    made = type(design)(
        (axis,), design.positions, design.errors, design.infeasible, design.names
    )
    exact = good_region(design, room=0.0)
    found = good_region(made, room=0.0)
    for cut in found.cuts:
        assert cut.to == int(cut.to)
        plain = next(each.to for each in exact.cuts if each.side == cut.side) * 40
        outwards = cut.to - plain if cut.side == "upper" else plain - cut.to
        assert -0.4 <= outwards <= 1.4


def test_few_levels_keep_their_range() -> None:
    found = region(trials=60, weights=(1.0, 1.0), levels=3)
    assert {cut.name for cut in found.cuts} == {"dropout"}


def test_a_cut_is_rounded_to_what_people_write() -> None:
    found = region(trials=60, weights=(1.0, 1.0))
    assert Cut("dropout", "lower", 0.35) in found.cuts
    assert all(len(f"{cut.to:.12g}") <= 7 for cut in found.cuts)
    assert found.ranges.startswith("learning_rate 0.000")


def test_nine_trials_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 10"):
        region(trials=9)

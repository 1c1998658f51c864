"""Laws of `infeasible_region`, and slow second opinions on its cut and p-value."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import synthetic_searches as searches
import synthetic_spaces as spaces
from scipy import stats

from advisor.features.best_cut import best_cuts, directions, highest_by_chance
from advisor.features.feature import NotEnoughDataError
from advisor.features.infeasible_region import InfeasibleRegion, infeasible_region
from advisor.model.curve import BoolArray, FloatArray
from advisor.model.study import Study


def measured(study: Study, odds: float = 20.0) -> InfeasibleRegion:
    return infeasible_region(study.design, study, odds=odds)


def slow_directions(study: Study) -> Iterator[tuple[str, FloatArray]]:
    """Every hyperparameter, product and ratio, from the trials' values."""
    names = [each.name for each in study.search_space.axes]
    columns = {
        name: np.array(
            [float(trial.hyperparameters[name]) for trial in study.trials]  # type: ignore[arg-type]
        )
        for name in names
    }
    yield from columns.items()
    rate, partner = names[0], columns[names[1]]
    factor = 1 - partner if names[1] == "momentum" else partner
    shown = f"(1 - {names[1]})" if names[1] == "momentum" else names[1]
    yield f"{rate} × {shown}", columns[rate] * factor
    yield f"{rate} / {shown}", columns[rate] / factor


def slow_search(
    ways: list[tuple[str, FloatArray]], marked: BoolArray
) -> dict[tuple[str, str], float]:
    """The surprise of the best cut by direction and side, by scipy's tail."""
    best: dict[tuple[str, str], float] = {}
    for name, values in ways:
        for low in sorted(set(values.tolist()))[:-1]:
            for side, beyond in (("above", values > low), ("below", values <= low)):
                tail = stats.hypergeom.sf(
                    int(marked[beyond].sum()) - 1,
                    len(marked),
                    int(marked.sum()),
                    beyond.sum(),
                )
                key = (name, side)
                best[key] = max(best.get(key, 0.0), -math.log(tail))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("partner", ["width", "momentum"])
def test_cuts_agree_with_the_slow_search(partner: str, seed: int) -> None:
    study = spaces.products(
        trials=25, partner=partner, power=-1, leak=0.2, failing=0.1, seed=seed
    )
    design = study.design
    ways = list(directions(design.axes, design.positions))
    single, double = best_cuts(ways, design.infeasible)
    slow = slow_search(list(slow_directions(study)), design.infeasible)
    assert single is not None
    assert double is not None
    alone = max(v for (name, _), v in slow.items() if " " not in name)
    together = max(v for (name, _), v in slow.items() if " " in name)
    assert single.surprise == pytest.approx(alone)
    assert double.surprise == pytest.approx(together)
    region = measured(study, odds=1.0)
    assert slow[region.what, region.side] == pytest.approx(max(alone, together))


def test_p_value_agrees_with_the_slow_search() -> None:
    study = spaces.products(trials=14, lost=0.3, leak=0.3, failing=0.1, seed=1)
    design, rng = study.design, np.random.default_rng(7)
    ways = list(slow_directions(study))
    observed = max(slow_search(ways, design.infeasible).values())
    reached = [
        max(slow_search(ways, rng.permutation(design.infeasible)).values())
        >= observed - 1e-9
        for _ in range(200)
    ]
    p_value = measured(study, odds=1.0).p_value
    assert p_value == pytest.approx(float(np.mean(reached)), abs=0.09)


@pytest.mark.parametrize("where", ["upper", "lower"])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_the_planted_region_is_found(where: str, column: int) -> None:
    study = searches.failures(trials=30, infeasible=10, where=where, column=column)
    region = measured(study)
    side = {"upper": "above", "lower": "below"}[where]
    assert (region.hyperparameter, region.side) == (searches.NAMES[column], side)
    assert (region.infeasible_beyond, region.beyond) == (10, 10)
    assert (region.infeasible_rest, region.rest) == (0, 20)
    assert region.p_value < 0.01
    assert region.lost == pytest.approx(1 / 3)
    assert region.learning_rate is (where == "upper" and column == 0)
    values = {trial.name: trial.hyperparameters for trial in study.trials}
    sign = 1 if where == "upper" else -1
    for trial in study.trials:
        beyond = sign * (values[trial.name][region.hyperparameter] - region.cut) > 0  # type: ignore[operator]
        assert beyond == (trial.infeasibility is not None)


@pytest.mark.parametrize(
    ("partner", "what"),
    [
        ("width", "learning_rate / width"),
        ("momentum", "learning_rate / (1 - momentum)"),
    ],
)
@pytest.mark.parametrize("side", ["above", "below"])
def test_the_planted_ratio_is_found(partner: str, what: str, side: str) -> None:
    study = spaces.products(trials=80, partner=partner, power=-1, side=side)
    region = measured(study)
    assert (region.what, region.side) == (what, side)
    assert (region.infeasible_beyond, region.infeasible_rest) == (20, 0)
    assert region.learning_rate is (side == "above")
    middle = spaces.in_the_middle(
        study, lambda x: x["learning_rate"] / x.get("width", 1 - x.get("momentum", 0))
    )
    assert region.typical_value == pytest.approx(middle["learning_rate"])
    assert region.typical_partner == pytest.approx(middle[partner])


def test_one_hyperparameter_is_preferred_to_two() -> None:
    """A wall of the learning rate alone, with a width that does not matter."""
    wide = replace(searches.axis("dropout"), name="width", lower=16.0, upper=1024.0)
    doubles = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        cube = rng.random((40, 2))
        bad = np.where(cube[:, 0] > 0.7, rng.random(40) > 0.2, rng.random(40) < 0.05)
        errors = np.where(bad, np.nan, cube[:, 0])
        axes = (searches.axis("learning_rate"), wide)
        study = searches.study_of(cube, errors, axes)
        doubles += measured(study, odds=20.0).partner is not None
    assert doubles <= 3


def test_scattered_failures_rarely_show_a_region() -> None:
    p_values = [measured(searches.failures(seed=seed)).p_value for seed in range(200)]
    assert np.mean(np.array(p_values) < 0.05) < 0.09


def test_the_least_p_value_is_that_of_a_perfect_cut() -> None:
    study = searches.failures(trials=12, infeasible=2, where="upper")
    design, region = study.design, measured(study)
    assert region.p_value == region.least_p_value
    count, ways = len(design.names), list(directions(design.axes, design.positions))
    rng, reached = np.random.default_rng(3), 0
    for _ in range(1000):
        bad = rng.permutation(count) < 2
        cut, _ = best_cuts(ways, bad)
        assert cut is not None
        reached += cut.surprise > math.log(math.comb(count, 2)) - 1e-9
    assert region.least_p_value == pytest.approx(reached / 1000, abs=0.05)


def test_trials_without_a_value_are_never_beyond() -> None:
    study = spaces.products(trials=40)
    trials = tuple(
        replace(trial, hyperparameters={**trial.hyperparameters, "dropout": None})
        if i % 2
        else trial
        for i, trial in enumerate(study.trials)
    )
    design = replace(study, trials=trials).design
    ways = [w for w in directions(design.axes, design.positions) if w.first == 2]
    cut, _ = best_cuts(ways, np.isnan(design.positions[:, 2]))
    assert cut is not None
    assert cut.surprise == pytest.approx(0.0)


def test_many_trials_are_thinned_out_but_all_are_counted() -> None:
    study = searches.failures(trials=4500, infeasible=900, where="upper", column=1)
    region = measured(study)
    assert (region.trials, region.infeasible) == (4500, 900)
    assert region.infeasible_beyond == pytest.approx(900, abs=30)
    assert region.p_value < 0.01


def test_trials_that_were_stopped_early_count_as_feasible() -> None:
    study = searches.failures(trials=40, infeasible=8, where="upper", column=1)
    stopped = {trial.name for trial in study.ranked[:10]}
    trials = tuple(
        replace(trial, finished=trial.name not in stopped) for trial in study.trials
    )
    region = measured(replace(study, trials=trials))
    assert (region.trials, region.infeasible_beyond) == (40, 8)
    middle = spaces.in_the_middle(study, lambda x: x["dropout"])
    assert region.typical_value == pytest.approx(middle["dropout"])


def test_the_cut_of_a_gradual_boundary_lies_where_most_fail() -> None:
    """The share that fails rises from 0 to 1 over the range of one hyperparameter."""
    cuts = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        cube = rng.random((400, 1))
        errors = np.where(rng.random(400) < cube[:, 0], np.nan, 1.0)
        study = searches.study_of(cube, errors, (searches.axis("dropout"),))
        cuts.append(measured(study).cut)
    assert np.median(cuts) == pytest.approx(0.5, abs=0.05)


def test_shuffles_do_not_depend_on_the_order_of_marks() -> None:
    design = searches.failures().design
    ways = list(directions(design.axes, design.positions))
    highest = highest_by_chance(ways, design.infeasible)
    again = highest_by_chance(ways, np.sort(design.infeasible))
    assert np.quantile(highest, 0.95) == pytest.approx(
        np.quantile(again, 0.95), rel=0.1
    )


def test_seven_trials_show_no_region() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 8 trials"):
        measured(searches.failures(trials=7, infeasible=3))


def test_without_a_feasible_trial_there_is_no_cut() -> None:
    with pytest.raises(NotEnoughDataError, match="all 20 are infeasible"):
        measured(searches.failures(trials=20, infeasible=20))


def test_a_product_is_cut_only_of_positive_values() -> None:
    design = searches.failures().design
    ways = directions(design.axes, design.positions)
    assert all(way.second is None for way in ways)
    pairs = itertools.combinations(range(2), 2)
    study = spaces.products()
    found = {
        (way.first, way.second)
        for way in directions(study.design.axes, study.design.positions)
        if way.second is not None
    }
    assert found == set(pairs)

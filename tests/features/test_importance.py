"""Laws of `importance`, slow second opinions on its parts, and Optuna's fANOVA."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import synthetic_searches as searches
from scipy import optimize, stats
from synthetic_importance import SURFACES, mattering

from advisor.features.feature import NotEnoughDataError
from advisor.features.importance import Importance, importance
from advisor.features.noncentral_f import noncentrality_limits, upper_probability
from advisor.features.variance_parts import part_of, span
from advisor.model.curve import FloatArray


def measured(**options: Any) -> Mapping[str, Importance]:
    return importance(mattering(**options))


@pytest.mark.parametrize(
    ("f", "effect", "freedom"), [(1.0, 6, 30), (2.5, 18, 20), (40.0, 2, 60)]
)
def test_limits_of_the_noncentrality_are_those_of_scipy(
    f: float, effect: int, freedom: int
) -> None:
    def slow(chance: float) -> float:
        def missed(size: float) -> float:
            return float(stats.ncf.cdf(f, effect, freedom, size)) - chance

        return float(optimize.brentq(missed, 1e-9, 2000)) if missed(1e-9) > 0 else 0.0

    lower, upper = noncentrality_limits(f, effect, freedom)
    assert (lower, upper) == pytest.approx((slow(0.95), slow(0.05)), rel=1e-4)
    assert upper_probability(f, effect, freedom) == pytest.approx(
        stats.f.sf(f, effect, freedom)
    )


def test_a_huge_effect_has_narrow_limits_around_it() -> None:
    lower, upper = noncentrality_limits(1e6, 3, 40)
    assert lower == pytest.approx(3e6, rel=0.01)
    assert upper == pytest.approx(3e6, rel=0.01)


def test_less_than_chance_explains_bounds_nothing() -> None:
    assert noncentrality_limits(0.1, 6, 30)[1] == noncentrality_limits(1.0, 6, 30)[1]


def test_a_part_is_what_least_squares_gains() -> None:
    rng = np.random.default_rng(0)
    others, extra = rng.random((40, 3)), rng.random((40, 2))
    errors = others @ [1.0, 2.0, 0.5] + extra @ [3.0, 0.0] + rng.standard_normal(40)

    def rest(columns: FloatArray) -> float:
        fitted = columns @ np.linalg.lstsq(columns, errors, rcond=None)[0]
        return float(np.square(errors - fitted).sum())

    ones = np.ones((40, 1))
    small, large = np.hstack((ones, others)), np.hstack((ones, others, extra))
    part = part_of(span([ones, others]), extra, errors)
    f = (rest(small) - rest(large)) / 2 / (rest(large) / 34)
    assert part.freedom == 34
    assert part.noise == pytest.approx(rest(large) / 34)
    assert part.p_value == pytest.approx(stats.f.sf(f, 2, 34))
    gained = rest(small) - rest(large) - 2 * part.noise
    assert part.explained == pytest.approx(gained * 40 / 36)


@pytest.mark.parametrize("surface", ["line", "bowl", "product", "waves"])
def test_shares_are_those_of_the_surface(surface: str) -> None:
    """The total index by pick and freeze (Homma and Saltelli 1996), with the noise."""
    rng = np.random.default_rng(1)
    x = rng.random((20_000, 4))
    clean = SURFACES[surface](x)
    spread = float(np.ptp(SURFACES[surface](rng.random((400, 4)))))
    variance = clean.var() + (0.05 * spread) ** 2
    found = measured(surface=surface, trials=400, varied=4, noise_size=0.05)
    for column, name in enumerate(searches.NAMES[:4]):
        moved = x.copy()
        moved[:, column] = rng.random(len(x))
        total = np.square(clean - SURFACES[surface](moved)).mean() / 2 / variance
        assert found[name].share == pytest.approx(total, abs=0.06)


def test_a_product_is_no_share_of_either_alone() -> None:
    found = measured(surface="product", trials=200)["momentum"]
    assert found.share > 0.1
    assert found.alone < 0.03
    assert found.partner == "dropout"
    assert found.partner_p_value < 1e-6


def test_the_limits_hold_the_share_in_nineteen_of_twenty_studies() -> None:
    # A line over the unit interval has the variance 1/12.
    x = np.random.default_rng(0).random((200_000, 3))
    clean = SURFACES["line"](x)
    noise = 0.2 * float(np.ptp(clean))
    share = (1 / 12) / (clean.var() + noise**2)
    limits = [
        (found.lower, found.upper)
        for seed in range(60)
        for found in (
            measured(
                surface="line", varied=3, noise_size=0.2, seed=seed, sampling="uniform"
            )["momentum"],
        )
    ]
    above = sum(lower > share for lower, _ in limits)
    below = sum(upper < share for _, upper in limits)
    assert above <= 7
    assert below <= 7


def test_what_matters_near_the_optimum_shows_in_the_better_half() -> None:
    found = measured(surface="near-the-optimum", trials=120, noise_size=0.03)
    assert found["momentum"].share < 0.1
    assert found["momentum"].good_p_value < 1e-4
    assert found["momentum"].good_effect > 0.8
    assert found["dropout"].good_effect < 0.5


def test_choices_have_a_share() -> None:
    options = {"choices": ["relu", "gelu", "tanh"], "trials": 90, "varied": 2}
    assert measured(**options)["activation"].share < 0.05
    found = measured(choice_matters=True, **options)["activation"]
    assert found.share > 0.3
    assert found.covered == 1.0
    assert {found.low, found.high} | {found.incumbent} == {"relu", "gelu", "tanh"}


def test_names_of_trials_are_no_choices_to_measure() -> None:
    made = mattering(trials=600, varied=3, choices=[f"name-{i}" for i in range(600)])
    start = time.process_time()
    found = importance(made)
    assert time.process_time() - start < 5
    assert found["activation"].upper == 1.0
    assert found["learning_rate"].share > 0.7


def test_many_choices_leave_their_products_out() -> None:
    made = mattering(trials=90, varied=3, choices=[f"data-{i}" for i in range(30)])
    found = importance(made)
    assert not found["activation"].curved
    assert not found["momentum"].curved
    assert found["learning_rate"].share > 0.5


def test_curved_interactions_want_room() -> None:
    few = measured(trials=30, varied=5)["momentum"]
    many = measured(trials=few.wanted, varied=5)["momentum"]
    assert (few.curved, many.curved) == (False, True)
    # 9 columns of others, 2 of its own and 4 for each of four pairs; twice.
    assert few.wanted == 2 * (9 + 2 + 16)


def test_crowded_values_cover_little() -> None:
    assert measured(crowded=0.25)["momentum"].covered == pytest.approx(0.25, abs=0.02)
    assert measured()["momentum"].covered == pytest.approx(1, abs=0.05)


def test_nine_configurations_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 10 configurations"):
        measured(trials=9)


@pytest.mark.parametrize("surface", ["line", "product"])
def test_fanova_sees_the_same_order(surface: str) -> None:
    optuna = pytest.importorskip("optuna")
    pytest.importorskip("sklearn")
    made = mattering(surface=surface, trials=200, noise_size=0.03)
    study = optuna.create_study()
    for trial in made.trials:
        study.add_trial(
            optuna.trial.create_trial(
                params=dict(trial.hyperparameters),
                distributions={
                    each.name: optuna.distributions.FloatDistribution(
                        *each.bounds, log=each.scale == "log"
                    )
                    for each in made.search_space
                },
                value=trial.error,
            )
        )
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    theirs = optuna.importance.get_param_importances(study, evaluator=evaluator)
    ours = importance(made)
    names = [each.name for each in made.search_space]
    if surface == "line":
        assert sorted(names, key=theirs.get)[2:] == ["momentum", "learning_rate"]
        assert ours["learning_rate"].share == pytest.approx(
            theirs["learning_rate"], abs=0.15
        )
    order = stats.spearmanr(
        [theirs[name] for name in names],
        [ours[name].alone for name in names],
    )
    assert order.statistic > 0.7

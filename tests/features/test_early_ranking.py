"""Laws of `early_ranking`, and scipy's correlation as a second opinion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from synthetic_rankings import rankings

from advisor.features.early_ranking import EarlyRanking, early_ranking
from advisor.features.feature import NotEnoughDataError


def measured(**options: Any) -> EarlyRanking:
    return early_ranking(rankings(**options))


@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.95])
def test_correlations_are_spearmans(correlation: float) -> None:
    study = rankings(correlation=correlation, evaluations=80, seed=2)
    values = np.array(
        [trial.curves["validation_error"].values for trial in study.trials]
    )
    found = early_ranking(study)
    final = values[:, -8:].mean(axis=1)
    for share, measure in (
        (10, found.eighth),
        (20, found.quarter),
        (40, found.half),
    ):
        early = values[:, share - 8 : share].mean(axis=1)
        assert measure == pytest.approx(stats.spearmanr(early, final).statistic)


def test_the_shortest_length_is_found() -> None:
    found = measured(correlation=0.99, trials=40)
    assert found.short == 0.125
    assert found.short_steps == -(-found.last_step // 8)
    assert found.lower > 0.7
    assert found.best_rank is not None
    assert found.best_rank <= 5


def test_late_changes_leave_no_length() -> None:
    found = measured(correlation=0.3, trials=40)
    assert (found.short, found.short_steps, found.best_rank) == (None, None, None)
    assert found.lower < 0.7


def test_equal_trials_rank_by_chance() -> None:
    shorts = [
        measured(spread=0.0, trials=20, seed=seed).short is not None
        for seed in range(100)
    ]
    assert sum(shorts) <= 1


def test_a_correlation_at_the_demand_is_seldom_called_enough() -> None:
    # Spearman's is about 0.68 where that of normal levels is 0.7.
    shorts = [
        measured(correlation=0.7, trials=25, seed=seed).short is not None
        for seed in range(200)
    ]
    assert np.mean(shorts) <= 0.06


def test_seven_trials_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 8 trials of one length"):
        measured(trials=7)

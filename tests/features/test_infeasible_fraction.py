"""Laws of `infeasible_fraction`, with a second opinion on its interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import synthetic_searches as searches
from scipy import optimize, stats

from advisor.features.feature import NotEnoughDataError
from advisor.features.infeasible_fraction import infeasible_fraction, wilson


def slow_wilson(count: int, total: int) -> tuple[float, float]:
    """The shares at which the score test just rejects at 5%, by searching for them."""

    def excess(share: float) -> float:
        z = (count / total - share) / np.sqrt(share * (1 - share) / total)
        return abs(z) - float(stats.norm.ppf(0.975))

    middle = min(max(count / total, 1e-9), 1 - 1e-9)
    lower = 0.0 if count == 0 else optimize.brentq(excess, 1e-12, middle)
    upper = 1.0 if count == total else optimize.brentq(excess, middle, 1 - 1e-12)
    return float(lower), float(upper)


@pytest.mark.parametrize(
    ("count", "total"), [(0, 5), (1, 5), (5, 5), (9, 12), (12, 30), (37, 100)]
)
def test_interval_inverts_the_score_test(count: int, total: int) -> None:
    assert wilson(count, total) == pytest.approx(slow_wilson(count, total), abs=1e-6)


def test_causes_are_counted_apart() -> None:
    study = searches.failures(trials=20, infeasible=9, cause="very bad loss", crashed=4)
    measured = infeasible_fraction(study)
    assert (measured.very_bad, measured.crashed, measured.diverged) == (5, 4, 0)
    assert measured.main_cause == "very bad loss"
    assert (measured.infeasible, measured.trials, measured.fraction) == (9, 20, 0.45)
    assert set(measured.names) <= {trial.name for trial in study.infeasible}


def test_trials_without_an_outcome_do_not_count() -> None:
    study = searches.failures(trials=20, infeasible=5)
    waiting = [replace(trial, error=None) for trial in study.ranked[:4]]
    rest = [trial for trial in study.trials if trial not in study.ranked[:4]]
    assert infeasible_fraction(replace(study, trials=(*rest, *waiting))).trials == 16


def test_no_outcome_at_all_is_too_little() -> None:
    study = searches.failures(trials=3, infeasible=0)
    waiting = tuple(replace(trial, error=None) for trial in study.trials)
    with pytest.raises(NotEnoughDataError, match="there is none"):
        infeasible_fraction(replace(study, trials=waiting))

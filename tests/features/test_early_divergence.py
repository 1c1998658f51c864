"""Laws of `early_divergence`, and a slow count beside it."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np
import pytest
import synthetic_spaces as spaces
from synthetic_curves import curve, steps_of

from advisor.features.early_divergence import EarlyDivergence, early_divergence
from advisor.features.feature import NotEnoughDataError
from advisor.model.study import Study


def slow_count(study: Study, early: float) -> tuple[int, int]:
    """Trials at the rates in use, and those of them that broke early."""
    rates = {t.name: float(t.hyperparameters["learning_rate"]) for t in study.trials}  # type: ignore[arg-type]
    most = median(rates[trial.name] for trial in study.ranked[:3])
    used = [trial for trial in study.trials if rates[trial.name] <= most]
    broken = [
        trial
        for trial in used
        if trial.infeasibility is not None
        and trial.infeasibility.step is not None
        and trial.infeasibility.step <= early * 1000
    ]
    return len(used), len(broken)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("at", [0.02, 0.07, 0.3])
def test_counts_agree_with_the_slow_ones(at: float, seed: int) -> None:
    study = spaces.breaking(at=at, seed=seed)
    breaks = early_divergence(study)
    assert (breaks.trials, breaks.early) == slow_count(study, 0.1)
    assert len(breaks.names) == min(breaks.early, 10)


def test_early_late_and_above_are_all_that_diverge() -> None:
    study = spaces.breaking(at=0.06, trials=60)
    breaks = early_divergence(study)
    late_above = len(study.infeasible) - breaks.early - breaks.late - breaks.above
    assert breaks.early > 0
    assert breaks.late > 0
    assert breaks.above > 0
    assert late_above >= 0


def test_rates_above_the_best_are_not_in_use() -> None:
    breaks = early_divergence(spaces.breaking(above=0.7, share=1.0))
    assert (breaks.early, breaks.rate, breaks.first_step) == (0, None, None)
    assert breaks.above > 5


def test_without_rates_all_trials_are_in_use() -> None:
    breaks = early_divergence(spaces.breaking(rates=False))
    assert (breaks.trials, breaks.best_rate) == (40, None)


def test_the_smallest_rate_that_broke() -> None:
    study = spaces.breaking()
    broken = [t.hyperparameters["learning_rate"] for t in study.infeasible]
    assert early_divergence(study).rate == min(broken)  # type: ignore[type-var]


def test_where_a_trial_broke_is_read_from_its_curve() -> None:
    """The log of the failure may name the last step, long after the loss broke."""
    study = spaces.breaking(at=0.5)
    loss = curve(np.where(np.arange(100) < 3, 1.0, np.nan), steps_of(100))
    trials = tuple(
        replace(trial, curves={"training_loss": loss}) if trial.infeasibility else trial
        for trial in study.trials
    )
    length = 10 * int(loss.steps[-1])
    longer = tuple(replace(trial, last_step=length) for trial in trials)
    before: EarlyDivergence = early_divergence(study)
    after = early_divergence(replace(study, trials=longer))
    assert before.early == 0
    assert after.early == before.late
    assert after.last_step == loss.steps[3]


def test_seven_trials_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="there are 7"):
        early_divergence(spaces.breaking(trials=7))


def test_without_steps_nothing_is_early_or_late() -> None:
    study = spaces.breaking()
    trials = tuple(replace(trial, last_step=None) for trial in study.trials)
    with pytest.raises(NotEnoughDataError, match="steps in the logs"):
        early_divergence(replace(study, trials=trials))


def test_without_divergence_steps_do_not_matter() -> None:
    study = spaces.breaking(share=0.0)
    trials = tuple(replace(trial, last_step=None) for trial in study.trials)
    assert early_divergence(replace(study, trials=trials)).early == 0

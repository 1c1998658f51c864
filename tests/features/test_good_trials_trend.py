"""The common trend of the good trials: against scipy and polyfit, trial by trial."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_ends import ends

from advisor.features.feature import NotEnoughDataError
from advisor.features.good_trials_trend import good_trials_trend
from advisor.model.trial import Trial


def slow_slopes(trial: Trial) -> tuple[float, float, float]:
    """Last third, third before, and the end of a parabola, by polyfit."""
    curve = trial.curves["validation_error"]
    fall = float(np.median(curve.values[:3]) - curve.values.min())
    times, values = np.log(curve.steps), curve.values / fall
    third = len(values) // 3
    last = -np.polyfit(times[-third:], values[-third:], 1)[0]
    before = -np.polyfit(times[-2 * third : -third], values[-2 * third : -third], 1)[0]
    parabola = np.polyfit(times[-third:], values[-third:], 2)
    end = -(2 * parabola[0] * times[-1] + parabola[1])
    return float(last), float(before), float(end)


@pytest.mark.parametrize("shape", ["logarithmic", "cosine", "linear-decay"])
@pytest.mark.parametrize("trials", [3, 8])
def test_equals_the_slow_way(shape: str, trials: int) -> None:
    from scipy import stats

    study = ends(shape=shape, trials=trials, noise_size=0.02, seed=trials)
    rows = [slow_slopes(trial) for trial in study.trials]
    last, before, end = (np.array(column) for column in zip(*rows, strict=True))
    expected = stats.ttest_1samp(last, 0, alternative="greater")
    measured = good_trials_trend(study.trials, more_steps=0.5)
    assert measured.trials == trials
    assert measured.gain == pytest.approx(last.mean() * math.log(1.5))
    assert measured.p_value == pytest.approx(expected.pvalue)
    lower = expected.confidence_interval(0.95).low * math.log(1.5)
    assert measured.gain_lower == pytest.approx(lower)
    assert measured.acceleration == pytest.approx(
        last.mean() / max(before.mean(), 0) if before.mean() > 0 else math.inf
    )
    assert measured.levelling == pytest.approx(end.mean() / last.mean())
    rest = end - measured.levelling * last
    margin = stats.t.isf(0.05, trials - 1) * stats.sem(rest) / last.mean()
    assert measured.levelling_lower == pytest.approx(measured.levelling - margin)
    assert measured.levelling_upper == pytest.approx(measured.levelling + margin)


def test_a_logarithm_gains_what_it_gains() -> None:
    study = ends(shape="logarithmic", trials=4, noise_size=1e-6, evaluations=60)
    measured = good_trials_trend(study.trials, more_steps=0.25)
    gained = math.log(1.25) / math.log(2)  # the second half is one doubling
    assert measured.relative == pytest.approx(gained, rel=0.08)
    assert measured.levelling == pytest.approx(1.0, abs=0.01)
    assert measured.acceleration == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("schedule", "logged", "decayed"),
    [(None, 0.0, 0.0), ("constant", 1.0, 0.0), ("cosine", 1.0, 1.0)],
)
def test_learning_rates(schedule: str | None, logged: float, decayed: float) -> None:
    measured = good_trials_trend(ends(trials=4, schedule=schedule).trials)
    assert (measured.rates_logged, measured.decayed) == (logged, decayed)


def test_what_rises_cannot_level_off() -> None:
    rising = [
        Trial(
            trial.name,
            curves={
                "validation_error": type(curve)(
                    curve.steps, np.where(curve.steps < 500, 5, curve.steps / 1e4)
                )
            },
        )
        for trial in ends(trials=3).trials
        for curve in trial.curves.values()
    ]
    measured = good_trials_trend(rising)
    assert measured.p_value > 0.9
    assert measured.levelling_upper == math.inf


@pytest.mark.parametrize("options", [{"trials": 2}, {"evaluations": 14}])
def test_too_little(options: dict[str, int]) -> None:
    with pytest.raises(NotEnoughDataError):
        good_trials_trend(ends(**options).trials)  # type: ignore[arg-type]

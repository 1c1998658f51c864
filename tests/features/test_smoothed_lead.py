"""The lead by neighbouring evaluations, against numpy's straight lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_adoption import late_luck

from advisor.features.feature import NotEnoughDataError
from advisor.features.smoothed_lead import smoothed_lead
from advisor.model.study import Objective, Study


def predicted(values: np.ndarray, place: int) -> float:
    """By a line through the nine evaluations about `place`, itself left out."""
    windows = [
        range(start, start + 9)
        for start in range(len(values) - 8)
        if place in range(start, start + 9)
    ]
    window = min(windows, key=lambda each: abs(each[4] - place))
    near = np.array([i for i in window if i != place])
    slope, level = np.polyfit(near, values[near], 1)
    return float(slope * place + level)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("selection", ["best", "final"])
def test_lines_are_those_of_numpy(seed: int, selection: str) -> None:
    study = late_luck(repeats=1, noises=(0.02, 0.01), seed=seed)
    if selection == "final":
        study = with_final(study)
    first, second = study.ranked
    lucks = []
    for trial in (first, second):
        values = trial.curves["validation_error"].values
        place = len(values) - 1 if selection == "final" else int(values.argmin())
        lucks.append(predicted(values, place) - values[place])
    found = smoothed_lead(study)
    assert found.luck == pytest.approx(lucks[0])
    assert found.runner_up_luck == pytest.approx(lucks[1])
    assert found.smoothed == pytest.approx(found.difference + lucks[1] - lucks[0])
    assert found.remaining_upper is None


def with_final(study: Study) -> Study:
    assert study.objective is not None
    objective: Objective = replace(study.objective, selection="final")
    trials = tuple(
        replace(trial, error=trial.curves["validation_error"].values[-1])
        for trial in study.trials
    )
    return replace(study, trials=trials, objective=objective)


def test_a_noisier_curve_owes_its_lead_to_luck() -> None:
    shares = [
        smoothed_lead(late_luck(noises=(0.01, 0.001), repeats=5, seed=seed)).remaining
        for seed in range(50)
    ]
    assert np.mean(shares) == pytest.approx(0, abs=0.1)


def test_a_lower_level_is_no_luck() -> None:
    shares = [
        smoothed_lead(
            late_luck(noises=(0.01, 0.01), levels=(0.25, 0.3), repeats=5, seed=seed)
        ).remaining
        for seed in range(50)
    ]
    assert np.mean(shares) == pytest.approx(1, abs=0.1)


def test_short_curves_are_too_few() -> None:
    with pytest.raises(NotEnoughDataError, match="at least 12 evaluations"):
        smoothed_lead(late_luck(evaluations=11))

"""Best steps of the good trials: against enumeration of all outcomes."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from synthetic_curves import curve, make_trial

from advisor.features.best_steps import at_least, best_steps
from advisor.features.feature import NotEnoughDataError
from advisor.model.trial import Trial


@pytest.mark.parametrize("chances", [[0.5], [0.1, 0.9, 0.3], [0.25] * 6, [0.0, 1.0]])
def test_at_least_equals_the_sum_over_all_outcomes(chances: list[float]) -> None:
    for count in range(len(chances) + 2):
        expected = sum(
            math.prod(
                chance if hit else 1 - chance
                for chance, hit in zip(chances, outcome, strict=True)
            )
            for outcome in product((False, True), repeat=len(chances))
            if sum(outcome) >= count
        )
        assert at_least(count, chances) == pytest.approx(expected)


def trials_best_at(places: list[int], evaluations: int = 20) -> list[Trial]:
    """Trials of which number i is best at evaluation `places[i]`, counted from 1."""
    made = []
    for i, place in enumerate(places):
        values = np.ones(evaluations)
        values[place - 1] = 0.5
        made.append(make_trial(f"t{i}", {"validation_error": curve(values)}))
    return made


def test_fractions_and_chances() -> None:
    measured = best_steps(trials_best_at([1, 2, 16, 20]), early=0.1, late=0.75)
    assert measured.smallest == pytest.approx(1 / 20)
    assert measured.median == pytest.approx((2 + 16) / 2 / 20)
    assert measured.largest == 1.0
    assert measured.latest_step == 10_000
    assert measured.early_share == 0.5
    assert measured.late_share == 0.5
    assert measured.at_first == 0.25
    assert measured.evaluations == 20
    # 2 of 20 evaluations lie within the first tenth, 5 in the last quarter.
    assert measured.early_chance == pytest.approx(0.1**4)
    expected = sum(math.comb(4, k) * 0.25**k * 0.75 ** (4 - k) for k in (2, 3, 4))
    assert measured.late_chance == pytest.approx(expected)


def test_chances_count_the_evaluations_that_there_are() -> None:
    measured = best_steps(trials_best_at([1, 1], evaluations=5), early=0.1)
    assert measured.early_chance == 0.0  # no evaluation lies within the first tenth
    assert measured.early_share == 0.0


def test_too_few_evaluations() -> None:
    with pytest.raises(NotEnoughDataError):
        best_steps(trials_best_at([1], evaluations=1))

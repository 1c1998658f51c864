"""Schedules against their formulas, written out step by step."""

from __future__ import annotations

import math

import numpy as np
import pytest

from advisor.trainer.configuration import Schedule, TrialConfiguration
from advisor.trainer.schedules import learning_rates


def configuration(**settings: object) -> TrialConfiguration:
    least = {
        "workload": "digits",
        "max_train_steps": 100,
        "batch_size": 8,
        "learning_rate": 0.2,
    }
    return TrialConfiguration.from_mapping({**least, **settings})


def slow_rate(trial: TrialConfiguration, step: int) -> float:
    """The rate of one update, number `step` from 0."""
    base, warmup = trial.learning_rate, trial.warmup_steps
    if step < warmup:
        return base * (step + 1) / warmup
    t, total = step - warmup, trial.max_train_steps - warmup
    if trial.schedule == "constant":
        return base
    if trial.schedule == "step":
        drops, length = 0, trial.step_interval * total
        while (drops + 1) * length <= t + 1e-6:
            drops += 1
        return base * trial.step_factor**drops
    length = trial.decay_fraction * total
    if t >= length:
        return base * trial.end_factor
    end = base * trial.end_factor
    if trial.schedule == "linear":
        return base + (end - base) * t / length
    return end + (base - end) * 0.5 * (1 + math.cos(math.pi * t / length))


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "step"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"warmup_steps": 10},
        {"warmup_steps": 1},
        {"decay_fraction": 0.5, "end_factor": 0.1},
        {"step_interval": 0.25, "step_factor": 0.5, "warmup_steps": 7},
        {"max_train_steps": 1},
        {"warmup_steps": 100},
    ],
)
def test_every_rate_follows_its_formula(
    schedule: Schedule, settings: dict[str, object]
) -> None:
    trial = configuration(schedule=schedule, **settings)
    expected = [slow_rate(trial, step) for step in range(trial.max_train_steps)]
    np.testing.assert_allclose(learning_rates(trial), expected, rtol=1e-12, atol=0)


def test_warmup_is_prepended_and_the_schedule_starts_at_the_base_rate() -> None:
    plain = learning_rates(configuration(schedule="cosine"))
    longer = configuration(schedule="cosine", warmup_steps=20, max_train_steps=120)
    np.testing.assert_array_equal(learning_rates(longer)[20:], plain)


def test_step_drops_fall_on_the_steps_that_were_meant() -> None:
    rates = learning_rates(configuration(schedule="step", max_train_steps=10))
    assert [round(rate, 6) for rate in rates] == [
        *(0.2, 0.2, 0.2, 0.02, 0.02, 0.02, 0.002, 0.002, 0.002, 0.0002)
    ]


def test_decay_to_no_steps_at_all_is_the_end_value() -> None:
    rates = learning_rates(configuration(schedule="linear", decay_fraction=0))
    assert rates[0] == 0.2
    assert (rates[1:] == 0).all()

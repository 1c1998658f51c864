"""Rewards that were logged episode by episode are compared by their means."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.interpret.episodes import means_of_episodes
from advisor.model.curve import Curve
from tests.interpret.logs import study_of, trial


@pytest.mark.parametrize(
    ("episodes", "points", "size"),
    [(5000, 50, 100), (2050, 20, 100), (400, 20, 20), (41, 20, 2), (30, 30, 1)],
)
def test_means(episodes: int, points: int, size: int) -> None:
    rng = np.random.default_rng(0)
    values, steps = rng.normal(size=episodes), np.arange(episodes) * 7
    found = means_of_episodes(Curve(steps, values))
    assert len(found) == points
    slow = [values[i * size : (i + 1) * size].mean() for i in range(points)]
    np.testing.assert_allclose(found.values, slow)
    assert found.steps[0] == 7 * (size - 1)


@pytest.mark.parametrize(
    ("tag", "averaged"),
    [
        ("episode_reward", True),
        ("r", True),
        ("rollout/ep_rew_mean", False),  # is a mean already
        ("eval/mean_reward", False),  # an evaluation
    ],
)
def test_a_lucky_episode_is_not_the_best_value(tag: str, averaged: bool) -> None:
    rewards = [0.0, 1.0] * 200
    study = study_of([trial("a", tags={tag: rewards}), trial("b", tags={tag: rewards})])
    assert study.trials[0].error == (-0.5 if averaged else -1.0)
    assert study.objective is not None

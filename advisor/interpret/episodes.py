"""Rewards of single episodes, made comparable: one episode is no evaluation."""

from __future__ import annotations

import numpy as np

from advisor.interpret.metrics import read_metric
from advisor.model.curve import Curve
from advisor.model.study import Objective

EPISODES = 100  # the usual number over which rewards are averaged, since OpenAI Gym
_FEWEST_MEANS = 20  # shorter logs are averaged over fewer episodes


def is_of_episodes(objective: Objective) -> bool:
    """Whether the objective was collected while training, one value an episode."""
    metric = read_metric(objective.metric)
    averaged = metric.statistics & {"mean", "avg", "average", "smooth", "smoothed"}
    return objective.split == "train" and metric.kind == "reward" and not averaged


def means_of_episodes(curve: Curve) -> Curve:
    """Means of as many consecutive episodes each, at the step of the last of them.

    The best of thousands of noisy episodes says nothing of a policy, and a mean over a
    window that slides would make neighbouring points depend on each other.
    """
    finite = curve.finite()
    size = min(EPISODES, len(finite) // _FEWEST_MEANS)
    if size < 2:
        return finite
    count = len(finite) // size
    last = np.arange(1, count + 1) * size - 1
    values = finite.values[: count * size].reshape(count, size).mean(axis=1)
    times = None if finite.wall_times is None else finite.wall_times[last]
    return Curve(finite.steps[last], values, times, finite.axis)

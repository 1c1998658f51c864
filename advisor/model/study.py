"""A study: the trials of one analysis, their objective and their search space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

import numpy as np

from advisor.model.curve import BoolArray, FloatArray
from advisor.model.log import Value, is_number
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.trial import Part, Trial, TrialStatus


class Goal(Enum):
    """Which way the objective improves."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    @property
    def sign(self) -> int:
        """+1 or -1: metric times sign is an error, lower is better."""
        return 1 if self is Goal.MINIMIZE else -1


@dataclass(frozen=True, slots=True)
class Objective:
    """The metric by which the trials of a study are compared."""

    metric: str  # tag, as found
    goal: Goal
    split: str = "validation"  # train, validation, test
    selection: str = "best"  # best or final value over training


@dataclass(frozen=True, slots=True)
class Reading:
    """One inference about the logs: what, why, and how to say otherwise."""

    what: str  # e.g. "objective"
    value: str
    reason: str
    override: str  # the line of advisor.yaml that would change it
    certain: bool = True  # False: a guess worth a look


@dataclass(frozen=True, eq=False)
class Design:
    """The trials of a study as arrays, over its ordered varied hyperparameters.

    Row i is trial i of the study, infeasible trials included.
    """

    axes: tuple[Hyperparameter, ...]  # [D]
    positions: FloatArray  # [N, D] fractions of the range in each scale; NaN if absent
    errors: FloatArray  # [N] lower is better; NaN where infeasible or incomplete
    infeasible: BoolArray  # [N]
    names: tuple[str, ...]  # [N]

    @cached_property
    def feasible(self) -> BoolArray:
        """[N] trials with an error and a complete row of positions."""
        return np.isfinite(self.errors) & np.isfinite(self.positions).all(axis=1)


@dataclass(frozen=True)
class Study:
    """Trials that share an objective and a search space."""

    name: str
    trials: tuple[Trial, ...]
    objective: Objective | None = None
    search_space: SearchSpace = field(default_factory=SearchSpace)
    algorithm: str | None = None  # how points were chosen, where declared
    facts: Mapping[str, Value] = field(default_factory=dict)  # answers of the user
    readings: tuple[Reading, ...] = ()
    metrics: Mapping[Part, str] = field(default_factory=dict)  # tags, as found, by part

    @cached_property
    def ranked(self) -> tuple[Trial, ...]:
        """The feasible trials, best first; ties in order of name."""
        feasible = [trial for trial in self.trials if trial.feasible]
        return tuple(
            sorted(feasible, key=lambda trial: (trial.error or 0.0, trial.name))
        )

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Rank of every feasible trial by name, 1 for the best."""
        return {trial.name: rank for rank, trial in enumerate(self.ranked, start=1)}

    @cached_property
    def trials_by_name(self) -> Mapping[str, Trial]:
        """Every trial by its name."""
        return {trial.name: trial for trial in self.trials}

    @property
    def best(self) -> Trial | None:
        """The feasible trial with the lowest error."""
        return self.ranked[0] if self.ranked else None

    @property
    def infeasible(self) -> tuple[Trial, ...]:
        """The trials that diverged, got a very bad loss, crashed or never started."""
        return tuple(trial for trial in self.trials if trial.infeasibility is not None)

    @property
    def sign(self) -> int:
        """Error times sign is the objective as logged."""
        return self.objective.goal.sign if self.objective else 1

    @cached_property
    def design(self) -> Design:
        """The trials as arrays over the ordered varied hyperparameters.

        What was stopped early has not shown how good it is: its error is left out
        unless no trial ended.
        """
        axes = self.search_space.axes
        ended = [trial for trial in self.trials if trial.status is TrialStatus.COMPLETE]
        compared = {trial.name for trial in ended or self.ranked}
        rows = [[_position(axis, trial) for axis in axes] for trial in self.trials]
        return Design(
            axes=axes,
            positions=np.array(rows, dtype=np.float64).reshape(
                len(self.trials), len(axes)
            ),
            errors=np.array(
                [
                    trial.error if trial.name in compared else np.nan
                    for trial in self.trials
                ],
                dtype=np.float64,
            ),
            infeasible=np.array(
                [trial.infeasibility is not None for trial in self.trials],
                dtype=np.bool_,
            ),
            names=tuple(trial.name for trial in self.trials),
        )


def _position(axis: Hyperparameter, trial: Trial) -> float:
    value = trial.hyperparameters.get(axis.name)
    if not is_number(value):
        return float("nan")
    return axis.position(float(value))

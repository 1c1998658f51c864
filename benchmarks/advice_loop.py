"""Following the advice: rounds of trials, each planned from all trials before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.finding import Finding
from advisor.model.log import Logs, Value
from advisor.model.next_round import NextRound, PointSequence
from advisor.model.planned_space import Constraint, PlannedHyperparameter, Point
from advisor.model.search_space import SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial
from advisor.next_round.continued import continued
from advisor.next_round.plan import Wishes, next_round
from advisor.next_round.quasi_random import draw
from advisor.pipeline import evaluate
from benchmarks.advice_problems import Problem

ROUNDS = 4
TRIALS = 20  # a round


@dataclass
class Bench:
    """Trains configurations of a problem and keeps what was measured."""

    problem: Problem
    rng: np.random.Generator
    points: list[Point] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    causes: list[str | None] = field(default_factory=list)

    def train(self, points: Sequence[Point]) -> None:
        """Values of hyperparameters that the surface does not have change nothing."""
        if not points:
            return
        errors, causes = self.problem.surface.trained(self._columns(points), self.rng)
        self.points += points
        self.errors += errors.tolist()
        self.causes += causes

    @property
    def regret(self) -> float:
        """True error of the configuration that looks best, over the problem's range.

        One that was trained more often counts with its mean. One that failed in truth,
        and looked well by luck, is as bad as a usual configuration.
        """
        seen: dict[tuple[tuple[str, Value], ...], list[float]] = {}
        for point, error, cause in zip(
            self.points, self.errors, self.causes, strict=True
        ):
            if cause is None:
                seen.setdefault(tuple(sorted(point.items())), []).append(error)
        if not seen:
            return 1.0
        chosen = min(seen, key=lambda key: float(np.mean(seen[key])))
        best, usual = self.problem.best_and_range
        true = float(self.problem.surface.error(self._columns([dict(chosen)]))[0])
        return (true - best) / usual if np.isfinite(true) else 1.0

    def _columns(self, points: Sequence[Point]) -> dict[str, np.ndarray]:
        return {
            each.name: np.array([_value(point, each.name) for point in points])
            for each in self.problem.ranges
        }

    def study(self, space: SearchSpace, algorithm: str = "adaptive") -> Study:
        """All trials so far, in the search space of the last round."""
        trials = tuple(
            Trial(
                f"trial-{i}",
                point,
                error=error if cause is None else None,
                infeasibility=Infeasibility(cause, "as told") if cause else None,  # type: ignore[arg-type]
            )
            for i, (point, error, cause) in enumerate(
                zip(self.points, self.errors, self.causes, strict=True)
            )
        )
        return Study(
            "study", trials, Objective("error", Goal.MINIMIZE), space, algorithm
        )


def _value(point: Point, name: str) -> float:
    """Its value, or one minus that of what is searched in its place."""
    value = point.get(name)
    return float(value if value is not None else 1 - point[f"one_minus_{name}"])  # type: ignore[operator, arg-type]


def follow_advice(problem: Problem, seed: int) -> float:
    """Regret after all rounds."""
    return followed(problem, seed)[0].regret


def followed(problem: Problem, seed: int) -> tuple[Bench, list[NextRound]]:
    """What was trained, and the plans behind it."""
    bench = Bench(problem, np.random.default_rng(seed))
    space = SearchSpace(tuple(each.given for each in problem.ranges))
    first = [PlannedHyperparameter(each.name, each.role, each, each) for each in space]
    points, sequence = draw(first, TRIALS, PointSequence(seed))
    bench.train(points)
    constraints: tuple[Constraint, ...] = ()
    study, plans = bench.study(space, "quasi-random"), []
    for number in range(2, ROUNDS + 1):
        wishes = Wishes(
            TRIALS, seed, number, sequence, constraints, last=number == ROUNDS
        )
        made = _possible(planned(study, wishes), problem)
        plans.append(made)
        sequence, constraints = made.sequence, made.constraints
        fixed = _constants(made)
        bench.train([{**fixed, **each.values} for each in made.planned_trials])
        study = continued(bench.study(study.search_space), made.hyperparameters)
    return bench, plans


def planned(study: Study, wishes: Wishes) -> NextRound:
    """As `advisor suggest` does it."""
    evaluation = evaluate(_NO_LOGS, [study], _rules())
    findings: Sequence[Finding] = evaluation.of_study(study)
    summaries = {rule: note.summary for rule, note in evaluation.rules.items()}
    leads = evaluation.leads_in(study)
    return next_round(study, findings, summaries, leads=leads, wishes=wishes)


def _possible(made: NextRound, problem: Problem) -> NextRound:
    """Without hyperparameters that the training does not take, as a user has it."""
    known = {each.name for each in problem.ranges}
    kept = [each for each in made.hyperparameters if _stands_for(each.name) in known]
    names = {each.name for each in kept}
    points = [{k: v for k, v in point.items() if k in names} for point in made.points]
    return replace(made, hyperparameters=tuple(kept), points=tuple(points))


def _stands_for(name: str) -> str:
    return name.removeprefix("one_minus_")


def _constants(made: NextRound) -> Mapping[str, Value]:
    return {
        each.name: each.value
        for each in made.hyperparameters
        if not each.searched and each.value is not None
    }


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(load_rules(RuleSettings()))


_NO_LOGS = Logs((), ())

"""Runs experiments: look by look, most urgent first, within the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from advisor.confirm.experiment import AGAIN, Change, Experiment
from advisor.confirm.pipelines.pipeline import (
    NotApplicableError,
    Pipeline,
    Progress,
    Settings,
)
from advisor.confirm.readback import Judge
from advisor.confirm.store import Store, fingerprint
from advisor.confirm.verdict import Decision, decide
from advisor.confirm.wording import sentence
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.model.confirmation import Arm, Confirmation

LOOKS = (1.0, 1.5, 2.0)  # seeds of every look, in units of the first one's

Train = Callable[[Pipeline, Mapping[str, Settings], Path, Progress], None]
"""Trains a batch somewhere: in this process, in others, on a cluster."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment, the pipeline for it, and the arms that can be trained."""

    experiment: Experiment
    pipeline: Pipeline
    arms: tuple[tuple[Change, str], ...]  # change, and why it is skipped or ""

    @property
    def looks(self) -> tuple[int, ...]:
        """Seeds at each look."""
        return tuple(round(self.experiment.seeds * factor) for factor in LOOKS)

    def settings(self, change: Change, repeat: int) -> Settings:
        """The configuration of one repeat; several flagged trials take turns."""
        trials = self.experiment.trials
        trial = trials[repeat % len(trials)]
        return self.pipeline.settings(self.experiment, trial, change, repeat)

    def trials(self, first: int, last: int) -> dict[str, Settings]:
        """Everything to train for the repeats from `first` to before `last`."""
        changes = [Change(), *(change for change, skipped in self.arms if not skipped)]
        found = {}
        for change in changes:
            for repeat in range(first, last):
                settings = self.settings(change, repeat)
                found[self.name_of(settings)] = settings
        return found

    def name_of(self, settings: Settings) -> str:
        """The trial's name in the store."""
        return fingerprint(self.pipeline.workload, settings)

    def seconds(self) -> float:
        """About how long the first look takes."""
        return sum(map(self.pipeline.seconds, self.trials(0, self.looks[0]).values()))


def plan_for(experiment: Experiment, pipeline: Pipeline) -> Plan | str:
    """The plan, or why the finding cannot be tested with this pipeline."""
    trial = experiment.trials[0]
    try:
        pipeline.settings(experiment, trial, Change(), 0)
    except NotApplicableError as error:
        return str(error)
    arms = []
    for change in experiment.arms:
        try:
            pipeline.settings(experiment, trial, change, 0)
            arms.append((change, ""))
        except NotApplicableError as error:
            arms.append((change, str(error)))
    if experiment.predicts is not None and all(skipped for _, skipped in arms):
        return "; ".join(skipped for _, skipped in arms) or "no arm is left to train"
    return Plan(experiment, pipeline, tuple(arms))


@dataclass(slots=True)
class Runner:
    """Trains and judges; `spent` counts estimated seconds, which resuming repeats."""

    store: Store
    rules: Sequence[Rule]
    settings: RuleSettings
    train: Train
    budget: float  # seconds
    progress: Callable[[Plan, int, int], None] = lambda plan, done, total: None
    spent: float = field(default=0.0, init=False)

    def run(self, plan: Plan) -> Confirmation:
        """Looks until the verdict is settled or the budget ends."""
        seen, decision, again = 0, None, Arm(AGAIN)
        for look in plan.looks:
            trials = plan.trials(seen, look)
            cost = sum(map(plan.pipeline.seconds, trials.values()))
            if seen and self.spent + cost > self.budget:
                break
            self.spent += cost
            self._train(plan, trials)
            again, arms = self._arms(plan, look)
            level = plan.pipeline.level
            decision = decide(plan.experiment, again, arms, plan.looks, level)
            seen = look
            if decision.settled:
                break
        assert decision is not None  # the first look is always taken
        return self._confirmation(plan, again, decision)

    def _train(self, plan: Plan, trials: Mapping[str, Settings]) -> None:
        left = {name: each for name, each in trials.items() if name not in self.store}
        if not left:
            return
        partial = self.store.place(left)

        def told(done: int, total: int) -> None:
            self.progress(plan, done, total)

        self.train(plan.pipeline, left, partial, told)
        self.store.keep(partial, left)

    def _arms(self, plan: Plan, look: int) -> tuple[Arm, list[Arm]]:
        judge = Judge(plan.experiment, self.rules, self.settings, plan.pipeline.level)
        arms = [
            Arm(str(change), _data(change), skipped=skipped)
            if skipped
            else self._arm(plan, judge, change, look)
            for change, skipped in plan.arms
        ]
        return self._arm(plan, judge, Change(), look), arms

    def _arm(self, plan: Plan, judge: Judge, change: Change, look: int) -> Arm:
        repeats = []
        for repeat in range(look):
            settings = plan.settings(change, repeat)
            place = self.store[plan.name_of(settings)]
            repeats.append(judge.repeat(place, repeat))
        return Arm(str(change), _data(change), tuple(repeats))

    def _confirmation(self, plan: Plan, again: Arm, decision: Decision) -> Confirmation:
        experiment, level = plan.experiment, plan.pipeline.level
        judge = Judge(experiment, self.rules, self.settings, level)
        place = self.store[plan.name_of(plan.settings(Change(), 0))]
        objective = judge.objective(place)
        return Confirmation(
            finding=experiment.finding.id,
            level=level,
            verdict=decision.verdict,
            sentence=sentence(experiment, again, decision, level),
            measure=experiment.measure,
            prediction=experiment.predicts,
            again=again,
            arms=decision.arms,
            workload=plan.pipeline.workload,
            objective=objective.metric if objective else "",
            sign=objective.goal.sign if objective else 1,
        )


def _data(change: Change) -> dict[str, object]:
    data: dict[str, object] = {}
    if change.set:
        data["set"] = dict(change.set)
    if change.multiply:
        data["multiply"] = dict(change.multiply)
    if change.trial:
        data["trial"] = change.trial
    return data

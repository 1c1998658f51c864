"""Runs an experiment: look by look, each judged by the finding's own rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.confirm.experiment import AGAIN, Change
from advisor.confirm.plan import Plan
from advisor.confirm.readback import Judge
from advisor.confirm.training import Training
from advisor.confirm.verdict import Decision, decide
from advisor.confirm.wording import sentence
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.errors import AdvisorError
from advisor.model.confirmation import Arm, Confirmation, Repeat

ENDED = (
    "the budget ended before its first look did; call again with a larger --budget, "
    "nothing is trained twice"
)


@dataclass(frozen=True, slots=True)
class Runner:
    """Trains and judges, as long as the training has a budget left."""

    training: Training
    rules: Sequence[Rule]
    settings: RuleSettings

    def run(self, plan: Plan) -> Confirmation | str:
        """Looks until the verdict is settled or the budget ends; or why there is none.

        Raises:
            AdvisorError: training failed, or left no log of a trial.
        """
        seen, decision, again = 0, None, Arm(AGAIN)
        for look in plan.looks:
            if not self.training.train(plan, plan.trials(seen, look)):
                break
            again, arms = self._arms(plan, look)
            level = plan.pipeline.level
            decision = decide(plan.experiment, again, arms, plan.looks, level)
            seen = look
            if decision.settled:
                break
        if decision is None:
            return ENDED
        return self._confirmation(plan, again, decision)

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
            repeats.append(self._repeat(judge, plan.name_of(settings), repeat))
        return Arm(str(change), _data(change), tuple(repeats))

    def _repeat(self, judge: Judge, name: str, repeat: int) -> Repeat:
        store = self.training.store
        try:
            return judge.repeat(store[name], repeat)
        except AdvisorError:
            store.forget(name)  # or a mended command would never be run again
            raise

    def _confirmation(self, plan: Plan, again: Arm, decision: Decision) -> Confirmation:
        experiment, level = plan.experiment, plan.pipeline.level
        judge = Judge(experiment, self.rules, self.settings, level)
        place = self.training.store[plan.name_of(plan.settings(Change(), 0))]
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

"""Trains what is not in the store yet, within the budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from advisor.confirm.executors import Executor, batches
from advisor.confirm.pipelines.pipeline import Pipeline, Settings
from advisor.confirm.plan import Plan
from advisor.confirm.store import Store

Trials = Mapping[str, Settings]


@dataclass(slots=True)
class Training:
    """What was trained, and how long that took.

    The time spent is that of all trials used so far. It is kept beside each in the
    store, so that a call that resumes comes to the same decisions.
    """

    store: Store
    executor: Executor
    budget: float  # seconds
    progress: Callable[[Plan, int, int], None] = lambda plan, done, total: None
    _spent: dict[str, float] = field(default_factory=dict, init=False)
    _expected: dict[str, float] = field(default_factory=dict, init=False)
    _measured: dict[str, float] = field(default_factory=dict, init=False)

    @property
    def spent(self) -> float:
        """Seconds of training behind the results so far."""
        return sum(self._spent.values())

    def train(self, plan: Plan, trials: Trials) -> bool:
        """Whether all are in the store now; false if the budget ended before."""
        new = {name: each for name, each in trials.items() if name not in self._spent}
        left = {name: each for name, each in new.items() if name not in self.store}
        self._use(plan, {name: new[name] for name in new.keys() - left.keys()})
        if left and not self._fits(plan.pipeline, left):
            return False
        separate = plan.pipeline.separate
        done = 0
        for batch in batches(left, self.executor.at_once if separate else len(left)):
            if separate and self.spent > self.budget:
                return False
            self._train(plan, batch, done, len(left))
            self._use(plan, batch)
            done += len(batch)
        return True

    def _fits(self, pipeline: Pipeline, trials: Trials) -> bool:
        """By the pipeline's own guess, corrected by what was measured so far."""
        guess = sum(map(pipeline.seconds, trials.values()))
        expected = self._expected.get(pipeline.identity, 0.0)
        if expected > 0:
            guess *= self._measured[pipeline.identity] / expected
        elif pipeline.separate:
            return self.spent <= self.budget  # nothing is known before one was trained
        return self.spent + guess <= self.budget

    def _train(self, plan: Plan, batch: Trials, done_before: int, total: int) -> None:
        def told(done: int, of: int) -> None:
            # One by one, trials are counted; together, whatever the pipeline counts.
            if plan.pipeline.separate:
                self.progress(plan, done_before + done, total)
            else:
                self.progress(plan, done, of)

        partial = self.store.place(batch)
        began = time.monotonic()
        self.executor.train(plan.pipeline, batch, partial, told)
        self.store.keep(partial, batch, time.monotonic() - began)

    def _use(self, plan: Plan, trials: Trials) -> None:
        """Counts trials as used, once each."""
        key = plan.pipeline.identity
        for name, settings in trials.items():
            seconds = self.store.seconds(name)
            self._spent[name] = seconds
            self._measured[key] = self._measured.get(key, 0.0) + seconds
            guess = plan.pipeline.seconds(settings)
            self._expected[key] = self._expected.get(key, 0.0) + guess

"""A plan: an experiment, and every configuration that it trains at each look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.confirm.experiment import Change, Experiment
from advisor.confirm.pipelines.pipeline import NotApplicableError, Pipeline, Settings
from advisor.confirm.store import fingerprint
from advisor.model.trial import Trial

LOOKS = (1.0, 1.5, 2.0)  # seeds of every look, in units of the first one's


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
        return fingerprint(self.pipeline.identity, settings)

    def seconds(self) -> float:
        """About how long the first look takes."""
        return sum(map(self.pipeline.seconds, self.trials(0, self.looks[0]).values()))


def plan_for(experiment: Experiment, pipeline: Pipeline) -> Plan | str:
    """The plan, or why the finding cannot be tested with this pipeline."""
    trials, reasons = [], []
    for trial in experiment.trials:
        refused = _refused(experiment, pipeline, [trial], Change())
        if refused:
            reasons.append(refused)
        else:
            trials.append(trial)
    if not trials:
        return reasons[0]
    arms = [
        (change, _refused(experiment, pipeline, trials, change))
        for change in experiment.arms
    ]
    if experiment.predicts is not None and all(skipped for _, skipped in arms):
        return "; ".join(skipped for _, skipped in arms) or "no arm is left to train"
    return Plan(replace(experiment, trials=tuple(trials)), pipeline, tuple(arms))


def _refused(
    experiment: Experiment, pipeline: Pipeline, trials: Sequence[Trial], change: Change
) -> str:
    """Why the pipeline cannot train `change` of each of the trials; empty if it can."""
    try:
        for trial in trials:
            pipeline.settings(experiment, trial, change, 0)
    except NotApplicableError as error:
        return str(error)
    return ""

"""New logs through the same loaders, interpretation and rule: no second truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.confirm.experiment import Experiment
from advisor.engine.evaluate import judge_trial
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration, ObjectiveSettings, Selection
from advisor.interpret.feasibility import without_very_bad
from advisor.interpret.studies import interpret
from advisor.interpret.tags import find_tag, tags_of
from advisor.loaders.collect import collect
from advisor.model.confirmation import Level, Repeat
from advisor.model.curve import Curve
from advisor.model.finding import Outcome
from advisor.model.log import Logs
from advisor.model.study import Objective, Study
from advisor.model.trial import Trial

_ANSWERS = {Outcome.FIRES: True, Outcome.CLEAR: False}  # others tell nothing


@dataclass(frozen=True, slots=True)
class Judge:
    """Reads a trained trial and asks the finding's own rule about it."""

    experiment: Experiment
    rules: Sequence[Rule]
    settings: RuleSettings
    level: Level

    def repeat(self, directory: Path, seed: int) -> Repeat:
        """What one trained trial shows.

        Raises:
            AdvisorError: the logs in `directory` are not those of one trial.
        """
        study, trial = self._study(directory)
        fires, measure = self._judged(study, trial)
        return Repeat(
            seed=seed,
            fires=fires,
            measure=measure,
            error=trial.error,
            curve=_as_logged(study, trial),
            infeasible=trial.infeasibility is not None,
        )

    def objective(self, directory: Path) -> Objective | None:
        """What the trained trials are compared by; `directory` is that of one."""
        if self.level is Level.SAME_PIPELINE:
            return self.experiment.study.objective
        return self._study(directory)[0].objective

    def _study(self, directory: Path) -> tuple[Study, Trial]:
        """The trial, beside those of its study where they come from one pipeline."""
        original = self.experiment.study
        logs = collect([directory])
        same = self.level is Level.SAME_PIPELINE
        configuration = _as_in(original, logs) if same else Configuration()
        studies = interpret(logs, configuration) if logs.trials else ()
        if len(studies) != 1 or len(studies[0].trials) != 1:
            raise AdvisorError(
                f"{directory}: expected the log of one trial, found "
                f"{len(logs.trials)} trials in {len(studies)} studies"
            )
        trial = replace(studies[0].trials[0], name=f"confirm/{directory.name}")
        if same:
            trial = _beside(original, trial, studies[0].objective)
            return replace(original, trials=(*original.trials, trial)), trial
        return replace(studies[0], trials=(trial,)), trial

    def _judged(self, study: Study, trial: Trial) -> tuple[bool | None, float | None]:
        experiment = self.experiment
        broke = trial.infeasibility is not None
        if experiment.finding.subject.kind != "trial":
            return broke, None
        look_up = None if experiment.measure == "objective" else experiment.measure
        judged = judge_trial(
            study,
            self.rules,
            experiment.finding.rule,
            trial.name,
            self.settings,
            look_up=look_up,
        )
        if experiment.returns == "infeasible":
            return broke, judged.measure
        if experiment.at_least is not None:
            if judged.measure is None:
                return None, None
            return judged.measure >= experiment.at_least, judged.measure
        return _ANSWERS.get(judged.outcome), judged.measure


def _as_logged(study: Study, trial: Trial) -> Curve | None:
    curve = trial.curves.get("validation_error")
    return curve.negated() if curve is not None and study.sign < 0 else curve


def _as_in(study: Study, logs: Logs) -> Configuration:
    """Readings of the study, as far as a new log, which may be cut short, has them."""
    tags = tags_of(logs.trials)
    settings = ObjectiveSettings()
    if study.objective is not None:
        metric = study.objective.metric
        settings = ObjectiveSettings(
            metric if find_tag(tags, metric) is not None else None,
            study.objective.goal,
            _selection(study.objective.selection),
        )
    metrics = {
        part: tag
        for part, tag in study.metrics.items()
        if find_tag(tags, tag) is not None
    }
    return Configuration(objective=settings, metrics=metrics)


def _beside(study: Study, trial: Trial, objective: Objective | None) -> Trial:
    """The trial as it would be read among those of the study."""
    compared = study.objective.metric if study.objective is not None else None
    if objective is None or objective.metric != compared:
        curves = dict(trial.curves)
        curves.pop("validation_error", None)
        trial = replace(
            trial, error=None, final_error=None, best_step=None, curves=curves
        )
    return without_very_bad([*study.trials, trial])[-1]


def _selection(text: str) -> Selection:
    """The study's way of choosing the value of a trial, as settings name it."""
    return "final" if text == "final" else "best"

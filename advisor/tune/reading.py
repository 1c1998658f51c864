"""The logs of all rounds, read as one study by the loaders and rules of `check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.errors import AdvisorError
from advisor.interpret.configuration import (
    Configuration,
    HyperparameterSettings,
    ObjectiveSettings,
    StudySettings,
)
from advisor.interpret.studies import interpret
from advisor.loaders.collect import collect
from advisor.loaders.joining import join
from advisor.model.finding import Evaluation
from advisor.model.log import Logs, TrialLog
from advisor.model.study import Study
from advisor.next_round.continued import continued, planned_in
from advisor.next_round.earlier import read_earlier
from advisor.pipeline import evaluate, read, settings_of
from advisor.tune.round import PLAN_YAML, Range, Round, place_of
from advisor.tune.trainable import COMPLEMENT

FAILED = "failed.txt"
"""Beside the log of a trial whose command failed: what it said."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rounds below `directory`, and the logs of `paths` before them."""

    paths: tuple[Path, ...]
    directory: Path
    configuration: Configuration
    study: Study | None  # that of `paths`
    rules: tuple[Rule, ...]
    settings: RuleSettings

    @classmethod
    def of(
        cls,
        paths: tuple[Path, ...],
        directory: Path,
        configuration: Configuration,
        study: Study | None,
    ) -> Reader:
        """With the rules that the configuration lets apply."""
        settings = settings_of(configuration)
        rules = load_rules(settings)
        return cls(paths, directory, configuration, study, rules, settings)

    def evaluation(self, rounds: Sequence[Round]) -> Evaluation:
        """Every rule on the trials that can be compared with those of the last round.

        Raises:
            AdvisorError: the logs of the rounds are no study, or mean two things.
        """
        if not rounds:
            logs, studies = read(self.paths, self.configuration)
            return evaluate(logs, studies, self.rules, self.settings)
        last = rounds[-1]
        logs = self._logs(rounds, last.since)
        studies = interpret(logs, self.as_read(last))
        if len(studies) != 1:
            raise AdvisorError(
                f"{self.directory}: expected the trials of one study, "
                f"found {len(studies)}"
            )
        study = self._as_planned(studies[0], last)
        study = replace(study, algorithm=_algorithm(rounds))
        return evaluate(logs, [study], self.rules, self.settings)

    def _as_planned(self, study: Study, last: Round) -> Study:
        """In the search space of the last round, not in all that was ever searched."""
        plan = read_earlier(place_of(self.directory, last.number) / PLAN_YAML)
        if plan is None:
            return study
        return continued(study, planned_in(plan.hyperparameters, study))

    def _logs(self, rounds: Sequence[Round], since: int) -> Logs:
        before = self.paths if since < rounds[0].number else ()
        logs = collect([*before, self.directory])
        planned = {
            (place_of(self.directory, each.number) / name).resolve(): training.values
            for each in rounds
            for name, training in each.trials.items()
        }
        recent = {
            place: values
            for place, values in planned.items()
            if int(place.parent.name.rpartition("-")[2]) >= since
        }
        before_them: list[TrialLog] = []
        parts: dict[Path, list[TrialLog]] = {place: [] for place in recent}
        for log in logs.trials:
            place = _of_round(log, planned)
            if place in parts:
                parts[place].append(log)
            elif place is None and not _is_below(log, self.directory):
                before_them.append(log)
        trials = [
            *before_them,
            *(
                _completed(join(found), place, recent[place])
                for place, found in parts.items()
                if found
            ),
            *(
                _without_log(place, self.directory, recent[place])
                for place, found in parts.items()
                if not found and (place / FAILED).is_file()
            ),
        ]
        return replace(logs, trials=tuple(trials))

    def as_read(self, last: Round) -> Configuration:
        """What the user says, with one study and the ranges that were searched."""
        configuration = self.configuration
        known = configuration.hyperparameters
        ranges = {
            name: _settings(each, known.get(name))
            for name, each in last.searched.items()
        }
        for name in last.fixed:
            own = known.get(name) or HyperparameterSettings()
            ranges[name] = replace(own, role="fixed")
        for name in last.searched:
            if name.startswith(COMPLEMENT):  # the trainer logs the plain one as well
                plain = name.removeprefix(COMPLEMENT)
                ranges.setdefault(plain, HyperparameterSettings(ignore=True))
        wanted = configuration.trials
        return replace(
            configuration,
            studies=(StudySettings(last.study, ("*",)),),
            trials=(*wanted, "round-*") if wanted else (),
            objective=self._objective(),
            hyperparameters={**known, **ranges},
        )

    def _objective(self) -> ObjectiveSettings:
        """That of the logs before, so that all rounds are compared by one metric."""
        before = self.study.objective if self.study is not None else None
        stated = self.configuration.objective
        if before is None:
            return stated
        return ObjectiveSettings(
            stated.metric or before.metric,
            stated.goal or before.goal,
            stated.selection or ("final" if before.selection == "final" else "best"),
        )


def _algorithm(rounds: Sequence[Round]) -> str:
    """Later rounds were drawn with the earlier ones in view."""
    first = rounds[-1].since == rounds[-1].number
    return "quasi-random" if first else "adaptive"


def _settings(
    each: Range, known: HyperparameterSettings | None
) -> HyperparameterSettings:
    settings = known or HyperparameterSettings()
    if each.choices or each.kind == "categorical":
        return replace(settings, choices=each.choices)
    return replace(settings, lower=each.lower, upper=each.upper, scale=each.scale)


def _of_round(
    log: TrialLog, planned: Mapping[Path, Mapping[str, object]]
) -> Path | None:
    """The trial's folder, of which a log may lie some folders below."""
    place = log.location.resolve()
    return next((each for each in (place, *place.parents) if each in planned), None)


def _is_below(log: TrialLog, directory: Path) -> bool:
    return directory.resolve() in log.location.resolve().parents


def _completed(log: TrialLog, place: Path, values: Mapping[str, object]) -> TrialLog:
    """With the configuration as it was planned, and under the trial's own name."""
    return replace(
        log,
        location=_as_given(log, place),
        key="",
        display_name=None,
        configuration={**log.configuration, **values},  # type: ignore[dict-item]
        state="crashed" if (place / FAILED).is_file() else log.state,
        group=None,
    )


def _as_given(log: TrialLog, place: Path) -> Path:
    """The folder of the trial as a part of the log's own path, relative or not."""
    depth = len(log.location.resolve().relative_to(place).parts)
    return log.location.parents[depth - 1] if depth else log.location


def _without_log(
    place: Path, directory: Path, values: Mapping[str, object]
) -> TrialLog:
    return TrialLog(
        location=directory / place.parent.name / place.name,
        format="none",
        sources=(),
        configuration=values,  # type: ignore[arg-type]
        state="failed",
    )

"""Planted truths: true findings must be confirmed, false ones must not."""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from advisor.confirm.executors import Executor
from advisor.confirm.experiment import experiment_of
from advisor.confirm.pipelines.bundled import BundledPipeline, configuration_of
from advisor.confirm.pipelines.pipeline import Pipeline, Progress, Settings
from advisor.confirm.plan import Plan, plan_for
from advisor.confirm.run import Runner
from advisor.confirm.store import Store
from advisor.confirm.training import Training
from advisor.engine.evaluate import finding_as_if
from advisor.engine.measurements import MissingSignalError
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.features.feature import NotEnoughDataError
from advisor.interpret.configuration import Configuration
from advisor.model.finding import Finding, Subject
from advisor.model.study import Study
from advisor.pipeline import evaluate, read
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.result import read_result
from benchmarks.confirm_plants import Plant, place, train_plants, train_shapes
from benchmarks.confirm_spaces import space_plants
from benchmarks.confirm_studies import study_plants
from benchmarks.confirm_trials import trial_plants

FLAGS = 10
LEAST_CONFIRMED, MOST_FALSE = 0.90, 0.05
_VERDICTS = ("confirmed", "inconclusive", "refuted", "not tested")
_SETTINGS = RuleSettings()


@dataclass
class Flag:
    """A finding whose truth is known, and what became of it."""

    finding: Finding
    study: Study
    true: bool
    plan: Plan | str
    verdict: str = "not tested"
    said: str = ""
    training: float = 0.0  # seconds, those of trials that others share too
    judging: float = 0.0  # seconds


def main(only: Sequence[str] = ()) -> int:
    """Prints the table by rule, of all rules or of some; 1 if a goal is missed."""
    rules = load_rules(_SETTINGS)
    plants = [*trial_plants(), *study_plants(), *space_plants()]
    plants = [each for each in plants if not only or each.rule in only]
    start = time.perf_counter()
    train_plants(plants)
    trained = time.perf_counter()
    flags = list(_flags(plants, rules))
    Confirmations(rules).settle(flags)
    end = time.perf_counter()
    _print_unusual(flags)
    good = _print_table(flags)
    print(
        f"plants trained in {trained - start:.0f} s, findings confirmed in "
        f"{end - trained:.0f} s"
    )
    return 0 if good else 1


def _flags(plants: Sequence[Plant], rules: Sequence[Rule]) -> Iterator[Flag]:
    """Findings of the rules where they are true, and as if they fired elsewhere."""
    studies: dict[str, tuple[Study, tuple[Finding, ...]]] = {}
    for plant in plants:
        if plant.name not in studies:
            folder = place() / "plants" / plant.name
            logs, (study,) = read([folder], Configuration())
            evaluation = evaluate(logs, [study], rules, _SETTINGS)
            studies[plant.name] = study, evaluation.findings
        study, found = studies[plant.name]
        own = [each for each in found if each.rule == plant.rule]
        for finding in own if plant.true else _as_if(plant, study, own, rules):
            yield Flag(finding, study, plant.true, _planned(finding, study))


def _as_if(
    plant: Plant, study: Study, fired: Sequence[Finding], rules: Sequence[Rule]
) -> Iterator[Finding]:
    """The false finding; not where the rule itself would say so."""
    kind = next(rule.source.subject for rule in rules if rule.id == plant.rule)
    names = [study.name]
    if kind == "trial":
        names = list(plant.trials)[: plant.flags]
    elif kind == "hyperparameter":
        names = ["learning_rate"]
    if plant.although:
        yield from fired
        return
    for name in names:
        subject = Subject(study.name, kind, name)
        if all(each.subject != subject for each in fired):
            try:
                yield finding_as_if(study, rules, plant.rule, subject, _SETTINGS)
            except (MissingSignalError, NotEnoughDataError) as error:
                print(f"{plant.name}: no {plant.rule}: {error}")


def _planned(finding: Finding, study: Study) -> Plan | str:
    experiment = experiment_of(finding, study)
    trials = getattr(experiment, "trials", ())
    configuration = configuration_of(trials[0]) if trials else None
    if configuration is None:
        return str(getattr(experiment, "reason", "not made by the trainer"))
    return plan_for(experiment, BundledPipeline(configuration.workload))


class WantedError(Exception):
    """Trials that a plan needs next."""

    def __init__(self, trials: Mapping[str, Settings]) -> None:
        super().__init__()
        self.trials = trials


def _ask(
    pipeline: Pipeline,
    trials: Mapping[str, Settings],
    directory: Path,
    progress: Progress,
) -> None:
    raise WantedError(trials)


class Confirmations:
    """Runs all plans side by side, so that trials of one shape train together."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.directory = place() / "confirmations"

    def settle(self, flags: Sequence[Flag]) -> None:
        """Gives every flag its verdict, look by look."""
        pending = [flag for flag in flags if isinstance(flag.plan, Plan)]
        while pending:
            store = Store(self.directory)
            wanted: dict[str, Settings] = {}
            left = []
            for flag in pending:
                try:
                    self._settle(flag, store)
                except WantedError as more:
                    wanted |= more.trials
                    left.append(flag)
            store.clean()
            self._train(wanted)
            pending = left

    def _settle(self, flag: Flag, store: Store) -> None:
        assert isinstance(flag.plan, Plan)
        start = time.perf_counter()
        training = Training(store, Executor(_ask), math.inf)
        runner = Runner(training, self.rules, _SETTINGS)
        try:
            confirmation = runner.run(flag.plan)
            assert not isinstance(confirmation, str)
            flag.verdict = confirmation.verdict.value
            flag.said = confirmation.sentence
            flag.training = training.spent
        finally:
            flag.judging += time.perf_counter() - start

    def _train(self, wanted: Mapping[str, Settings]) -> None:
        trials = {
            f"{name}/{name}": TrialConfiguration.from_mapping(settings)
            for name, settings in wanted.items()
        }
        train_shapes(trials, self.directory)
        for name in wanted:
            result = read_result(self.directory / name / name)
            assert result is not None
            seconds = (result.train_seconds + result.compile_seconds) / (
                result.trials_together
            )
            (self.directory / name / ".seconds").write_text(repr(seconds), "ascii")


def _print_unusual(flags: Sequence[Flag]) -> None:
    for flag in flags:
        if flag.true != (flag.verdict == "confirmed") and (
            flag.true or flag.verdict == "not tested"
        ):
            said = flag.plan if isinstance(flag.plan, str) else flag.said
            print(f"{flag.finding.rule} {flag.true} {flag.study.name}: {said}")
        elif flag.verdict == "confirmed" and not flag.true:
            print(f"{flag.finding.rule} {flag.true} {flag.study.name}: {flag.said}")


def _print_table(flags: Sequence[Flag]) -> bool:
    names = sorted({flag.finding.rule for flag in flags})
    print(f"{'':38}{'true':>28}{'false':>28}{'seconds':>9}")
    print(f"{'rule':38}{' conf inco refu none' * 2}")
    good = True
    for name in names:
        own = [flag for flag in flags if flag.finding.rule == name]
        row = ""
        seconds = sum(flag.training + flag.judging for flag in own)
        for true in (True, False):
            counts = Counter(flag.verdict for flag in own if flag.true is true)
            row += "   " + "".join(f"{counts[verdict]:5}" for verdict in _VERDICTS)
            good &= sum(counts.values()) >= FLAGS
        print(f"{name:38}{row}{seconds:9.1f}")
    for true, goal in ((True, LEAST_CONFIRMED), (False, MOST_FALSE)):
        own = [flag for flag in flags if flag.true is true]
        confirmed = sum(flag.verdict == "confirmed" for flag in own)
        share = confirmed / max(len(own), 1)
        low, high = wilson(confirmed, len(own))
        good &= share >= goal if true else share <= goal
        print(
            f"{'true' if true else 'false'} findings confirmed: {confirmed} of "
            f"{len(own)}, {share:.1%} ({low:.1%} to {high:.1%})"
        )
    return good


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share."""
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, z * z / trials
    middle = (share + square / 2) / (1 + square)
    half = (
        z / (1 + square) * math.sqrt(share * (1 - share) / trials + square / trials / 4)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    sys.exit(main())

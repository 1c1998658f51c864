"""Round, check, next round, until nothing is left to do or to spend."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from advisor.confirm.executors import Executor
from advisor.errors import AdvisorError
from advisor.model.finding import Evaluation
from advisor.next_round import markdown, yaml_file
from advisor.next_round.earlier import read_earlier
from advisor.next_round.plan import Wishes
from advisor.report import outputs
from advisor.report.numbers import count
from advisor.tune import journal, settings_file
from advisor.tune.outcome import outcome_of
from advisor.tune.planning import Planned, first_round, following_round
from advisor.tune.reading import Reader
from advisor.tune.round import (
    OUTCOME,
    PLAN,
    PLAN_YAML,
    Outcome,
    Round,
    place_of,
    read_outcome,
    read_rounds,
    write,
)
from advisor.tune.trainable import Trainable
from advisor.tune.training import train_round, trained

PLAN_MD, REPORT = "plan.md", "report.md"

Tell = Callable[[int, int, int], None]
"""Called with the round, its trials that are trained, and all its trials."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent; rounds and trials count those of earlier calls."""

    rounds: int
    trials: int
    seconds: float  # of this call
    seed: int = 0


@dataclass
class Tuning:
    """The rounds below `directory`."""

    reader: Reader
    trainable: Trainable
    limits: Limits
    executor: Executor
    tell: Tell = lambda number, done, total: None
    plots: bool = True
    rounds: list[Round] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    given: Outcome | None = None  # what the logs showed that it began with
    stopped: str = ""
    _checked_last: tuple[int, Evaluation] | None = None

    @property
    def directory(self) -> Path:
        """Where everything is written."""
        return self.reader.directory

    @property
    def first(self) -> int:
        """The logs that were given are the first round, if there are any."""
        return 1 if self.reader.study is None else 2

    def run(self) -> None:
        """Goes on until the limits; what was done before is not done again.

        Raises:
            AdvisorError: the trainer or the logs refuse; rounds done so far stay.
        """
        deadline = time.monotonic() + self.limits.seconds
        self.rounds = read_rounds(self.directory, self.first)
        if self.reader.study is not None:
            self._look_at_given()
        while not self.stopped:
            number = self.first + len(self.outcomes)
            if len(self.outcomes) == len(self.rounds):
                planned = self.plan(number)
                if planned is None:
                    break
                self._keep(planned)
            self._train_and_check(self.rounds[len(self.outcomes)], deadline)
            self._tell_all()
        self._tell_all()

    def next_planned(self) -> Round | None:
        """The round that `run` would train next, without writing anything."""
        self.rounds = read_rounds(self.directory, self.first)
        for each in self.rounds:
            if len(trained(self.directory, each)) < len(each.trials):
                return each
        planned = self.plan(self.first + len(self.rounds))
        return planned.round if planned is not None else None

    def plan(self, number: int) -> Planned | None:
        """The next round; None, with the reason, if there shall be none."""
        used = sum(len(each.trials) for each in self.rounds)
        left = self.limits.trials - used
        rounds_left = self.limits.rounds - len(self.rounds)
        if rounds_left <= 0 or left <= 0:
            rounds, trials = self.limits.rounds, self.limits.trials
            limit = (
                count(rounds, "round") if rounds_left <= 0 else count(trials, "trial")
            )
            self.stopped = f"the limit of {limit} is reached"
            return None
        share = -(-left // rounds_left)
        if number == 1:
            return first_round(
                self.reader.configuration, self.trainable, share, self.limits.seed
            )
        planned = following_round(
            self._evaluation(),
            self.rounds,
            self.trainable,
            self.wishes(number, share, last=rounds_left == 1 and bool(self.rounds)),
        )
        if not planned.round.trials:
            self.stopped = "nothing is left to search"
            return None
        if planned.made.phase == "exploitation" and self.is_settled(planned):
            self.stopped = (
                "the search space stays as it is, and the last round, which exploited "
                "what was known, found nothing better"
            )
            return None
        return planned

    def is_settled(self, planned: Planned) -> bool:
        """Whether another round would be the same as the last one, in vain."""
        if planned.made.changed or not self.rounds or len(self.outcomes) < 2:
            return False
        before, last = (each.best for each in self.outcomes[-2:])
        return self.rounds[-1].phase == "exploitation" and before == last

    def _look_at_given(self) -> None:
        evaluation = self.reader.evaluation([])
        self.given = outcome_of(evaluation, None, len(evaluation.studies[0].trials))
        self._checked_last = self.first - 1, evaluation

    def _evaluation(self) -> Evaluation:
        """Of all rounds; the last one was perhaps just checked."""
        if self._checked_last is not None:
            number, evaluation = self._checked_last
            if number == self.first - 1 + len(self.rounds):
                return evaluation
        return self.reader.evaluation(self.rounds)

    def wishes(self, number: int, trials: int, *, last: bool) -> Wishes:
        """What goes on from the round before."""
        wishes = Wishes(trials, self.limits.seed, number, last=last)
        earlier = read_earlier(place_of(self.directory, number - 1) / PLAN_YAML)
        if earlier is None:
            return wishes
        return replace(
            wishes,
            seed=None,
            sequence=earlier.sequence,
            constraints=earlier.constraints,
        )

    def _keep(self, planned: Planned) -> None:
        """For people first: the round is planned once its own file is there."""
        place = place_of(self.directory, planned.round.number)
        place.mkdir(parents=True, exist_ok=True)
        (place / PLAN_MD).write_text(markdown.render(planned.made), "utf-8")
        (place / PLAN_YAML).write_text(yaml_file.render(planned.made), "utf-8")
        write(place / PLAN, planned.round)
        self.rounds.append(planned.round)

    def _train_and_check(self, planned: Round, deadline: float) -> None:
        known = read_outcome(self.directory, planned.number)
        if known is not None and known.trained == len(planned.trials):
            self.outcomes.append(known)
            return
        complete = train_round(
            self.directory,
            planned,
            self.trainable.pipeline,
            self.executor,
            deadline,
            lambda done, total: self.tell(planned.number, done, total),
        )
        done = trained(self.directory, planned)
        if not complete:
            self.stopped = (
                f"the time is up: round {planned.number} has {len(done)} of "
                f"{len(planned.trials)} trials; the same call goes on from there"
            )
        if done:
            self.outcomes.append(self._checked(planned, len(done)))

    def _checked(self, planned: Round, done: int) -> Outcome:
        rounds = self.rounds[: self.rounds.index(planned) + 1]
        evaluation = self.reader.evaluation(rounds)
        self._checked_last = planned.number, evaluation
        outcome = outcome_of(evaluation, planned, done)
        place = place_of(self.directory, planned.number)
        outputs.write(evaluation, "markdown", place / REPORT, plots=self.plots)
        write(place / OUTCOME, outcome)
        return outcome

    def _tell_all(self) -> None:
        """For people, and for `check`, `explain` and `confirm` on the same folder."""
        if self.outcomes:
            last = self.rounds[len(self.outcomes) - 1]
            settings_file.write(self.directory, self.reader.as_read(last))
            text = journal.render(self.told)
            (self.directory / journal.FILE_NAME).write_text(text, "utf-8")

    @property
    def told(self) -> journal.Told:
        """What the journal is made of."""
        return journal.Told(self.rounds, self.outcomes, self.stopped, self.given)


def check_place(directory: Path, reader: Reader) -> None:
    """Refuses a folder whose trials would be read as part of what was given.

    Raises:
        AdvisorError: it lies below one of the paths, or is one.
    """
    here = directory.resolve()
    for path in reader.paths:
        if path.resolve() in (here, *here.parents):
            raise AdvisorError(
                f"{directory} lies below {path}, whose logs are the first round: "
                "choose another --output"
            )

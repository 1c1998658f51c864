"""From a search space or from findings to the trials of a round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.confirm.pipelines.pipeline import NotApplicableError
from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration
from advisor.model.finding import Evaluation
from advisor.model.log import Value, is_number
from advisor.model.next_round import NextRound, PlannedTrial, PointSequence
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter
from advisor.next_round.plan import Wishes, next_round
from advisor.next_round.quasi_random import draw
from advisor.tune.possible import ABOUT_TRAINING, possible
from advisor.tune.round import Range, Reason, Round, Training, plain
from advisor.tune.trainable import Trainable

STUDY = "tuning"


@dataclass(frozen=True, slots=True)
class Planned:
    """A round for people and for the trainer."""

    made: NextRound
    round: Round


def first_round(
    configuration: Configuration, trainable: Trainable, trials: int, seed: int
) -> Planned:
    """Quasi-random points of the search space that the configuration gives.

    Raises:
        AdvisorError: no search space, or a hyperparameter that cannot be set.
    """
    space = configuration.tune.search_space
    if not space:
        raise configuration.error(
            ("tune",),
            expected="logs to go on from, or a `search_space` below `tune`",
            found="neither",
            remedy="e.g. search_space: {learning_rate: "
            "{lower: 1e-4, upper: 1e-2, scale: log}}",
        )
    for each in space:
        if not trainable.takes(each.name):
            raise configuration.error(
                ("tune", "search_space", each.name),
                expected=f"a setting of {trainable.pipeline.workload}",
                found=f"`{each.name}`",
                remedy="correct the name, or add a placeholder to the command",
            )
    searched = tuple(
        PlannedHyperparameter(each.name, "nuisance", space=each) for each in space
    )
    points, sequence = draw(searched, trials, PointSequence(seed=seed))
    made = NextRound(
        study=STUDY,
        round=1,
        phase="exploration",
        objective=None,
        hyperparameters=searched,
        trials=trials,
        trials_reason="an equal share of the budget",
        sequence=sequence,
        points=points,
    )
    return Planned(made, _round(made, trainable, since=1))


def following_round(
    evaluation: Evaluation,
    rounds: Sequence[Round],
    trainable: Trainable,
    wishes: Wishes,
) -> Planned:
    """What the findings make of the rounds before."""
    study = evaluation.studies[0]
    made = next_round(
        study,
        evaluation.of_study(study),
        {rule: note.summary for rule, note in evaluation.rules.items()},
        leads=evaluation.leads_in(study),
        questions=evaluation.questions,
        wishes=wishes,
    )
    made = possible(made, trainable)
    before = rounds[-1] if rounds else None
    since = before.since if before is not None else wishes.round - 1
    changed = any(
        each.name in ABOUT_TRAINING and each.changes for each in made.quantities
    ) or any(
        each.alias in ABOUT_TRAINING and each.changes for each in made.hyperparameters
    )
    if changed:
        since = wishes.round
    return Planned(made, _round(made, trainable, since=since))


def _round(made: NextRound, trainable: Trainable, *, since: int) -> Round:
    searched = {
        space.name: Range.of(space)
        for each in made.searched
        if each.space is not None
        for space in [_as_logged(each, each.space)]
    }
    constants = _constants(made, trainable)
    trials = {
        f"{i:03d}": _training(each, constants, trainable, made)
        for i, each in enumerate(made.planned_trials, start=1)
    }
    return Round(
        number=made.round,
        phase=made.phase,
        since=since,
        study=made.study,
        searched=searched,
        fixed=tuple(_fixed(made)),
        trials=trials,
        reason=made.trials_reason,
        changes=tuple(_reasons(made)),
        notes=made.notes,
        not_done=tuple(
            dict.fromkeys(f"{each.asked}. {each.because}" for each in made.conflicts)
        ),
    )


def _constants(made: NextRound, trainable: Trainable) -> dict[str, Value]:
    """Values that all trials share and that the pipeline can be told."""
    plan = {
        each.name: each.after for each in made.quantities if each.name in ABOUT_TRAINING
    }
    return {
        name: value
        for name, value in {**made.fixed_values, **plan}.items()
        if trainable.takes(name)
    }


def _fixed(made: NextRound) -> Iterator[str]:
    """What varied before and has one value now."""
    for each in made.hyperparameters:
        if not each.searched and each.before is not None and each.before.varies:
            yield each.before.name


def _as_logged(each: PlannedHyperparameter, space: Hyperparameter) -> Hyperparameter:
    """The range under the name that the logs have, where one minus it is searched."""
    before = each.before
    if before is None or before.name == each.name:
        return space
    lower, upper = space.bounds
    return replace(before, lower=1 - upper, upper=1 - lower)


def _values_as_logged(trial: PlannedTrial, made: NextRound) -> dict[str, Value]:
    old = {
        each.name: each.before.name
        for each in made.searched
        if each.before is not None and each.before.name != each.name
    }
    return {
        old.get(name, name): round(1 - value, 12)
        if name in old and is_number(value)
        else value
        for name, value in trial.values.items()
    }


def _training(
    trial: PlannedTrial,
    constants: Mapping[str, Value],
    trainable: Trainable,
    made: NextRound,
) -> Training:
    values = {**constants, **trial.values}
    values = {name: value for name, value in values.items() if trainable.takes(name)}
    try:
        settings = trainable.settings(values, trial.seed)
    except NotApplicableError as error:
        raise AdvisorError(f"{trial.name} cannot be trained: {error}") from error
    logged = _values_as_logged(trial, made)
    return Training(plain(logged), dict(settings), trial.repeats)


def _reasons(made: NextRound) -> list[Reason]:
    changed = [
        (each.name, change) for each in made.hyperparameters for change in each.changes
    ]
    changed += [
        (each.name, change) for each in made.quantities for change in each.changes
    ]
    changed += [(str(each), each.change) for each in made.constraints]
    changed += [(each.trial, each.change) for each in made.repeats]
    return [
        Reason(
            name,
            change.what,
            made.causes[change.finding].rule if change.finding in made.causes else "",
            change.reason,
        )
        for name, change in changed
    ]

"""Points chosen by Optuna's TPE sampler, which knows all earlier trials.

Infeasible trials are told as pruned ones: the sampler ranks them below every other and
keeps away from where they are. Nothing is measured between the points of one round, so
each one counts as a bad one for those drawn after it (a constant liar): they spread.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

from advisor.errors import AdvisorError
from advisor.model.next_round import LearnedPoints, NextRound
from advisor.model.planned_space import Point, existing
from advisor.next_round.exporters.optuna import export
from advisor.next_round.new_points import NewPoints

_TRIES = 20  # a point


def chosen_by_tpe(made: NextRound, count: int) -> LearnedPoints | None:
    """`count` points, or fewer if there are no more; None without earlier trials.

    Raises:
        AdvisorError: Optuna is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import optuna
    except ImportError as error:
        raise AdvisorError(
            "the sampler tpe is that of Optuna, which is not installed: "
            "pip install 'advisor[optuna]'"
        ) from error
    if not made.past:
        return None
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # multivariate sampling is experimental
            points = _drawn(made, count, optuna)
    finally:
        optuna.logging.set_verbosity(before)
    return LearnedPoints(points, "Optuna's TPE", len(made.past))


def _drawn(made: NextRound, count: int, optuna: Any) -> tuple[Point, ...]:
    data = json.loads(export(made))
    study = _study(data, made, optuna)
    every = _read(data["distributions"], optuna)
    distributions = {each.name: every[each.name] for each in made.searched}
    chosen = NewPoints.of(made, count)
    for _ in range(_TRIES * count):
        if chosen.complete:
            break
        values = study.ask(distributions).params
        chosen.take(existing(made.searched, values))
    return tuple(chosen.points)


def _study(data: dict[str, Any], made: NextRound, optuna: Any) -> Any:
    """A study in memory, with every earlier trial."""
    sampler = optuna.samplers.TPESampler(
        multivariate=True,
        group=True,
        constant_liar=True,
        n_startup_trials=0,
        seed=made.sequence.seed + made.round,
    )
    study = optuna.create_study(direction=data["direction"], sampler=sampler)
    for each in data["trials"]:
        study.add_trial(
            optuna.trial.create_trial(
                state=optuna.trial.TrialState[each["state"]],
                value=each["value"],
                params=each["params"],
                distributions=_read(each["distributions"], optuna),
            )
        )
    return study


def _read(distributions: dict[str, Any], optuna: Any) -> dict[str, Any]:
    read = optuna.distributions.json_to_distribution
    return {name: read(json.dumps(each)) for name, each in distributions.items()}

"""A planned round without what the pipeline at hand cannot be told."""

from __future__ import annotations

from dataclasses import replace

from advisor.model.next_round import NextRound
from advisor.tune.trainable import Trainable

ABOUT_TRAINING = ("max_train_steps", "schedule")
"""Quantities of the plan that change what a trial is."""


def possible(made: NextRound, trainable: Trainable) -> NextRound:
    """What it cannot be told stays as it is, and a note says so."""
    return _plan(_search_space(made, trainable), trainable)


def _search_space(made: NextRound, trainable: Trainable) -> NextRound:
    refused = [
        each.name
        for each in made.hyperparameters
        if each.changes
        and (each.searched or each.value is not None)
        and not trainable.takes(each.name)
    ]
    if not refused:
        return made
    notes = tuple(f"{name} stays as it is: {trainable.lack}." for name in refused)
    return replace(
        made,
        hyperparameters=tuple(
            each for each in made.hyperparameters if each.name not in refused
        ),
        points=tuple(
            {name: value for name, value in point.items() if name not in refused}
            for point in made.points
        ),
        notes=(*made.notes, *notes),
    )


def _plan(made: NextRound, trainable: Trainable) -> NextRound:
    refused = [
        each
        for each in made.quantities
        if each.name in ABOUT_TRAINING and not trainable.takes(each.name)
    ]
    notes = tuple(
        f"{each.name} stays as it is, where {each.after} is asked for: "
        f"{trainable.lack}."
        for each in refused
    )
    return replace(
        made,
        quantities=tuple(each for each in made.quantities if each not in refused),
        notes=(*made.notes, *notes),
    )

"""Measurements: once for each subject, in blocks where the feature has them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from advisor.engine.measurements import Measurements, MissingSignalError, Results
from advisor.features.feature import Feature, NotEnoughDataError, features
from advisor.model.curve import Curve
from advisor.model.finding import Subject
from advisor.model.study import Study
from advisor.model.trial import Trial


def study(*lengths: int) -> Study:
    """Trials whose training loss is so long; without one where it is 0."""
    return Study(
        "study",
        tuple(
            Trial(
                f"trial-{i}",
                curves={"training_loss": Curve(np.arange(n), np.ones(n))} if n else {},
            )
            for i, n in enumerate(lengths)
        ),
    )


def subjects(of: Study) -> list[Subject]:
    return [Subject(of.name, "trial", each.name) for each in of.trials]


class Lengths:
    """A feature that says how long a curve is, and remembers what it was asked."""

    def __init__(self) -> None:
        self.alone: list[int] = []
        self.blocks: list[list[int]] = []

    def one(self, training_loss: Curve) -> int:
        self.alone.append(len(training_loss))
        if len(training_loss) == 1:
            raise NotEnoughDataError("two values")
        return len(training_loss)

    def many(self, training_loss: Sequence[Curve]) -> list[Any]:
        self.blocks.append([len(each) for each in training_loss])
        return [
            len(each) if len(each) > 1 else NotEnoughDataError("two values")
            for each in training_loss
        ]

    def feature(self, *, blocks: bool) -> Feature:
        return dataclasses.replace(
            features()["divergence"],
            function=self.one,
            block=self.many if blocks else None,
        )


def read(results: Results, of: Study, *, ahead: int = 0) -> list[Any]:
    """What is said of each, errors by their text."""
    every = subjects(of)
    said = [results.of(each, every[:ahead]) for each in every]
    return [str(each) if isinstance(each, Exception) else each for each in said]


def test_blocks_say_the_same_as_one_by_one() -> None:
    of = study(3, 0, 1, 7, 5)
    expected = [3, "training loss", "two values", 7, 5]
    for blocks in (False, True):
        for ahead in (0, 3, 5):
            lengths = Lengths()
            results = Measurements(of).of(lengths.feature(blocks=blocks), {}, "trial")
            assert read(results, of, ahead=ahead) == expected


def test_each_subject_is_measured_once() -> None:
    of = study(3, 0, 1, 7, 5)
    for blocks in (False, True):
        lengths = Lengths()
        results = Measurements(of).of(lengths.feature(blocks=blocks), {}, "trial")
        assert read(results, of, ahead=3) == read(results, of, ahead=5)
        measured = [*lengths.alone, *chain(*lengths.blocks)]
        assert measured == [3, 1, 7, 5]
        assert lengths.blocks == ([[3, 1], [7], [5]] if blocks else [])


def test_what_is_missing_is_said_of_the_signal() -> None:
    of = study(0)
    results = Measurements(of).of(Lengths().feature(blocks=True), {}, "trial")
    error = results.of(subjects(of)[0])
    assert isinstance(error, MissingSignalError)
    assert error.signal.enable == "log the training loss, e.g. as train/loss"


def test_options_tell_measurements_apart() -> None:
    measurements = Measurements(study(3))
    feature = Lengths().feature(blocks=False)
    first = measurements.of(feature, {}, "trial")
    assert measurements.of(feature, {}, "trial") is first
    assert measurements.of(feature, {"share": 0.1}, "trial") is not first
    assert measurements.of(feature, {}, "study") is not first

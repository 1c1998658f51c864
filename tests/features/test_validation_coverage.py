"""Validation coverage: counted one trial after the other."""

from __future__ import annotations

from itertools import product

import pytest
from synthetic_studies import validated

from advisor.features.validation_coverage import validation_coverage


@pytest.mark.parametrize("split", ["validation", "train"])
@pytest.mark.parametrize(
    ("curves", "results", "infeasible"), list(product((0, 1, 3), repeat=3))
)
def test_counts(curves: int, results: int, infeasible: int, split: str) -> None:
    study = validated(
        training=6, curves=curves, results=results, infeasible=infeasible, split=split
    )
    trained, with_validation = 0, 0
    for i in range(6 - infeasible):
        trained += 1
        if i < curves or (i < curves + results and split != "train"):
            with_validation += 1
    measured = validation_coverage(study)
    assert (measured.with_training, measured.with_validation) == (
        trained,
        with_validation,
    )
    assert measured.share == with_validation / trained


def test_nothing_trained_lacks_nothing() -> None:
    assert validation_coverage(validated(training=0)).share == 1.0

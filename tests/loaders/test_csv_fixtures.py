"""CSV logs by the real frameworks; the truth is what the framework itself reported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from advisor.loaders.collect import collect
from advisor.model.log import TrialLog

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def trials(folder: str) -> dict[str, TrialLog]:
    logs = collect([FIXTURES / folder])
    assert not logs.problems
    return {logs.name_of(trial): trial for trial in logs.trials}


def test_keras_csvlogger() -> None:
    expected = json.loads((FIXTURES / "keras-csvlogger/expected.json").read_text())
    found = trials("keras-csvlogger")
    assert list(found) == list(expected) == ["trial-0", "trial-1"]
    for name, history in expected.items():
        assert set(found[name].curves) == set(history)
        for tag, values in history.items():
            curve = found[name].curves[tag]
            np.testing.assert_array_equal(curve.values, values)
            assert curve.steps.tolist() == list(range(len(values)))
            assert curve.axis == "epoch"
    assert dict(found["trial-0"].configuration) == {"learning_rate": 0.01, "units": 8}


@pytest.mark.parametrize(
    ("tag", "column"), [("val_loss", "val_loss"), ("train_loss", "train_loss_epoch")]
)
def test_lightning_csvlogger(tag: str, column: str) -> None:
    expected = json.loads((FIXTURES / "lightning-csvlogger/expected.json").read_text())
    found = trials("lightning-csvlogger")
    assert list(found) == list(expected)
    for name, histories in expected.items():
        curve = found[name].curves[column]
        epochs, values = zip(*histories[tag], strict=True)
        np.testing.assert_array_equal(curve.values, values)
        # Nine updates an epoch, logged at the last of them.
        assert curve.steps.tolist() == [9 * epoch + 8 for epoch in epochs]
        assert curve.axis == "step"
    assert dict(found["trial-1"].configuration) == {"learning_rate": 0.003, "width": 8}


def test_rows_of_lightning_are_sparse() -> None:
    curves = trials("lightning-csvlogger")["trial-0"].curves
    assert {tag: len(curve) for tag, curve in curves.items()} == {
        "epoch": 30,
        "lr-Adam": 6,
        "train_loss_epoch": 6,
        "train_loss_step": 18,
        "val_loss": 6,
    }

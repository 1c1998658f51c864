"""Changes of a configuration of the trainer: what they make, what they refuse."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from advisor.confirm.changes import changed, known_entries, setting_of
from advisor.confirm.experiment import Change
from advisor.confirm.pipelines.pipeline import NotApplicableError
from advisor.trainer.configuration import TrialConfiguration

BASE = TrialConfiguration(
    workload="digits", max_train_steps=1000, batch_size=64, learning_rate=0.1
)


def change(**parts: Any) -> Change:
    return Change(**parts)


@pytest.mark.parametrize(
    ("parts", "setting", "value"),
    [
        ({"set": {"dropout": 0.3}}, "dropout", 0.3),
        ({"set": {"lr": 0.01}}, "learning_rate", 0.01),
        ({"set": {"optimizer/lr": 0.01}}, "learning_rate", 0.01),
        ({"set": {"epochs": 500}}, "max_train_steps", 500),
        ({"set": {"max_train_steps": 512.4}}, "max_train_steps", 512),
        ({"set": {"warmup_fraction": 0.1}}, "warmup_steps", 100),
        ({"set": {"warmup_ratio": 0.25}}, "warmup_steps", 250),
        ({"set": {"schedule": "cosine"}}, "schedule", "cosine"),
        ({"set": {"clip_norm": 1}}, "clip_norm", 1.0),
        ({"multiply": {"learning_rate": 0.1}}, "learning_rate", pytest.approx(0.01)),
        ({"multiply": {"batch_size": 1.5}}, "batch_size", 96),
        ({"multiply": {"batch_size": 1e-9}}, "batch_size", 1),
    ],
)
def test_makes(parts: dict[str, Any], setting: str, value: Any) -> None:
    made = changed(BASE, change(**parts))
    assert getattr(made, setting) == value
    before, after = BASE.to_mapping(), made.to_mapping()
    assert {key for key in before if before[key] != after[key]} == {setting}


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"set": {"beam_width": 3}}, "the trainer has no setting beam_width"),
        ({"multiply": {"warmup_ratio": 3}}, "no setting warmup_ratio"),
        ({"set": {"dropout": 0.0}}, "dropout = 0 changes nothing"),
        ({"multiply": {"dropout": 2}}, "dropout × 2 changes nothing"),
        ({"set": {"dropout": 1.5}}, "`dropout` must be a number between 0 and 1"),
        ({"set": {"dropout": "much"}}, "`dropout` must be a number"),
        ({"set": {"learning_rate": math.inf}}, "`learning_rate` must be a number"),
        ({"set": {"max_train_steps": math.nan}}, "`max_train_steps` must be a number"),
        ({"multiply": {"batch_size": math.inf}}, "`batch_size` must be a number"),
        ({"set": {"warmup_fraction": "all"}}, "warmup_fraction is not a number"),
        ({"set": {"warmup_fraction": 2}}, "`warmup_steps` must be at most"),
        ({"multiply": {"clip_norm": 2}}, "clip_norm is not a number here, but None"),
        ({"multiply": {"schedule": 2}}, "schedule is not a number here, but constant"),
        ({"multiply": {"batch_size": "2"}}, "batch_size is not a number here, but 2"),
        ({"set": {"schedule": "zigzag"}}, "`schedule` must be one of"),
    ],
)
def test_refuses(parts: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotApplicableError, match=re.escape(reason)):
        changed(BASE, change(**parts))


def test_no_change_is_none() -> None:
    assert changed(BASE, Change()) == BASE


def test_names_of_settings() -> None:
    assert setting_of("beta_1") == "beta1"
    assert known_entries({"dropout": 0.1, "seed": 3, "mystery": 1}) == {
        "dropout": 0.1,
        "seed": 3,
    }

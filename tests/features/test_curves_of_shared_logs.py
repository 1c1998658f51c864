"""Curve features on real logs of other people, where they are at hand.

Read here with json and pandas, so that loaders and interpretation play no part.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.features.divergence import divergence
from advisor.features.learning_progress import training_progress
from advisor.features.rise_after_minimum import Rise, validation_loss_rise
from advisor.features.sustained_increase import sustained_increase
from advisor.model.curve import Curve

LOGS = Path(__file__).resolve().parents[2] / "../shared/logs"
GALLERY = LOGS / "trainproof-labelled/examples/gallery"
AMOS = LOGS / "algoperf-amos"
SEEDS = (".", "seed43", "seed44")

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="no real logs beside it")


def gallery(label: str, seed: str, key: str) -> Curve:
    state = json.loads((GALLERY / label / seed / "trainer_state.json").read_text())
    rows = [row for row in state["log_history"] if key in row]
    return Curve(
        np.array([row["step"] for row in rows]), np.array([row[key] for row in rows])
    )


def amos(study: int, workload: str, trial: int, column: str) -> Curve:
    import pandas as pd

    path = AMOS / f"study_{study}/{workload}_jax/trial_{trial}/measurements.csv"
    table: Any = pd.read_csv(path, usecols=["global_step", column]).dropna()
    return Curve(
        table["global_step"].to_numpy(), table[column].to_numpy()
    ).without_rewinds()


@pytest.mark.parametrize("seed", SEEDS)
def test_labelled_overfitting_rises(seed: str) -> None:
    rise = validation_loss_rise(gallery("overfit", seed, "eval_loss"))
    assert rise.p_value < 0.05 / 18
    assert rise.undone > 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("label", ["lr_hot", "fp16_nan"])
def test_labelled_blow_ups_end_far_above_their_start(label: str, seed: str) -> None:
    measured = divergence(gallery(label, seed, "loss"))
    assert measured.excess > 2
    assert measured.p_value < 0.05 / 18


@pytest.mark.parametrize("seed", SEEDS)
def test_learning_rate_zero_stays_flat(seed: str) -> None:
    measured = training_progress(gallery("lr_zero", seed, "loss"))
    assert measured.p_value > 0.01
    assert measured.relative_change < 0.2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("label", ["healthy", "bad_labels", "overfit"])
def test_what_learns_is_neither_flat_nor_diverged_nor_climbing(
    label: str, seed: str
) -> None:
    loss = gallery(label, seed, "loss")
    assert training_progress(loss).p_value < 0.01
    assert divergence(loss).excess < 0
    assert sustained_increase(loss).p_value > 0.01


def notable(rise: Rise) -> bool:
    return rise.p_value < 0.05 / 25 and rise.undone > 0.1


@pytest.mark.parametrize("study", range(5))
@pytest.mark.parametrize("workload", ["wmt", "ogbg"])
def test_of_each_study_only_the_fourth_trial_overfits(
    workload: str, study: int
) -> None:
    found = [
        trial
        for trial in range(1, 6)
        if notable(
            validation_loss_rise(amos(study, workload, trial, "validation/loss"))
        )
    ]
    assert found == [4]


@pytest.mark.parametrize("study", range(5))
def test_the_image_trials_do_not_overfit(study: int) -> None:
    for trial in range(1, 6):
        loss = amos(study, "imagenet_vit", trial, "validation/loss")
        assert not notable(validation_loss_rise(loss))

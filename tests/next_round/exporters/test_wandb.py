"""A W&B sweep, checked by W&B's own schema and drawn from by its own sampler."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
import yaml

from advisor.model.next_round import NextRound
from advisor.model.study import Goal
from advisor.next_round.exporters import exporters

from .rounds import rich


def sweep(made: NextRound) -> dict[str, object]:
    loaded = yaml.safe_load(exporters()["wandb"].export(made))
    assert isinstance(loaded, dict)
    return loaded


def test_ranges_scales_and_fixed_values() -> None:
    parameters = sweep(rich())["parameters"]
    assert parameters == {
        "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 0.07},
        "momentum": {"distribution": "uniform", "min": 0.8, "max": 0.99},
        "optimizer": {"values": ["adam", "sgd"]},
        "width": {
            "distribution": "q_log_uniform_values",
            "q": 1,
            "min": 16,
            "max": 512,
        },
        "nesterov": {"values": [False, True]},
        "dropout": {"distribution": "uniform", "min": 0.0, "max": 0.5},
        "batch_size": {"value": 64},
    }


def test_method_and_metric() -> None:
    made = sweep(rich(Goal.MAXIMIZE))
    assert made["metric"] == {"name": "val/loss", "goal": "maximize"}
    assert made["method"] == "random"
    exploiting = sweep(replace(rich(), phase="exploitation"))
    assert exploiting["method"] == "bayes"


def test_what_a_sweep_cannot_express_is_said() -> None:
    text = exporters()["wandb"].export(rich())
    assert "# Not expressed here, left out in the round: lr · width above 20" in text
    assert "# momentum only matters where optimizer is sgd" in text


def test_wandb_takes_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sweeps = pytest.importorskip("sweeps")
        schema = pytest.importorskip("sweeps.config.schema")
    config = sweep(rich())
    assert not list(schema.validator.iter_errors(config))
    drawn = sweeps.next_run(config, []).config
    assert 1e-5 <= drawn["lr"]["value"] <= 0.07
    assert drawn["batch_size"]["value"] == 64

"""Keras Tuner's JSON, loaded by Keras Tuner."""

from __future__ import annotations

import json
import warnings

import pytest

from advisor.next_round.exporters import exporters

from .rounds import rich


def test_entries() -> None:
    data = json.loads(exporters()["keras-tuner"].export(rich()))
    by_name = {each["config"]["name"]: each for each in data["space"]}
    assert by_name["lr"]["class_name"] == "Float"
    assert by_name["lr"]["config"]["sampling"] == "log"
    assert by_name["width"]["class_name"] == "Int"
    assert by_name["batch_size"] == {
        "class_name": "Fixed",
        "config": {"name": "batch_size", "conditions": [], "value": 64},
    }
    assert by_name["momentum"]["config"]["conditions"][0]["class_name"] == "Parent"


def test_keras_tuner_takes_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras_tuner = pytest.importorskip("keras_tuner")
    made = rich()
    data = json.loads(exporters()["keras-tuner"].export(made))
    loaded = keras_tuner.HyperParameters.from_config(data)
    assert {each.name for each in loaded.space} == {
        each.name for each in (*made.searched, *made.newly_fixed)
    }
    lr = next(each for each in loaded.space if each.name == "lr")
    assert (lr.min_value, lr.max_value, lr.sampling) == (1e-5, 0.07, "log")
    for each in loaded.space:
        each.random_sample(seed=1)

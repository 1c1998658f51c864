"""Vizier's JSON, parsed into the real proto and read by Vizier."""

from __future__ import annotations

import json
import warnings

import pytest

from advisor.model.study import Goal
from advisor.next_round.exporters import exporters

from .rounds import rich


def test_conditions_hang_below_their_parent() -> None:
    data = json.loads(exporters()["vizier"].export(rich()))
    by_name = {each["parameterId"]: each for each in data["parameters"]}
    assert "momentum" not in by_name
    (child,) = by_name["optimizer"]["conditionalParameterSpecs"]
    assert child["parentCategoricalValues"] == {"values": ["sgd"]}
    assert child["parameterSpec"]["parameterId"] == "momentum"
    assert by_name["lr"]["scaleType"] == "UNIT_LOG_SCALE"
    assert by_name["batch_size"]["discreteValueSpec"] == {"values": [64.0]}


def test_vizier_takes_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        vizier = pytest.importorskip("vizier.service.pyvizier")
        protos = pytest.importorskip("vizier._src.service.study_pb2")
        json_format = pytest.importorskip("google.protobuf.json_format")
    text = exporters()["vizier"].export(rich(Goal.MAXIMIZE))
    proto = json_format.Parse(text, protos.StudySpec())
    config = vizier.StudyConfig.from_proto(proto)
    assert config.metric_information.item().goal.is_maximize
    lr = config.search_space.get("lr")
    assert lr.bounds == (1e-5, 0.07)
    assert config.search_space.get("width").bounds == (16, 512)
    assert config.search_space.get("nesterov").feasible_values == ["False", "True"]

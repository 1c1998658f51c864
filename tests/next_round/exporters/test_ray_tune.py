"""Ray Tune's module, executed with the real `tune`."""

from __future__ import annotations

import ast
import warnings
from typing import Any

import pytest

from advisor.next_round.exporters import exporters

from .rounds import HOSTILE, hostile, rich


def test_only_literals_and_calls_of_tune() -> None:
    tree = ast.parse(exporters()["ray-tune"].export(hostile()))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert calls
    for call in calls:
        assert isinstance(call, ast.Attribute)
        assert isinstance(call.value, ast.Name)
        assert call.value.id == "tune"
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert HOSTILE in texts


def test_ray_takes_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tune = pytest.importorskip("ray.tune")
    made = rich()
    names: dict[str, Any] = {}
    exec(exporters()["ray-tune"].export(made), names)
    space = names["param_space"]
    assert space["lr"].lower == 1e-5
    assert space["width"].upper == 513
    assert space["batch_size"] == 64
    drawn = {space["width"].sample() for _ in range(20)}
    assert drawn <= set(range(16, 513))
    generator = tune.search.basic_variant.BasicVariantGenerator(
        points_to_evaluate=names["points_to_evaluate"]
    )
    assert generator._points_to_evaluate == [dict(point) for point in made.points]

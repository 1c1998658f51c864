"""Hydra's overrides, parsed by Hydra."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import yaml

from advisor.next_round.exporters import exporters
from advisor.next_round.exporters.hydra import _literal

from .rounds import rich


def params() -> dict[str, str]:
    loaded: Any = yaml.safe_load(exporters()["hydra"].export(rich()))
    found = loaded["hydra"]["sweeper"]["params"]
    assert isinstance(found, dict)
    return found


def test_ranges_scales_and_fixed_values() -> None:
    assert params() == {
        "lr": "tag(log, interval(1e-05, 0.07))",
        "momentum": "interval(0.8, 0.99)",
        "optimizer": "choice('adam', 'sgd')",
        "width": "tag(log, int(interval(16, 512)))",
        "nesterov": "choice(false, true)",
        "dropout": "interval(0.0, 0.5)",
        "batch_size": "64",
    }


TEXTS = ["plain", "it's", "a,b", "back\\", "x\\'y", "a=b", "[1]", "1", "true", " s "]


def test_hydra_takes_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = pytest.importorskip("hydra.core.override_parser.overrides_parser")
    read = parser.OverridesParser.create().parse_override
    for name, text in params().items():
        override = read(f"{name}={text}")
        assert override.key_or_group == name
        assert override.is_sweep_override() == (name != "batch_size")
    for text in TEXTS:
        value = read(f"x={_literal(text)}").value()
        assert getattr(value, "text", value) == text

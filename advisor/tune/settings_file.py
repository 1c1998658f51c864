"""advisor.yaml among the rounds, so that other commands read them as one study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor.interpret.configuration import (
    FILE_NAME,
    Configuration,
    HyperparameterSettings,
)
from advisor.interpret.yaml_text import yaml_text

_HEAD = "# Written by `advisor tune`: how it reads these rounds.\n"


def write(directory: Path, configuration: Configuration) -> None:
    """Unless the user has one of their own there."""
    path = directory / FILE_NAME
    try:
        if path.exists() and not path.read_text("utf-8").startswith(_HEAD):
            return
    except (OSError, UnicodeDecodeError):
        return
    path.write_text(render(configuration), "utf-8")


def render(configuration: Configuration) -> str:
    """The part of the configuration that says how logs are read."""
    objective = configuration.objective
    entries: dict[str, Any] = {
        "studies": [
            {"name": each.name, "match": list(each.match)}
            for each in configuration.studies
        ],
        "hyperparameters": {
            name: _settings(each)
            for name, each in configuration.hyperparameters.items()
        },
        "objective": _stated(
            {
                "metric": objective.metric,
                "goal": objective.goal and objective.goal.value,
                "selection": objective.selection,
            }
        ),
        "metrics": dict(configuration.metrics),
        "facts": dict(configuration.facts),
    }
    lines = [f"{key}: {yaml_text(each)}\n" for key, each in entries.items() if each]
    return _HEAD + "".join(lines)


def _settings(each: HyperparameterSettings) -> dict[str, Any]:
    stated = _stated(
        {
            "lower": each.lower,
            "upper": each.upper,
            "scale": each.scale,
            "role": each.role,
        }
    )
    if each.choices:
        stated["choices"] = list(each.choices)
    if each.hard is not None:
        stated["hard"] = sorted(each.hard)
    if each.ignore:
        stated["ignore"] = True
    return stated


def _stated(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}

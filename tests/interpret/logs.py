"""Logs made by hand, for tests of what their names mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from advisor.interpret.configuration import Configuration
from advisor.interpret.configuration_file import read_document
from advisor.interpret.configuration_schema import configuration_of
from advisor.interpret.studies import interpret
from advisor.model.curve import Curve
from advisor.model.log import Declaration, Logs, TrialLog
from advisor.model.study import Study

ROOT = Path("/logs")


def curve(values: Sequence[float] | float, *, every: int = 100) -> Curve:
    """Values at every hundredth step; a number stands for a fall from 1 to it."""
    if isinstance(values, float | int):
        values = list(np.linspace(1.0, values, 20))
    steps = np.arange(1, len(values) + 1) * every
    return Curve(steps, np.array(values, np.float64), wall_times=steps / every * 2.0)


def trial(
    name: str,
    configuration: Mapping[str, Any] | None = None,
    *,
    tags: Mapping[str, Any] | Sequence[str] = ("train/loss", "val/loss"),
    key: str = "",
    **options: Any,
) -> TrialLog:
    """A trial in the folder `name`; `tags` without values get a plain curve."""
    values = tags if isinstance(tags, Mapping) else dict.fromkeys(tags, 0.3)
    return TrialLog(
        location=ROOT / name,
        format="made",
        sources=(ROOT / name / "log",),
        key=key,
        curves={tag: curve(each) for tag, each in values.items()},
        configuration=configuration or {},
        **options,
    )


def logs_of(trials: Sequence[TrialLog], *declarations: Declaration) -> Logs:
    """Logs below one root."""
    return Logs((ROOT,), tuple(trials), declarations)


def said(tmp_path: Path, text: str) -> Configuration:
    """The configuration that an advisor.yaml of this text gives."""
    path = tmp_path / "advisor.yaml"
    path.write_text(text, "utf-8")
    return configuration_of(read_document(path))


def studies_of(
    trials: Sequence[TrialLog],
    *declarations: Declaration,
    configuration: Configuration | None = None,
) -> tuple[Study, ...]:
    """The studies in the trials."""
    return interpret(logs_of(trials, *declarations), configuration or Configuration())


def study_of(trials: Sequence[TrialLog], *declarations: Declaration) -> Study:
    """The one study in the trials."""
    (study,) = studies_of(trials, *declarations)
    return study

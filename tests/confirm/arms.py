"""Arms made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.confirm.experiment import Change, Experiment
from advisor.model.confirmation import Arm, Repeat
from advisor.model.finding import Finding, Severity, Subject
from advisor.model.study import Study

LOOKS = (6, 9, 12)


def experiment(**changes: Any) -> Experiment:
    options: dict[str, Any] = {
        "measure": "error.rise",
        "returns": "rule",
        "at_least": None,
        "predicts": "smaller",
        "every": False,
        "margin": 1.0,
        "keeps_objective": False,
        **changes,
    }
    finding = Finding(
        "a-rule", Subject("s", "trial", "t"), Severity.WARNING, "", (), ()
    )
    return Experiment(
        finding=finding,
        study=Study("s", ()),
        trials=(),
        change=Change(),
        arms=(),
        seeds=6,
        analogue="",
        **options,
    )


def arm(
    fires: Sequence[bool | None] | bool,
    measures: Sequence[float | None] = (),
    errors: Sequence[float | None] = (),
    name: str = "again",
    **more: Any,
) -> Arm:
    """An arm of as many repeats as there are values; without errors, all have 0.5."""
    count = len(fires) if not isinstance(fires, bool) else len(measures or errors) or 6
    shown = [fires] * count if isinstance(fires, bool) else fires
    repeats = tuple(
        Repeat(
            i,
            shown[i],
            measures[i] if measures else None,
            errors[i] if errors else 0.5,
        )
        for i in range(count)
    )
    return Arm(name, repeats=repeats, **more)

"""Optuna's JSON, loaded as docs/next-round.md shows, every point asked for."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from advisor.model.study import Goal
from advisor.next_round.exporters import exporters

from .rounds import rich

DOCS = Path(__file__).resolve().parents[3] / "docs" / "next-round.md"


def data(goal: Goal = Goal.MINIMIZE) -> dict[str, Any]:
    loaded = json.loads(exporters()["optuna"].export(rich(goal)))
    assert isinstance(loaded, dict)
    return loaded


def test_past_trials_hold_what_optuna_would_take() -> None:
    trials = data()["trials"]
    assert [each["state"] for each in trials] == [
        *("COMPLETE", "COMPLETE", "PRUNED", "COMPLETE")
    ]
    assert trials[2]["value"] is None
    assert trials[2]["distributions"]["lr"]["attributes"]["high"] == 0.09
    assert "batch_size" not in trials[0]["params"]


def test_goal_and_conditions() -> None:
    assert data(Goal.MAXIMIZE)["direction"] == "maximize"
    assert data()["conditions"] == {
        "momentum": {"parent": "optimizer", "values": ["sgd"]}
    }


def snippet() -> str:
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if "enqueue_trial" in block]
    return str(found)


def test_every_point_is_what_ask_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    (tmp_path / "next_round.optuna.json").write_text(
        exporters()["optuna"].export(rich()), "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(snippet(), names)
    study, distributions = names["study"], names["distributions"]
    made = rich()
    assert len(study.trials) == len(made.past) + len(made.points)
    for point in made.points:
        trial = study.ask(distributions)
        assert {name: trial.params[name] for name in point} == dict(point)
    assert study.best_trial.user_attrs["trial"] == "trial-0"
    further = study.ask(distributions)
    assert further.params["batch_size"] == 64

"""A sweep exported to Optuna, really trained point by point, and checked again."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from advisor.cli import main

DOCS = Path(__file__).resolve().parents[2] / "docs" / "next-round.md"
POINTS = 14


def train(trials: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, float]:
    """The best validation error of each, by the bundled trainer."""
    from advisor.trainer.configuration import TrialConfiguration
    from advisor.trainer.train import train as train_all

    shared = {
        "workload": "digits",
        "max_train_steps": 200,
        "batch_size": 32,
        "train_examples": 500,
        "eval_every": 20,
        "checkpoints_kept": 0,
    }
    configurations = {
        name: TrialConfiguration.from_mapping({**shared, **values})
        for name, values in trials.items()
    }
    results = train_all(configurations, folder)
    return {name: each.best_error or 1.0 for name, each in results.items()}


def advisor(*words: str) -> Any:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def findings(folder: str) -> list[tuple[str, str]]:
    report = json.loads(advisor("check", folder, "--format", "json").stdout)
    return [
        (each["rule"], each["message"])
        for each in report["findings"]
        if "learning_rate" in each["message"]
    ]


def test_what_was_exported_is_run_and_its_logs_are_the_next_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    monkeypatch.chdir(tmp_path)
    first = {
        f"a{i:02d}": {
            "learning_rate": 10 ** (-4 + 2 * (i + 0.5) / POINTS),
            "momentum": 0.5 + 0.4 * (i * 0.618 % 1),
        }
        for i in range(POINTS)
    }
    before = train(first, tmp_path / "logs")
    assert any(rule == "optimum-at-boundary" for rule, _ in findings("logs"))

    advisor("suggest", "logs", "--output", ".", "--export", "optuna", "--trials", "14")
    namespace: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    (snippet,) = [block for block in blocks if "enqueue_trial" in block]
    exec(snippet, namespace)
    study, distributions = namespace["study"], namespace["distributions"]
    assert len(study.trials) == POINTS + len(namespace["data"]["enqueue"])

    asked = [study.ask(distributions) for _ in namespace["data"]["enqueue"]]
    after = train(
        {f"b{each.number:02d}": dict(each.params) for each in asked}, tmp_path / "logs"
    )
    for each in asked:
        study.tell(each, after[f"b{each.number:02d}"])
    assert min(after.values()) < min(before.values())
    assert study.best_value == min(after.values())

    assert distributions["learning_rate"].high > max(
        each["learning_rate"] for each in first.values()
    )
    advisor("suggest", "logs", "--output", ".")
    text = (tmp_path / "next_round.md").read_text("utf-8")
    assert text.startswith("# Round 3 of")

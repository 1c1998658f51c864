"""Tuners that evaluate a configuration at several budgets, and their search spaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.loaders.collect import collect
from advisor.model.log import Logs, TrialLog
from advisor.model.search_space import Domain

LOGS = Path(__file__).resolve().parents[2] / "../shared/logs"
needs_logs = pytest.mark.skipif(not LOGS.is_dir(), reason="needs the shared logs")


def lines(path: Path, rows: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def by_key(logs: Logs) -> dict[str, TrialLog]:
    return {trial.key: trial for trial in logs.trials}


# HpBandSter.


def hpbandster(folder: Path, *rows: Any) -> Logs:
    ids = [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    lines(folder / "configs.json", [[i, {"lr": 0.1, "opt": {"b": 1}}, {}] for i in ids])
    lines(folder / "results.json", list(rows))
    return collect([folder])


def result(loss: float, **info: Any) -> dict[str, Any]:
    return {"loss": loss, "info": info}


def test_the_highest_budget_of_a_configuration_counts(tmp_path: Path) -> None:
    trials = by_key(
        hpbandster(
            tmp_path,
            [[0, 0, 0], 1.0, {}, result(0.9, acc=0.1), None],
            [[0, 0, 1], 1.0, {}, result(0.8), None],
            [[0, 0, 0], 9.0, {}, result(0.5, acc=0.5, text="x"), None],
            [[1, 0, 0], 9.0, {}, None, "Traceback: out of memory"],
        )
    )
    assert {key: (dict(t.results), t.state) for key, t in trials.items()} == {
        "config 0-0-0": ({"loss": 0.5, "acc": 0.5, "budget": 9.0}, "finished"),
        "config 0-0-1": ({"loss": 0.8, "budget": 1.0}, "killed"),
        "config 1-0-0": ({"budget": 9.0}, "failed"),
    }
    assert dict(trials["config 0-0-0"].configuration) == {"lr": 0.1, "opt.b": 1}


def test_hpbandster_minimizes_its_loss(tmp_path: Path) -> None:
    logs = hpbandster(tmp_path, [[0, 0, 0], 1.0, {}, result(0.9), None])
    (declaration,) = logs.declarations
    assert (declaration.objective, declaration.goal) == ("loss", "minimize")
    assert declaration.algorithm == "random"
    assert declaration.location == tmp_path
    assert "budget" not in logs.trials[0].results  # the same for all


@pytest.mark.parametrize(
    "row",
    [
        [],
        [1, 2],
        [[0, 0, 0], "x", {}, result(1), None],
        [["a"], 1.0, {}, result(1), None],
        {"a": 1},
        "text",
        [[0] * 9, 1.0, {}, result(1), None],
    ],
)
def test_odd_lines_cost_only_themselves(tmp_path: Path, row: Any) -> None:
    good = [[0, 0, 0], 1.0, {}, result(0.5), None]
    logs = hpbandster(tmp_path, good, row)
    assert [dict(trial.results) for trial in logs.trials] == [{"loss": 0.5}]


def test_a_results_file_cut_off_anywhere(tmp_path: Path) -> None:
    hpbandster(tmp_path, *[[[0, 0, i], 1.0, {}, result(0.5), None] for i in range(2)])
    path = tmp_path / "results.json"
    whole = path.read_bytes()
    for size in range(2, len(whole)):
        path.write_bytes(whole[:size])
        logs = collect([path])
        assert len(logs.trials) == sum(
            line.endswith(b"]") and _is_json(line) for line in whole[:size].split(b"\n")
        )
        assert logs.trials or logs.problems


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


# DeepCAVE.


META = {
    "objectives": [
        {"name": "accuracy", "optimize": "upper"},
        {"name": "time", "optimize": "lower"},
    ]
}


def deepcave(folder: Path, *rows: Any, meta: Any = META) -> Logs:
    lines(folder / "meta.json", [meta])
    lines(folder / "configs.json", [{"0": {"lr": 0.1}, "1": {"lr": 0.2}}])
    lines(folder / "history.jsonl", list(rows))
    return collect([folder])


def test_costs_are_named_by_the_objectives(tmp_path: Path) -> None:
    logs = deepcave(
        tmp_path,
        [0, 1.0, -1, [0.5, 3.0], 0, 3, 1, {}],
        [0, 2.0, -1, [0.9, 6.0], 3, 9, 1, {}],
        [1, 2.0, -1, [None, 2.0], 9, 11, 4, {}],
    )
    found = {key: (dict(t.results), t.state) for key, t in by_key(logs).items()}
    assert found == {
        "config 0": ({"accuracy": 0.9, "time": 6.0}, "finished"),
        "config 1": ({"time": 2.0}, "crashed"),
    }
    assert [dict(trial.configuration) for trial in logs.trials] == [
        {"lr": 0.1},
        {"lr": 0.2},
    ]
    (declaration,) = logs.declarations
    assert (declaration.objective, declaration.goal) == ("accuracy", "maximize")


def test_seeds_are_trials_of_their_own(tmp_path: Path) -> None:
    rows = [[0, 1.0, seed, [0.5, 1], 0, 1, 1, {}] for seed in (1, 2)]
    trials = by_key(deepcave(tmp_path, *rows))
    assert list(trials) == ["config 0, seed 1", "config 0, seed 2"]
    assert trials["config 0, seed 2"].configuration["seed"] == 2


@pytest.mark.parametrize("meta", [[], {}, {"objectives": 3}, {"objectives": [1]}])
def test_a_study_without_objectives(tmp_path: Path, meta: Any) -> None:
    logs = deepcave(tmp_path, [0, 1.0, -1, [0.5], 0, 1, 1, {}], meta=meta)
    assert not logs.declarations
    assert [trial.state for trial in logs.trials] == ["finished"]


# ConfigSpace.


@pytest.mark.parametrize(
    ("entry", "domain"),
    [
        (
            {"type": "uniform_float", "lower": 1e-4, "upper": 0.1, "log": True},
            Domain(1e-4, 0.1, scale="log"),
        ),
        (
            {"type": "uniform_int", "lower": 16, "upper": 256, "log": False},
            Domain(16, 256, scale="linear"),
        ),
        ({"type": "uniform_int", "lower": 1, "upper": 2}, Domain(1, 2, scale="linear")),
        (
            {"type": "categorical", "choices": ["a", True, 1]},
            Domain(choices=("a", True, 1)),
        ),
        ({"type": "ordinal", "sequence": [8, 16]}, Domain(choices=(8, 16))),
        ({"type": "constant", "value": "adam"}, Domain(choices=("adam",))),
        ({"type": "normal_float", "mu": 0, "sigma": 1}, None),
        ({"type": "uniform_float", "lower": 2, "upper": 1}, None),
        ({"type": "uniform_float", "lower": "a", "upper": None}, None),
    ],
)
def test_kinds_of_hyperparameters(
    tmp_path: Path, entry: dict[str, Any], domain: Domain | None
) -> None:
    space = {"hyperparameters": [{"name": "x", **entry}, 3, {"name": 4}]}
    (tmp_path / "configspace.json").write_text(json.dumps(space))
    (declaration,) = collect([tmp_path]).declarations
    assert declaration.domains.get("x") == domain


def test_bounds_taken_from_the_trials_are_no_declaration(tmp_path: Path) -> None:
    comment = "The configspace.json file has been auto extracted. For more …"
    entry = {"name": "x", "type": "uniform_float", "lower": 0, "upper": 1}
    space = {"hyperparameters": [entry], "comment": comment}
    (tmp_path / "configspace.json").write_text(json.dumps(space))
    logs = collect([tmp_path])
    assert not logs.declarations
    assert not logs.problems


# Real studies.


def rows_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@needs_logs
def test_bohb_studies() -> None:
    root = LOGS / "deepcave-bohb/logs/BOHB"
    logs = collect([root])
    assert not logs.problems
    searched = [each for each in logs.declarations if each.objective]
    assert [each.algorithm for each in searched] == ["bayes"] * 4
    for place in sorted(root.iterdir()):
        rows = rows_of(place / "results.json")
        best: dict[str, list[Any]] = {}
        for row in sorted(rows, key=lambda row: float(row[1])):
            best["config " + "-".join(map(str, row[0]))] = row
        found = {
            trial.key: trial
            for trial in logs.trials
            if trial.location == place / "results.json"
        }
        assert found.keys() == best.keys()
        for key, row in best.items():
            loss = found[key].results["loss"]
            assert loss == row[3]["loss"] or (loss != loss)
            assert found[key].configuration


@needs_logs
def test_deepcave_studies() -> None:
    root = LOGS / "deepcave-mnist/logs/DeepCAVE/mnist_pytorch"
    logs = collect([root])
    assert len(logs.trials) == 3000
    assert not logs.problems
    for place in sorted(root.iterdir()):
        rows = rows_of(place / "history.jsonl")
        last = {row[0]: row for row in rows if row[1] == 8.0}
        found = [t for t in logs.trials if t.location == place / "history.jsonl"]
        crashed = sum(row[6] == 4 for row in last.values())
        assert sum(trial.state == "crashed" for trial in found) == crashed
        total = sum(row[3][0] for row in last.values() if row[3][0] is not None)
        sums = sum(trial.results.get("accuracy", 0.0) for trial in found)
        assert sums == pytest.approx(total)
    domains = [each.domains for each in logs.declarations if each.domains]
    assert len(domains) == 3
    assert domains[0]["learning_rate"] == Domain(1e-4, 0.1, scale="log")

"""W&B sweep YAML: which files are one, and what their distributions mean."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from advisor.errors import LogError
from advisor.loaders.collect import collect
from advisor.loaders.wandb_sweep import claims, load
from advisor.model.log import Declaration
from advisor.model.search_space import Domain

ROOT = Path(__file__).resolve().parents[2]


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def declared(tmp_path: Path, text: str, name: str = "sweep.yaml") -> Declaration:
    (declaration,) = load(put(tmp_path / name, text))
    return declaration


@pytest.mark.parametrize(
    ("entry", "domain"),
    [
        ("{min: 1, max: 8}", Domain(1, 8, scale="linear")),
        ("{min: 0.1, max: 0.9}", Domain(0.1, 0.9, scale="linear")),
        ("{distribution: uniform, min: -1, max: 1}", Domain(-1, 1, scale="linear")),
        (
            "{distribution: q_uniform, min: 0, max: 8, q: 2}",
            Domain(0, 8, scale="linear"),
        ),
        ("{distribution: int_uniform, min: 2, max: 4}", Domain(2, 4, scale="linear")),
        (
            "{distribution: log_uniform_values, min: 1e-5, max: 1e-1}",
            Domain(1e-5, 1e-1, scale="log"),
        ),
        (
            "{distribution: q_log_uniform_values, min: 16, max: 256, q: 16}",
            Domain(16, 256, scale="log"),
        ),
        (
            "{distribution: inv_log_uniform_values, min: 0.9, max: 0.99}",
            Domain(0.9, 0.99, scale="log"),
        ),
        (
            "{distribution: log_uniform, min: -3, max: 0}",
            Domain(math.exp(-3), 1, scale="log"),
        ),
        (
            "{distribution: inv_log_uniform, min: 0, max: 3}",
            Domain(math.exp(-3), 1, scale="log"),
        ),
        ("{distribution: normal, mu: 0, sigma: 1}", Domain(scale="linear")),
        ("{distribution: log_normal, mu: 0, sigma: 1}", Domain(scale="log")),
        ("{distribution: beta, a: 1, b: 2}", Domain(0, 1, scale="linear")),
        ("{values: [16, 32, adam, null]}", Domain(choices=(16, 32, "adam", None))),
        ("{values: [[1, 2], [3]]}", Domain(choices=("[1, 2]", "[3]"))),
        (
            "{distribution: categorical, values: [a, b], probabilities: [0.1, 0.9]}",
            Domain(choices=("a", "b")),
        ),
        ("{value: 3}", Domain(choices=(3,))),
        ("{distribution: constant, value: false}", Domain(choices=(False,))),
    ],
)
def test_every_distribution_of_wandb(
    tmp_path: Path, entry: str, domain: Domain
) -> None:
    text = f"method: random\nparameters:\n  x: {entry}\n"
    assert dict(declared(tmp_path, text).domains) == {"x": domain}


@pytest.mark.parametrize(
    "entry",
    [
        "{min: 2, max: 1}",
        "{min: a, max: b}",
        "{min: 1}",
        "{}",
        "{distribution: log_uniform, min: -1, max: 9999}",
        "{min: 1, max: .inf}",
    ],
)
def test_what_is_no_range_has_no_domain(tmp_path: Path, entry: str) -> None:
    text = f"method: random\nparameters:\n  x: {entry}\n  y: {{values: [1]}}\n"
    assert set(declared(tmp_path, text).domains) == {"y"}


@pytest.mark.parametrize(
    ("metric", "objective", "goal"),
    [
        ("{name: val/loss, goal: minimize}", "val/loss", "minimize"),
        ("{name: val/acc, goal: maximize}", "val/acc", "maximize"),
        ("{name: val/loss}", "val/loss", "minimize"),
        ("{goal: maximize}", None, "maximize"),
        ("[]", None, None),
    ],
)
def test_the_objective(
    tmp_path: Path, metric: str, objective: str | None, goal: str | None
) -> None:
    text = f"method: bayes\nmetric: {metric}\nparameters: {{x: {{value: 1}}}}\n"
    found = declared(tmp_path, text)
    assert (found.objective, found.goal) == (objective, goal)
    assert found.algorithm == "bayes"


def test_nested_parameters_are_dotted() -> None:
    (declaration,) = collect([ROOT / "fixtures/wandb-0.31.0"]).declarations
    assert dict(declaration.domains) == {
        "learning_rate": Domain(1e-4, 1e-1, scale="log"),
        "layers": Domain(choices=(1, 2, 3)),
        "optimizer.momentum": Domain(0.0, 0.99, scale="linear"),
        "seed": Domain(choices=(7,)),
    }
    assert (declaration.objective, declaration.goal) == ("validation/loss", "minimize")
    assert declaration.location == ROOT / "fixtures/wandb-0.31.0"


SWEEP = "program: train.py\nmethod: random\nparameters:\n  lr: {min: 1, max: 2}\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sweep.yaml", SWEEP, True),
        ("any.yml", SWEEP, True),
        ("a.yaml", 'method: "grid"\nparameters: {}\n', True),
        ("a.yaml", f"parameters: {{}}\n{'#' * 5000}\nmethod: bayes\n", True),
        ("a.txt", SWEEP, False),
        ("a.yaml", "method: newton\nparameters: {}\n", False),
        ("a.yaml", "method: random\nparams: {}\n", False),
        ("a.yaml", "x:\n  method: random\n  parameters: {}\n", False),
        ("config-abc.yaml", "wandb_version: 1\nlr:\n  value: 0.1\n", False),
    ],
)
def test_which_files_are_sweeps(
    tmp_path: Path, name: str, text: str, expected: bool
) -> None:
    path = put(tmp_path / name, text)
    assert claims(path, text.encode()[:4096]) == expected


def test_a_sweep_speaks_for_the_runs_beside_it(tmp_path: Path) -> None:
    (tmp_path / "wandb").mkdir()
    (near,) = load(put(tmp_path / "configs/sweeps/a.yaml", SWEEP))
    assert near.location == tmp_path
    (own,) = load(put(tmp_path / "wandb/sweep-x1/sweep.yaml", SWEEP))
    assert (own.location, own.group) == (tmp_path / "wandb", "x1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("method: random\nparameters: [1]\n", "something else"),
        ("method: random\nparameters:\n  lr: 0.1\n", "a bare value"),
        ("method: random\nparameters: {\n", "did not find"),
        ("method: random\nparameters: " + "[" * 9000, "nesting"),
    ],
)
def test_a_broken_sweep_is_told_with_its_place(
    tmp_path: Path, text: str, found: str
) -> None:
    with pytest.raises(LogError, match=found) as caught:
        declared(tmp_path, text)
    assert caught.value.problem.line is not None

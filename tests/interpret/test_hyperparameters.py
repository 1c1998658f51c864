"""What was searched: entries, scales, bounds, roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.errors import ConfigurationError
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.log import Declaration
from advisor.model.search_space import Domain, Hyperparameter
from advisor.model.study import Study
from tests.interpret.logs import ROOT, said, studies_of, study_of, trial


def searched(values: Mapping[str, Sequence[Any]], *declarations: Declaration) -> Study:
    """A study whose trials have these values, one each."""
    rows = zip(*values.values(), strict=True)
    trials = [
        trial(f"t{i}", dict(zip(values, row, strict=True)))
        for i, row in enumerate(rows)
    ]
    return study_of(trials, *declarations)


def axis(
    name: str, values: Sequence[Any], domain: Domain | None = None
) -> Hyperparameter:
    declarations = (
        () if domain is None else (Declaration(ROOT, ROOT / "x", {name: domain}),)
    )
    return searched({name: values}, *declarations).search_space[name]


SCALES = [
    ("learning_rate", [1e-4, 2e-3, 0.05], "log"),
    ("optimizer.lr", [1e-4, 2e-3, 0.05], "log"),
    ("weight_decay", [0, 1e-5, 1e-4, 1e-3, 1e-2], "log"),
    ("weight_decay", [0, 0, 0, 1e-4, 1e-3], "linear"),  # mostly without it
    ("dropout", [0.01, 0.1, 0.5], "linear"),
    ("momentum", [0.5, 0.9, 0.99], "linear"),
    ("learning_rate", [0.10, 0.11, 0.12], "linear"),  # too narrow to matter
    ("temperature", [0.01, 0.1, 1, 10, 100], "log"),  # seen from the spacing
    ("temperature", [1, 20, 40, 60, 80, 100], "linear"),
    ("offset", [-1, 0, 1, 100], "linear"),
    ("batch_size", [32, 64, 128, 256], "log"),
]


@pytest.mark.parametrize(("name", "values", "scale"), SCALES)
def test_scale(name: str, values: list[float], scale: str) -> None:
    assert axis(name, values).scale == scale


def test_a_declared_scale_wins() -> None:
    found = axis("dropout", [0.1, 0.2, 0.5], Domain(0.1, 0.5, scale="log"))
    assert found.scale == "log"
    assert found.sampled == "log"


def test_a_scale_read_from_a_name_is_not_taken_for_the_one_sampled() -> None:
    assert axis("lr", [0.1, 0.2, 0.5], Domain(0.1, 0.5)).sampled is None
    linear = axis("lr", [0.01, 0.2, 0.5], Domain(0.0, 0.5, scale="linear"))
    assert (linear.scale, linear.sampled) == ("linear", "linear")


def test_zeros_do_not_move_a_log_axis() -> None:
    found = axis("weight_decay", [0, 1e-5, 1e-4, 1e-2])
    assert found.bounds == (1e-5, 1e-2)
    assert np.isnan(found.position(0))


BOUNDS = [
    (Domain(1e-5, 1.0), (1e-5, 1.0), True),
    (Domain(choices=(1e-4, 1e-2, 1.0)), (1e-4, 1.0), True),
    (Domain(1e-3, 1e-2), (1e-4, 0.1), False),  # the trials lie outside
    (None, (1e-4, 0.1), False),
]


@pytest.mark.parametrize(("domain", "bounds", "declared"), BOUNDS)
def test_declared_and_observed_bounds_are_kept_apart(
    domain: Domain | None, bounds: tuple[float, float], declared: bool
) -> None:
    found = axis("learning_rate", [1e-4, 1e-3, 0.1], domain)
    assert (found.bounds, found.declared) == (bounds, declared)


def test_32_bit_values_at_a_bound_are_not_outside() -> None:
    value = float(np.float32(0.1))
    found = axis("learning_rate", [1e-3, value], Domain(1e-3, 0.1))
    assert found.declared
    assert found.bounds == pytest.approx((1e-3, 0.1))


HARD = [
    ("dropout", [0.0, 0.3], {"lower"}),
    ("dropout", [0.1, 0.3], set()),
    ("momentum", [0.0, 0.9], {"lower"}),
    ("label_smoothing", [0.0, 1.0], {"lower", "upper"}),
    ("batch_size", [1, 8], {"lower"}),
    ("learning_rate", [1e-4, 0.1], set()),
    ("temperature", [0.0, 1.0], set()),
]


@pytest.mark.parametrize(("name", "values", "sides"), HARD)
def test_natural_limits(name: str, values: list[float], sides: set[str]) -> None:
    assert axis(name, values).hard == sides


LEFT_OUT = [
    ("seed", [1, 2, 3, 4, 5, 6]),
    ("rng_seed", [1, 2, 3, 4, 5, 6]),
    ("run_name", ["a", "b", "c", "d", "e", "f"]),
    ("output_dir", ["a", "b", "a", "b", "a", "b"]),
    ("num_workers", [1, 2, 4, 1, 2, 4]),
    ("log_every", [1, 2, 4, 1, 2, 4]),
    ("wandb.mode", ["a", "b", "a", "b", "a", "b"]),
    ("comment_text", ["ab", "cd", "ef", "gh", "ij", "kl"]),  # differs everywhere
    ("rare", [1, 2, None, None, None, None]),
]


@pytest.mark.parametrize(("name", "values"), LEFT_OUT)
def test_no_hyperparameter(name: str, values: list[Any]) -> None:
    study = searched({"lr": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], name: values})
    assert [each.name for each in study.search_space] == ["lr"]
    assert any(name in reading.value for reading in study.readings)


def test_a_copy_of_another_entry_is_left_out() -> None:
    rates = [0.1, 0.2, 0.3]
    study = searched({"model.optim.lr": rates, "lr": rates, "width": [1, 2, 4]})
    assert [each.name for each in study.search_space.varied] == ["lr", "width"]
    assert any("the same as lr" in reading.reason for reading in study.readings)


KINDS = [
    ("lr", [0.1, 0.2], "float"),
    ("depth", [2, 4, 8], "integer"),
    ("optimizer", ["adam", "sgd"], "categorical"),
    ("nesterov", [True, False], "categorical"),
    ("schedule", [0.1, "cosine"], "categorical"),
    ("clip_norm", [None, 0.5, 1.0], "float"),  # None: without it
]


@pytest.mark.parametrize(("name", "values", "kind"), KINDS)
def test_kind(name: str, values: list[Any], kind: str) -> None:
    assert axis(name, values).kind == kind


def test_categorical_structure_is_scientific_and_what_is_fixed_is_fixed() -> None:
    study = searched(
        {"optimizer": ["adam", "sgd"], "lr": [0.1, 0.2], "batch_size": [32, 32]}
    )
    roles = {each.name: each.role for each in study.search_space}
    assert roles == {"optimizer": "scientific", "lr": "nuisance", "batch_size": "fixed"}


@pytest.mark.parametrize(
    ("key", "alias"),
    [
        ("lr0", "learning_rate"),
        ("optimizer/learning_rate", "learning_rate"),
        ("trainer.maxEpochs", "max_train_steps"),
        ("--batch-size", "batch_size"),
        ("per_device_train_batch_size", "batch_size"),
        ("adam_beta2", "beta2"),
        ("attention_probs_dropout_prob", "dropout"),
        ("gradient_clip_val", "clip_norm"),
        ("temperature", None),
    ],
)
def test_alias(key: str, alias: str | None) -> None:
    assert read_key(key).alias == alias


def test_the_user_decides(tmp_path: Path) -> None:
    text = """
        hyperparameters:
          lr: {lower: 1e-5, upper: 1, scale: log, hard: [upper], role: fixed}
          width: {ignore: true}
          seed: {role: nuisance}
    """
    trials = [
        trial(f"t{i}", {"lr": lr, "width": i, "seed": i})
        for i, lr in enumerate([0.1, 0.01, 0.001])
    ]
    (study,) = studies_of(trials, configuration=said(tmp_path, text))
    lr = study.search_space["lr"]
    assert (lr.bounds, lr.scale, lr.declared) == ((1e-5, 1.0), "log", True)
    assert (lr.hard, lr.role) == ({"upper"}, "fixed")
    assert [each.name for each in study.search_space] == ["lr", "seed"]


def test_bounds_that_no_value_fits_are_an_error(tmp_path: Path) -> None:
    configuration = said(tmp_path, "hyperparameters:\n  lr: {lower: 10}\n")
    trials = [trial(f"t{i}", {"lr": 0.1 * i}) for i in range(3)]
    with pytest.raises(ConfigurationError, match=r"advisor.yaml:2.*values of 0 to 0.2"):
        studies_of(trials, configuration=configuration)

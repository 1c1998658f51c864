"""One vocabulary: unknown names are refused, equal trials have equal fingerprints."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.errors import TrainerError

LEAST: dict[str, Any] = {
    "workload": "digits",
    "max_train_steps": 100,
    "batch_size": 32,
    "learning_rate": 0.1,
}
BASE = TrialConfiguration(**LEAST)
OTHERS: dict[str, Any] = {
    "workload": "deep",
    "optimizer": "adam",
    "schedule": "step",
    "normalization": "layer",
    "activation": "tanh",
    "residual": True,
    "clip_norm": 2.0,
    "ghost_batch_size": 8,
    "train_examples": 10,
    "validation_examples": 10,
}


def other_value(name: str) -> Any:
    value = getattr(BASE, name)
    return OTHERS.get(name, value + 1 if isinstance(value, int) else 0.25)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"learnin_rate": 1}, "`learnin_rate` .* did you mean `learning_rate`"),
        ({"droput": 0.1}, "did you mean `dropout`"),
        ({"zzz": 1}, "`zzz` is no setting"),
        ({"optimizer": "adamax"}, "`optimizer` must be one of sgd, .*'adamax'"),
        ({"learning_rate": "0.1"}, "`learning_rate` must be a number, but got '0.1'"),
        ({"learning_rate": -1}, "`learning_rate` must be a number of at least 0"),
        ({"learning_rate": float("nan")}, "`learning_rate` must be a number"),
        ({"learning_rate": float("inf")}, "`learning_rate` must be a number"),
        ({"learning_rate": None}, "`learning_rate` must be a number"),
        ({"batch_size": 0}, "`batch_size` must be a number of at least 1"),
        ({"batch_size": 2.5}, "`batch_size` must be a whole number"),
        ({"batch_size": True}, "`batch_size` must be a number, but got True"),
        ({"dropout": 1.0}, "`dropout` must be below 1"),
        ({"dropout": 1.5}, "`dropout` must be a number between 0 and 1"),
        ({"residual": 1}, "`residual` must be a bool"),
        ({"workload": 3}, "`workload` must be a str"),
        ({"warmup_steps": 101}, "`warmup_steps` must be at most `max_train_steps`"),
        ({"normalization": "ghost_batch"}, "`ghost_batch_size` must divide"),
        (
            {"normalization": "ghost_batch", "ghost_batch_size": 5},
            "`ghost_batch_size` must divide `batch_size`, 32, but got 5",
        ),
    ],
)
def test_mistakes_are_named_with_a_way_out(
    change: dict[str, Any], expected: str
) -> None:
    with pytest.raises(TrainerError, match=expected):
        TrialConfiguration.from_mapping({**LEAST, **change})


@pytest.mark.parametrize("missing", LEAST)
def test_what_every_trial_must_state(missing: str) -> None:
    rest = {name: value for name, value in LEAST.items() if name != missing}
    with pytest.raises(TrainerError, match=f"`{missing}` is missing"):
        TrialConfiguration.from_mapping(rest)


def test_a_mapping_is_complete_flat_and_reads_back() -> None:
    mapping = BASE.to_mapping()
    assert list(mapping) == [each.name for each in fields(TrialConfiguration)]
    assert all(
        value is None or isinstance(value, bool | int | float | str)
        for value in mapping.values()
    )
    assert TrialConfiguration.from_mapping(mapping) == BASE


def test_every_setting_changes_the_fingerprint() -> None:
    seen = {BASE.fingerprint}
    for each in fields(TrialConfiguration):
        seen.add(replace(BASE, **{each.name: other_value(each.name)}).fingerprint)
    assert len(seen) == 1 + len(fields(TrialConfiguration))


def test_equal_trials_have_equal_fingerprints_however_they_were_written() -> None:
    written = {**LEAST, "weight_decay": 0, "clip_norm": 1, "batch_size": 32.0}
    same = TrialConfiguration.from_mapping(written)
    assert same.fingerprint == replace(BASE, clip_norm=1.0).fingerprint


def test_a_fingerprint_stays_the_same_in_later_versions() -> None:
    # A change here makes every cached confirmation worthless: say so in the changelog.
    assert BASE.fingerprint.startswith("753c6e814eab0d8a")


def test_planning_needs_no_tensorflow() -> None:
    code = (
        "import sys\n"
        "import advisor.trainer.configuration, advisor.trainer.schedules\n"
        "from advisor.trainer.workloads.workload import find_workload, workload_names\n"
        "[find_workload(name) for name in workload_names()]\n"
        "print('tensorflow' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

"""Configuration files beside a log."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from advisor.loaders.configuration import MAX_ENTRIES, read_configuration
from advisor.loaders.configuration_entries import MAX_LIST
from advisor.safe_yaml import MAX_BYTES

LOGS = Path(__file__).resolve().parents[2] / "../shared/logs"

WANDB = """\
wandb_version: 1
_wandb: {desc: null, value: {cli_version: 0.19.9}}
lr: {desc: null, value: 1e-3}
model: {desc: null, value: {width: 64}}
"""
LIGHTNING = """\
lr: 0.1
loss: !!python/name:torch.nn.MSELoss ''
args: !!python/object:argparse.Namespace {seed: 3}
"""
ORDERED = "!!python/object/apply:collections.OrderedDict\n- - - gamma\n    - 0.9\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("hparams.yaml", "lr: 1e-3\nuse: no\n", {"lr": 1e-3, "use": "no"}),
        ("hparams.yaml", LIGHTNING, {"lr": 0.1, "loss": "", "args.seed": 3}),
        ("config.json", '{"opt": {"lr": 0.1, "name": "sgd"}}', None),
        ("config.yaml", WANDB, {"lr": 1e-3, "model.width": 64}),
        ("config.yaml", "lr: {value: 1}\nb: 2\n", {"lr.value": 1, "b": 2}),
        (
            "config.json",  # of a YAML file that PyYAML read; a hash stays a text
            '{"eps": "1e-8", "lr": "2.5E-4", "commit": "12e4567", "v": "1.5"}',
            {"eps": 1e-8, "lr": 2.5e-4, "commit": "12e4567", "v": "1.5"},
        ),
        ("config.yml", ORDERED, {"gamma": 0.9}),
        ("params.json", '{"layers": [64, 64]}', {"layers": "[64, 64]"}),
        ("args.yaml", "betas: [0.9, 0.999]", {"betas.0": 0.9, "betas.1": 0.999}),
        ("opt.yaml", "freeze: []", {"freeze": "[]"}),
        ("hyp.yaml", "a: .nan\nb: .inf", {"a": None, "b": math.inf}),
        ("hyperparameters.json", '{"a": null, "b": true}', {"a": None, "b": True}),
        ("flags.json", '{"v": 0, "help": false, "lr": 0.1}', {"lr": 0.1}),
        ("config.yaml", "", {}),
        ("config.json", "\ufeff{}", {}),
    ],
)
def test_entries(
    tmp_path: Path, name: str, text: str, expected: dict[str, object] | None
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    entries, sources, problems = read_configuration(tmp_path)
    assert entries == (
        {"opt.lr": 0.1, "opt.name": "sgd"} if expected is None else expected
    )
    assert sources == (tmp_path / name,)
    assert problems == ()


def test_the_more_specific_file_wins(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("lr: 1\nepochs: 10\n")
    (tmp_path / "hparams.yaml").write_text("lr: 2\n")
    entries, sources, _ = read_configuration(tmp_path)
    assert entries == {"lr": 2, "epochs": 10}
    assert [path.name for path in sources] == ["hparams.yaml", "config.yaml"]


def test_hydra(tmp_path: Path) -> None:
    (tmp_path / ".hydra").mkdir()
    (tmp_path / ".hydra" / "overrides.yaml").write_text("- lr=1e-2\n- +opt.name=adam\n")
    assert read_configuration(tmp_path)[0] == {"lr": 1e-2, "opt.name": "adam"}
    (tmp_path / ".hydra" / "config.yaml").write_text("lr: 1e-2\nb: 3\n")
    assert read_configuration(tmp_path)[0] == {"lr": 1e-2, "b": 3}


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"a": 1}')
    (tmp_path / "real.yaml").write_text("lr: 1")
    (tmp_path / "hparams.yaml").symlink_to(tmp_path / "real.yaml")
    os.mkfifo(tmp_path / "config.yaml")
    (tmp_path / "params.json").mkdir()
    assert read_configuration(tmp_path) == ({}, (), ())
    assert read_configuration(tmp_path / "missing") == ({}, (), ())


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("config.yaml", BOMB, "entries"),
        ("config.yaml", "[" * 100_000, "nesting"),
        ("config.json", "[" * 100_000, "deep nesting"),
        ("config.json", '{"a": ' + "9" * 5000 + "}", "a number too long"),
        ("config.json", '{"a": 1', "JSON"),
        ("config.yaml", "- 1\n- 2\n", "a list"),
        ("config.yaml", "just words", "just words"),
        ("config.yaml", "a: " + "x" * (MAX_BYTES + 1), "bytes"),
        ("config.yaml", "a: [", "YAML"),
    ],
)
def test_a_bad_file_costs_only_itself(
    tmp_path: Path, name: str, text: str, found: str
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "opt.yaml").write_text("lr: 0.5")
    entries, _, problems = read_configuration(tmp_path)
    assert entries == {"lr": 0.5}
    assert len(problems) == 1
    assert found in str(problems[0])


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(b"lr: \xff\xfe")
    entries, _, problems = read_configuration(tmp_path)
    assert entries == {}
    assert problems[0].offset == 4


def test_too_many_entries(tmp_path: Path) -> None:
    data = {f"k{i}": i for i in range(MAX_ENTRIES + 1)}
    (tmp_path / "config.json").write_text(json.dumps(data))
    entries, _, problems = read_configuration(tmp_path)
    assert len(entries) == MAX_ENTRIES
    assert len(problems) == 1


def test_long_lists_and_huge_numbers(tmp_path: Path) -> None:
    data = {"table": [0] * (MAX_LIST + 1), "big": 10**30, "bigger": 10**400}
    (tmp_path / "config.json").write_text(json.dumps(data))
    entries, _, _ = read_configuration(tmp_path)
    assert entries == {"big": 1e30, "bigger": "1" + "0" * 79}


@pytest.mark.skipif(not LOGS.is_dir(), reason="needs the shared logs")
def test_real_directories() -> None:
    algoperf = read_configuration(LOGS / "algoperf-amos/study_2/wmt_jax/trial_4")
    assert algoperf[0]["l2"] == 0.0028
    assert (
        algoperf[0]["max_global_steps"] == algoperf[0]["workload.step_hint"] == 133333
    )
    assert not [key for key in algoperf[0] if key.startswith(("gpu", "cpu", "mem"))]
    yolo = read_configuration(LOGS / "yolov5-node/runs/train/exp9")
    assert (yolo[0]["lr0"], yolo[0]["batch_size"], yolo[2]) == (0.01, 16, ())
    zoo = read_configuration(LOGS / "sb3-zoo/a2c/HalfCheetahBulletEnv-v0_1")
    assert (zoo[0]["gamma"], zoo[0]["seed"]) == (0.99, 263551615)

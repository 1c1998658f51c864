"""Event files: what is read, what is not, and what is said of damage."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from event_bytes import (
    START,
    event,
    message,
    number,
    scalar,
    simple,
    slow_points,
    tensor,
    text,
    write,
)

from advisor.loaders.collect import collect
from advisor.loaders.event_layout import Hashes
from advisor.loaders.event_records import RecordReader
from advisor.loaders.event_scalars import Scalars
from advisor.loaders.tensorboard import EventFile, claims, load, read_event_file
from advisor.model.log import Logs, TrialLog
from advisor.model.search_space import Domain

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
SHARED = ROOT / "../shared/logs"
NAME = "events.out.tfevents.1700000000.host.1.0"

WRITTEN = sorted(FIXTURES.glob("tensorboard-*/expected.json"))


def points(file: EventFile) -> dict[str, list[tuple[int, float]]]:
    return {
        tag: list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        for tag, curve in file.curves.items()
    }


def by_name(logs: Logs) -> dict[str, TrialLog]:
    return {logs.name_of(trial): trial for trial in logs.trials}


def lengths(trial: TrialLog) -> dict[str, int]:
    return {tag: len(curve) for tag, curve in trial.curves.items()}


# Files by the real frameworks, read by tensorboard's own loader when they were made.


@pytest.mark.parametrize("truth", WRITTEN, ids=lambda path: path.parent.name)
def test_every_scalar_is_as_tensorboard_reads_it(truth: Path) -> None:
    for name, expected in json.loads(truth.read_text()).items():
        found = points(read_event_file(truth.parent / name, check_data=True))
        assert list(found) == list(expected), name
        for tag, pairs in expected.items():
            np.testing.assert_array_equal(found[tag], pairs, err_msg=f"{name} {tag}")


def test_the_fixtures_are_there() -> None:
    assert len(WRITTEN) == 4


def test_keras_folders_are_one_trial_with_prefixes() -> None:
    logs = collect([FIXTURES / "tensorboard-keras"])
    trials = by_name(logs)
    assert list(trials) == ["trial-0", "trial-1"]
    trial = trials["trial-0"]
    assert {tag.split("/")[0] for tag in trial.curves} == {"train", "validation"}
    assert trial.curves["validation/epoch_loss"].axis == "epoch"
    assert trial.curves["validation/evaluation_loss_vs_iterations"].axis == "step"
    assert dict(trial.configuration) == {"learning_rate": 0.01, "units": 4}
    assert trial.state == "finished"
    assert not logs.problems


def test_domains_of_the_hparams_experiment_are_declared() -> None:
    (declaration,) = collect([FIXTURES / "tensorboard-keras"]).declarations
    assert declaration.location == FIXTURES / "tensorboard-keras"
    assert dict(declaration.domains) == {
        "learning_rate": Domain(1e-4, 1e-1),
        "units": Domain(choices=(4, 8)),
    }
    assert declaration.objective == "validation/epoch_accuracy"


def test_folders_of_add_scalars_and_add_hparams_belong_to_their_writer() -> None:
    trial = by_name(collect([FIXTURES / "tensorboard-torch"]))["full"]
    assert lengths(trial) == {
        "Loss/train": 40,
        "lr": 40,
        "Loss/validation": 8,
        "loss/a": 8,
        "loss/b": 8,
    }
    assert trial.results == {"hparam/accuracy": pytest.approx(0.9)}
    assert trial.configuration["optimizer"] == "sgd"
    assert trial.configuration["batch_size"] == 32
    assert trial.state is None  # PyTorch writes "success" at once


def test_several_add_hparams_of_one_writer_are_trials() -> None:
    trials = by_name(collect([FIXTURES / "tensorboard-torch" / "search"]))
    assert {name: dict(trial.results) for name, trial in trials.items()} == {
        f"lr-{i}": {"hparam/loss": i / 4} for i in range(3)
    }
    assert trials["lr-1"].configuration == {"lr": 0.2}


def test_files_of_a_restarted_trial_are_one_history() -> None:
    trial = by_name(collect([FIXTURES / "tensorboard-torch"]))["restarted"]
    steps = trial.curves["Loss/train"].steps.tolist()
    assert steps == [*range(20), *range(10, 30)]
    assert trial.notes == ("steps go back, as after a restart, in `Loss/train`",)


def test_settings_in_a_text_summary_are_configuration() -> None:
    trial = by_name(collect([FIXTURES / "tensorboard-tensorboardx"]))["trial"]
    assert trial.configuration == {"learning_rate": 5e-5, "seed": 3}


@pytest.mark.skipif(not SHARED.is_dir(), reason="no logs beside the checkout")
def test_real_logs_hold_what_a_slow_reader_finds() -> None:
    paths = sorted(SHARED.rglob("*tfevents*"))
    assert len(paths) > 100
    for path in paths:
        expected, found = slow_points(path), read_event_file(path).curves
        assert list(found) == list(expected), path
        for tag, rows in expected.items():
            steps, values, times = zip(*rows, strict=True)
            np.testing.assert_array_equal(found[tag].steps, steps)
            np.testing.assert_array_equal(found[tag].values, values)
            np.testing.assert_array_equal(found[tag].wall_times, times)


# Encodings.


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (simple("x", 0.5), 0.5),
        (simple("x", float("inf")), np.inf),
        (tensor("x", 1, message(4, struct.pack("<f", 0.5))), 0.5),
        (tensor("x", 1, message(5, struct.pack("<f", 0.5))), 0.5),
        (tensor("x", 1, b"\x2d" + struct.pack("<f", 0.5)), 0.5),  # not packed
        (tensor("x", 1, b""), 0.0),  # zeros may be left out
        (tensor("x", 2, message(6, struct.pack("<d", 0.1))), 0.1),
        (tensor("x", 2, message(4, struct.pack("<d", 0.1))), 0.1),
        (tensor("x", 3, message(7, number(300))), 300),
        (tensor("x", 9, message(10, number((1 << 64) - 2))), -2),
        (tensor("x", 10, message(11, b"\x01")), 1),
        (tensor("x", 19, message(13, number(0x3800))), 0.5),
        (tensor("x", 14, message(13, number(0x3F00))), 0.5),
        (tensor("x", 14, message(4, b"\x00\x3f")), 0.5),
        (
            tensor(
                "x", 1, message(4, struct.pack("<f", 2)), shape=message(2, b"\x08\x01")
            ),
            2,
        ),
    ],
)
@pytest.mark.parametrize("repeats", [1, 20], ids=["one by one", "many at once"])
def test_every_encoding_of_a_scalar(
    tmp_path: Path, value: bytes, expected: float, repeats: int
) -> None:
    path = write(tmp_path / NAME, *(event(i + 1, value) for i in range(repeats)))
    curve = read_event_file(path).curves["x"]
    assert curve.values.tolist() == [expected] * repeats
    assert curve.steps.tolist() == list(range(1, repeats + 1))


@pytest.mark.parametrize(
    "value",
    [
        message(1, b"x") + message(5, b"\x09" + bytes(8)),  # histogram
        message(1, b"x") + message(4, b"\x08\x10"),  # image
        tensor("x", 1, message(4, bytes(8)), shape=message(2, b"\x08\x02")),
        tensor("x", 8, message(4, bytes(8))),  # complex
        text("x", "some prose: not JSON"),
        message(1, b"x")
        + message(8, b"\x08\x01" + message(4, bytes(4)))
        + message(9, message(1, message(1, b"pr_curves"))),
    ],
)
@pytest.mark.parametrize("repeats", [1, 20], ids=["one by one", "many at once"])
def test_what_is_no_scalar_is_passed_over(
    tmp_path: Path, value: bytes, repeats: int
) -> None:
    events = [
        each for i in range(repeats) for each in (event(i, value), scalar(i, "y", 1))
    ]
    file = read_event_file(write(tmp_path / NAME, *events))
    assert list(file.curves) == ["y"]
    assert len(file.curves["y"]) == repeats
    assert not file.problems
    assert not file.settings


STEPS = (0, 1, 127, 128, 16383, 16384, 2**21, 2**31, 2**40, 2**56 - 1, 2**56, 2**62, -1)


@pytest.mark.parametrize("repeats", [1, 20], ids=["one by one", "many at once"])
def test_steps_of_every_width(tmp_path: Path, repeats: int) -> None:
    events = [event(step, simple("x", 1)) for step in STEPS for _ in range(repeats)]
    curve = read_event_file(write(tmp_path / NAME, *events)).curves["x"]
    assert curve.steps.tolist() == [step for step in STEPS for _ in range(repeats)]


def test_tags_of_equal_length_and_several_values_an_event(tmp_path: Path) -> None:
    events = [
        event(i, simple("loss_a", i), simple("loss_b", -i), time=START + i)
        if i % 3
        else scalar(i, f"loss_{'cd'[i % 2]}", i / 2)
        for i in range(200)
    ]
    path = write(tmp_path / NAME, *events)
    found = read_event_file(path).curves
    assert set(found) == {"loss_a", "loss_b", "loss_c", "loss_d"}
    for tag, rows in slow_points(path).items():
        assert [
            *zip(
                found[tag].steps, found[tag].values, found[tag].wall_times, strict=True
            )
        ] == rows


def test_layouts_learnt_from_one_file_do_not_change_another(tmp_path: Path) -> None:
    first = write(tmp_path / "a" / NAME, *(scalar(i, "loss", 1) for i in range(50)))
    second = write(tmp_path / "b" / NAME, *(scalar(i, "gain", 2) for i in range(50)))
    assert list(read_event_file(first).curves) == ["loss"]
    assert list(read_event_file(second).curves) == ["gain"]
    assert list(read_event_file(first).curves) == ["loss"]


def test_a_layout_with_the_same_hash_is_compared_byte_by_byte() -> None:
    body = message(5, message(1, simple("loss", 1)))
    rows = np.frombuffer(body.ljust(24, b"\0") * 9, dtype=np.uint64).reshape(9, 3)
    hashes = Hashes(rows)
    layout = hashes.learn(0, len(body))
    assert layout is not None
    assert hashes.of_kind(layout)[1] == 9
    assert hashes.of_kind(replace(layout, fixed=bytes(24))) == (None, 0)


def test_records_longer_than_the_window_are_skipped_unread(tmp_path: Path) -> None:
    large = event(1, message(1, b"weights") + message(5, bytes(5000)))
    events = [*(scalar(i, "x", i) for i in range(30)), large, scalar(31, "x", 31)]
    path = write(tmp_path / NAME, *events)
    for window in (100, 512, 4096, 1 << 20):
        scalars = Scalars()
        with path.open("rb", buffering=0) as file:
            size = path.stat().st_size
            reader = RecordReader(file, path, size, window=window)
            for records in reader:
                scalars.feed(records)
        assert scalars.curves()["x"].steps.tolist() == [*range(30), 31]
        assert not reader.problems()


# Names and places.


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("events.out.tfevents.1700000000.host", True),
        ("events.out.tfevents.1700000000.host.1.0.v2", True),
        ("my-suffix.tfevents.17.x", True),
        ("events.out.tfevents.1700000000.host.csv", False),
        ("tfevents.md", False),
    ],
)
def test_claims(name: str, claimed: bool) -> None:
    assert claims(Path("trial") / name, b"") is claimed


def test_a_trial_named_like_a_split_stays_one_beside_other_trials(
    tmp_path: Path,
) -> None:
    for name in ("test", "other"):
        write(tmp_path / name / NAME, scalar(1, "loss", 1))
    assert set(by_name(collect([tmp_path]))) == {"test", "other"}
    write(tmp_path / "keras" / "train" / NAME, scalar(1, "loss", 1))
    assert "keras" in by_name(collect([tmp_path]))


def test_one_tag_in_a_folder_named_after_it_is_a_trial_without_a_writer_above(
    tmp_path: Path,
) -> None:
    for name in ("loss_1", "loss_2"):
        write(tmp_path / name / NAME, scalar(1, "loss", 1))
    assert set(by_name(collect([tmp_path]))) == {"loss_1", "loss_2"}


@pytest.mark.parametrize(
    ("tag", "content", "expected"),
    [
        (
            "args/text_summary",
            '{"lr": 1e-3, "adam": {"beta1": 0.9}}',
            {"lr": 1e-3, "adam.beta1": 0.9},
        ),
        ("model-config/text_summary", '<pre>{\n "lr": 1}</pre>', {"lr": 1}),
        (
            "hyperparameters/text_summary",
            "|param|value|\n|-|-|\n|lr|0.1|\n|cuda|True|\n|env|Cart\\|Pole|",
            {"lr": 0.1, "cuda": True, "env": "Cart\\|Pole"},
        ),
        ("samples/text_summary", "Once {upon} a time", {}),
        ("samples/text_summary", "[1, 2]", {}),
        ("samples/text_summary", "{" * 5000 + "}", {}),
        ("samples/text_summary", "|a|b|\n|-|-|\n|1|2|", {}),
    ],
)
def test_texts_that_clearly_hold_settings(
    tmp_path: Path, tag: str, content: str, expected: dict[str, object]
) -> None:
    path = write(tmp_path / NAME, event(1, text(tag, content)), scalar(1, "x", 1))
    assert read_event_file(path).settings == expected


def test_the_arguments_come_before_the_description_of_the_model(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path / NAME,
        event(0, text("model_config/text_summary", '{"seed": 1, "dropout": 0.2}')),
        event(0, text("args/text_summary", '{"seed": 2}')),
    )
    assert read_event_file(path).settings == {"seed": 2, "dropout": 0.2}


def test_hostile_tags_are_made_printable(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, scalar(1, "loss\x1b[2J\u202e", 1))
    (part,) = load(path)
    assert isinstance(part, TrialLog)
    assert all(tag.isprintable() for tag in part.curves)

"""Kept readings count only while nothing has changed that they depend on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from event_bytes import scalar
from event_bytes import write as write_events
from kept_readings import CSV, FIXTURES, FOLDERS, Count, told
from test_hostile_tree import EVENTS, RUN, make_good, put
from wandb_bytes import framed, history, run

from advisor.loaders import collect as collecting
from advisor.loaders.cache import folder as places
from advisor.loaders.cache import store
from advisor.loaders.cache.folder import switched_off
from advisor.loaders.collect import collect

pytestmark = pytest.mark.usefixtures("folder")


def test_a_longer_log_is_read_again(tmp_path: Path, count: Count) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "log.csv", CSV)
    collect([tmp_path])
    count.names()
    put(tmp_path / "b/log.csv", CSV + "50,0.001\n")
    logs = collect([tmp_path])
    assert count.names() == ["log.csv"]
    assert [trial.points for trial in logs.trials] == [50, 51]


def test_a_change_that_leaves_size_and_time_alone_is_noticed(
    tmp_path: Path, count: Count
) -> None:
    path = tmp_path / "a/log.csv"
    put(path, CSV)
    collect([tmp_path])
    before = path.stat()
    put(path, CSV.replace("0,1.0", "0,9.0"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    (trial,) = collect([tmp_path]).trials
    assert trial.curves["loss"].values[0] == 9


def test_another_file_of_the_same_name_is_read(tmp_path: Path) -> None:
    put(tmp_path / "a/log.csv", CSV)
    collect([tmp_path])
    shutil.rmtree(tmp_path / "a")
    put(tmp_path / "a/log.csv", CSV.replace("0,1.0", "0,9.0"))
    (trial,) = collect([tmp_path]).trials
    assert trial.curves["loss"].values[0] == 9


def test_a_log_that_may_still_change_is_not_kept(
    tmp_path: Path, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SETTLED", 2 * 10**9)
    put(tmp_path / "a/log.csv", CSV)
    for _ in range(2):
        collect([tmp_path])
        assert count.names() == ["log.csv"]


def test_other_code_reads_again(
    tmp_path: Path, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    collect([tmp_path])
    count.names()
    monkeypatch.setattr(store, "_code", lambda: b"another version")
    collect([tmp_path])
    assert count.names() == ["log.csv"]


def change_monitors(root: Path) -> None:
    put(root / "0.monitor.csv", '#{"t_start": 1}\nr,l,t\n1,2,3\n2,3,4\n')


def change_deepcave(root: Path) -> None:
    put(root / "history.jsonl", "[0, 1.0, -1, [0.5], 0, 1, 1, {}]\n")
    put(root / "configs.json", '{"0": {"lr": 0.1}}')
    put(root / "meta.json", '{"objectives": [{"name": "a"}]}')


def change_hugging_face(root: Path) -> None:
    state = '{"log_history": [{"step": 1, "loss": 1}, {"step": 2, "loss": 1}]}'
    put(root / "trainer_state.json", state)


def change_wandb(root: Path) -> None:
    put(root / RUN.format("b"), framed(run(), history(1, loss=1)))


def change_split(root: Path) -> None:
    write_events(root / "train" / EVENTS, *(scalar(i, "x", i) for i in range(9)))


def change_tables(root: Path) -> None:
    put(root / "first.csv", CSV)


RUN_FILES = "wandb/run-20240101_000000-b/files"


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (change_monitors, ("1.monitor.csv", '#{"t_start": 9}\nr,l,t\n5,2,9\n')),
        (change_deepcave, ("configs.json", '{"0": {"lr": 0.2}}')),
        (change_deepcave, ("meta.json", '{"objectives": [{"name": "b"}]}')),
        (
            change_hugging_face,
            (
                "README.md",
                "The following hyperparameters were used during training:\n- lr: 1\n",
            ),
        ),
        (change_hugging_face, ("all_results.json", '{"eval_loss": 3}')),
        (change_wandb, (f"{RUN_FILES}/wandb-summary.json", '{"test": 3}')),
        (change_wandb, (f"{RUN_FILES}/config.yaml", "lr: {value: 3}\n")),
        (change_wandb, ("wandb/sweep-s/config-b.yaml", "wandb_version: 1\n")),
        (change_split, ("other/" + EVENTS, b"")),
        (change_tables, ("second.csv", CSV)),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else each.__name__,
)
def test_what_lies_beside_a_log_counts(
    tmp_path: Path, make: Any, change: tuple[str, str | bytes]
) -> None:
    make(tmp_path)
    before = told(collect([tmp_path]))
    put(tmp_path / change[0], change[1])
    after = told(collect([tmp_path]))
    with switched_off():
        assert after == told(collect([tmp_path]))
    assert before != after


def test_a_new_trial_beside_others_leaves_these_alone(
    tmp_path: Path, count: Count
) -> None:
    for i in range(3):
        put(tmp_path / RUN.format(i), framed(run(), history(1, loss=1)))
        write_events(tmp_path / f"tb/{i}" / EVENTS, scalar(1, "loss", 1))
    collect([tmp_path])
    count.names()
    put(tmp_path / RUN.format("new"), framed(run(), history(1, loss=1)))
    write_events(tmp_path / "tb/new" / EVENTS, scalar(1, "loss", 1))
    collect([tmp_path])
    assert count.names() == [EVENTS, "run-new.wandb"]


def test_a_run_without_an_end_dies_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advisor.loaders import wandb_run

    put(tmp_path / RUN.format("x"), framed(run(), history(1, loss=1, _timestamp=1e9)))
    states = []
    for now in (1e9 + 60, 1e9 + 7200):
        monkeypatch.setattr(wandb_run.time, "time", lambda now=now: now)
        states += [trial.state for trial in collect([tmp_path]).trials]
    assert states == ["running", "crashed"]


def test_loaders_look_beside_a_log_only_by_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a file is read, what else is looked at is noted: else it could be stale."""
    from advisor.loaders import surroundings

    unseen: list[str] = []
    current: list[Path] = []

    def watch(function: Any) -> Any:
        def call(path: Any = ".", *rest: Any, **named: Any) -> Any:
            if surroundings._noted.get() is not None and current:
                own = current[-1]
                if not isinstance(path, int) and os.fspath(path) != os.fspath(own):
                    unseen.append(os.fspath(path))
            return function(path, *rest, **named)

        return call

    original = collecting._Collection._read

    def read(collection: Any, claim: Any) -> Any:
        current.append(claim.path)
        try:
            return original(collection, claim)
        finally:
            current.pop()

    monkeypatch.setattr(collecting._Collection, "_read", read)
    for name in ("stat", "listdir", "scandir", "lstat"):
        monkeypatch.setattr(os, name, watch(getattr(os, name)))
    for make in (make_good, change_monitors, change_deepcave, change_hugging_face):
        make(tmp_path)
    for make in (change_wandb, change_split, change_tables):
        make(tmp_path / "more")
    roots = [tmp_path, *(each for each in FIXTURES if each.name != "generate")]
    with switched_off():
        for root in [*roots, *FOLDERS]:
            if root.is_dir():
                collect([root])
    assert not unseen

"""Trained trials on disk: whole or not at all, each once, safe among processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.confirm import store as module
from advisor.confirm.store import Store, fingerprint

BATCH = {"a": {"x": 1}, "b": {"x": 2}}


def train(store: Store, names: dict[str, dict[str, int]], text: str = "log") -> Path:
    partial = store.place(names)
    for name in names:
        (partial / name).mkdir()
        (partial / name / "log").write_text(text)
    return partial


def test_a_batch_appears_when_it_is_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "trials")
    partial = train(store, BATCH)
    assert "a" not in store
    assert "a" not in Store(store.directory)
    store.keep(partial, BATCH, 3.0)
    for each in (store, Store(store.directory)):
        assert (each["a"] / "log").read_text() == "log"
        assert "b" in each
        assert (each.seconds("a"), each.seconds("b")) == (1.5, 1.5)


def test_the_faster_process_wins(tmp_path: Path) -> None:
    mine, other = Store(tmp_path), Store(tmp_path)
    partial = train(mine, BATCH, "mine")
    other.keep(train(other, BATCH, "other"), BATCH, 1.0)
    assert not partial.exists()  # the same process: one folder for both
    partial = train(mine, BATCH, "mine")
    mine.keep(partial, BATCH, 9.0)
    assert (mine["a"] / "log").read_text() == "other"
    assert mine.seconds("a") == 0.5
    assert not partial.exists()


def test_a_place_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    store = Store(tmp_path)
    partial = train(store, BATCH)
    store.keep(partial, BATCH, 1.0)
    with pytest.raises(OSError, match="gone"):
        store.keep(tmp_path / "gone", {"c": {}}, 1.0)


def test_begun_again_a_place_is_empty(tmp_path: Path) -> None:
    store = Store(tmp_path)
    train(store, BATCH)
    assert list(store.place(BATCH).iterdir()) == []


def test_what_the_dead_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    here = socket.gethostname()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    kept = {
        f".batch.{os.getppid()}@{here}",  # alive
        f".batch.{dead.pid}@elsewhere.example",  # who knows
        ".batch.what@ever",
        ".hidden",
        "batch",
    }
    for name in (*kept, f".batch.{dead.pid}@{here}", f".batch.{os.getpid()}@{here}"):
        (tmp_path / name).mkdir()
    Store(tmp_path).clean()
    assert {each.name for each in tmp_path.iterdir()} == kept


def test_a_forgotten_trial_is_gone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(train(store, BATCH), BATCH, 1.0)
    store.forget("a")
    assert "a" not in store
    again = Store(tmp_path)
    assert "a" not in again
    assert "b" in again
    store.keep(train(store, {"a": {}}), {"a": {}}, 1.0)
    assert "a" in Store(tmp_path)


@pytest.mark.parametrize("content", ["", "soon", None])
def test_an_unknown_duration_costs_nothing(tmp_path: Path, content: str | None) -> None:
    store = Store(tmp_path)
    store.keep(train(store, BATCH), BATCH, 1.0)
    path = next(tmp_path.iterdir()) / ".seconds"
    path.unlink()
    if content is not None:
        path.write_text(content)
    assert Store(tmp_path).seconds("a") == 0.0


def test_fingerprints_tell_configurations_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {"lr": 0.1, "steps": 10}
    mine = fingerprint("digits", settings)
    assert mine == fingerprint("digits", dict(reversed(settings.items())))
    assert len(mine) == 16
    others = {
        fingerprint("digits", {**settings, "lr": 0.2}),
        fingerprint("digits", {"lr": 0.1}),
        fingerprint("conv", settings),
    }
    monkeypatch.setattr(module, "__version__", "next")
    others.add(fingerprint("digits", settings))
    assert len(others | {mine}) == 5

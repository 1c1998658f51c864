"""The state of an answer takes in all that a check looks at, whatever lies there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_given_folders import lay_links, put_secrets
from test_hostile_tree import EVENTS, make_bad, make_good, make_names, put

from advisor.loaders.cache import state as states
from advisor.loaders.cache.folder import switched_off
from advisor.loaders.cache.state import StateDigest
from advisor.loaders.collect import collect

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = sorted(each for each in (ROOT / "fixtures").iterdir() if each.is_dir())
LOGS = ROOT / "../shared/logs"
FOLDERS = sorted(LOGS.iterdir()) if LOGS.is_dir() else []


class Seen:
    """Places that were opened, listed, or asked about."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.listed: set[str] = set()
        self.asked: set[str] = set()


_seen: list[Seen] = []


@cache
def listen() -> None:
    """For good: a hook cannot be taken away."""

    def hear(name: str, about: tuple[Any, ...]) -> None:
        if not _seen or name not in ("open", "os.listdir", "os.scandir"):
            return
        if isinstance(about[0], str | bytes):
            places = _seen[-1].opened if name == "open" else _seen[-1].listed
            places.add(os.path.abspath(os.fsdecode(about[0])))

    sys.addaudithook(hear)


@contextmanager
def seen() -> Iterator[Seen]:
    listen()
    found, stat = Seen(), os.stat

    def hear(path: Any, *rest: Any, **named: Any) -> Any:
        if not isinstance(path, int):
            found.asked.add(os.path.abspath(os.fsdecode(path)))
        return stat(path, *rest, **named)

    _seen.append(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", hear)
        try:
            yield found
        finally:
            _seen.clear()


def folder_that_is_there(path: str) -> str:
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def is_inside(place: str, roots: list[str]) -> bool:
    real = os.path.realpath(place) + os.sep
    return any(real.startswith(os.path.realpath(root) + os.sep) for root in roots)


def assert_nothing_else_is_looked_at(*paths: Path) -> None:
    collect(paths)  # imports
    with seen() as needed, switched_off():
        collect(paths)
    with seen() as taken:
        StateDigest().given(paths)
    roots = [os.path.abspath(each if each.is_dir() else each.parent) for each in paths]
    listed = {os.path.realpath(each) for each in taken.listed}
    known = {os.path.realpath(each) for each in taken.opened | taken.asked}
    for place in needed.opened:
        if is_inside(place, roots):
            assert os.path.realpath(place) in known
    # What is not there yet is told by the names in the folder that would hold it.
    for place in needed.listed:
        assert os.path.realpath(folder_that_is_there(place)) in listed
    for place in needed.asked - taken.asked:
        folder = os.path.realpath(folder_that_is_there(os.path.dirname(place)))
        if is_inside(folder, roots):  # else the answer is not used
            assert folder in listed


@pytest.mark.parametrize("root", [*FIXTURES, *FOLDERS], ids=lambda each: each.name)
def test_it_takes_in_all_that_real_logs_make_a_check_look_at(root: Path) -> None:
    if root.is_dir() and root.name != "generate":
        assert_nothing_else_is_looked_at(root)


def test_it_takes_in_all_of_a_hostile_tree(tmp_path: Path) -> None:
    for make in (make_good, make_bad, make_names):
        make(tmp_path / "logs")
    assert_nothing_else_is_looked_at(tmp_path / "logs")


def test_it_takes_in_what_links_lead_to_and_nothing_outside(tmp_path: Path) -> None:
    root, secret = tmp_path / "logs", tmp_path / "secret"
    put_secrets(secret)
    lay_links(root, secret)
    (root / "inside").symlink_to("zoo")
    (root / "tables/c.csv").symlink_to("../hydra/metrics.csv")
    put(root / ".hidden" / EVENTS, b"")
    put(root / "environment/pyvenv.cfg", "")
    put(root / "environment" / EVENTS, b"")
    assert_nothing_else_is_looked_at(root)
    assert_nothing_else_is_looked_at(root / "hf/trainer_state.json", root / "wandb")
    with seen() as taken:
        StateDigest().given([root])
    touched = {os.path.realpath(each) for each in taken.opened | taken.listed}
    assert not [each for each in touched if each.startswith(str(secret))]


NAMES = st.sampled_from(["a", "b", ".hydra", ".git", "runs", "wandb", "checkpoint-1"])
FILES = st.sampled_from(["log.csv", "config.json", "x", EVENTS, "README.md", "pyvenv"])
TREES = st.dictionaries(
    st.tuples(st.lists(NAMES, max_size=3).map(tuple), FILES),
    st.binary(max_size=40),
    min_size=1,
    max_size=8,
)


def lay(root: Path, tree: dict[Any, bytes]) -> None:
    root.mkdir()
    for (folders, name), content in tree.items():
        put(root.joinpath(*folders, name), content)


def state(root: Path) -> bytes:
    found = StateDigest()
    found.given([root])
    return found.digest()


def test_a_file_is_known_by_more_than_its_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times may be coarse: short files are read, and both ends of long ones."""
    monkeypatch.setattr(states, "stamp_of", lambda found: found.st_size)
    for name in ("log.csv", "config.json"):
        put(tmp_path / name, "a" * 100_000)
    seen = {state(tmp_path)}
    for name, at in (("log.csv", 0), ("log.csv", -1), ("config.json", 50_000)):
        content = bytearray((tmp_path / name).read_bytes())
        content[at] = ord("b")
        (tmp_path / name).write_bytes(content)
        seen.add(state(tmp_path))
    assert len(seen) == 4


@settings(max_examples=150, deadline=None)
@given(tree=TREES, data=st.data())
def test_any_one_change_is_another_state(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[Any, bytes], data: Any
) -> None:
    root = tmp_path_factory.mktemp("any") / "logs"
    lay(root, tree)
    before = state(root)
    assert state(root) == before
    folders, name = data.draw(st.sampled_from(sorted(tree)))
    path = root.joinpath(*folders, name)
    passed_over = ".git" in folders  # but for its names, and event files in it
    change = data.draw(st.sampled_from(["byte", "longer", "gone", "renamed", "new"]))
    if change == "byte" and tree[folders, name]:
        content = tree[folders, name]
        found = path.stat()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    elif change in ("byte", "longer"):
        path.write_bytes(tree[folders, name] + b"x")
    elif change == "gone":
        path.unlink()
    elif change == "renamed":
        path.rename(path.with_name("renamed"))
    else:
        put(path.with_name("new"), b"")
    inside = folders and folders[-1] == ".git" and folders.count(".git") == 1
    if not passed_over or (inside and change not in ("byte", "longer")):
        assert state(root) != before

"""Kept readings: the same as those of the files, and never more than these."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from event_bytes import scalar
from event_bytes import write as write_events
from test_hostile_tree import EVENTS, RUN, make_bad, make_good, make_names, put
from wandb_bytes import framed, history, run

from advisor.cli import main
from advisor.loaders import collect as collecting
from advisor.loaders.cache import folder as places
from advisor.loaders.cache import store
from advisor.loaders.cache.entry import HIGHEST, MAGIC, Reading, checksum
from advisor.loaders.cache.folder import Folder, switched_off
from advisor.loaders.cache.store import Cache, open_cache
from advisor.loaders.collect import collect
from advisor.model.curve import Curve
from advisor.model.log import Declaration, Logs, TrialLog

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = sorted(each for each in (ROOT / "fixtures").iterdir() if each.is_dir())
LOGS = ROOT / "../shared/logs"
FOLDERS = sorted(LOGS.iterdir()) if LOGS.is_dir() else []
CSV = "epoch,loss\n" + "".join(f"{i},{1 / (i + 1)}\n" for i in range(50))


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the test's own, which takes files that were written just now."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(places.VARIABLE, str(place))
        patch.setattr(places, "SETTLED", 0)
        yield place / "readings"


def told(value: Any) -> Any:
    """Everything in it, to the last bit, in the order that it has."""
    if isinstance(value, Curve):
        arrays = (value.steps, value.values, value.wall_times)
        given = [each for each in arrays if each is not None]
        return value.axis, [(each.dtype, each.tobytes()) for each in given]
    if isinstance(value, TrialLog | Declaration | Logs):
        return [told(getattr(value, name)) for name in value.__slots__]
    if isinstance(value, tuple | list):
        return [told(each) for each in value]
    if hasattr(value, "items"):
        return [(told(key), told(each)) for key, each in value.items()]
    return (type(value).__name__, repr(value))


class Count:
    """How many files were read by a loader, and how many taken from the cache."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[Path] = []
        original = collecting._Collection._read

        def read(collection: Any, claim: Any) -> Any:
            self.read.append(claim.path)
            return original(collection, claim)

        monkeypatch.setattr(collecting._Collection, "_read", read)

    def names(self) -> list[str]:
        names = sorted(path.name for path in self.read)
        self.read.clear()
        return names


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Count:
    return Count(monkeypatch)


def assert_the_same(root: Path, count: Count) -> None:
    with switched_off():
        plain = told(collect([root]))
    count.names()
    first = told(collect([root]))
    read = count.names()
    again = told(collect([root]))
    assert plain == first == again
    assert read
    assert count.names() == []


@pytest.mark.parametrize("root", [*FIXTURES, *FOLDERS], ids=lambda each: each.name)
def test_what_is_kept_is_what_was_read(root: Path, count: Count) -> None:
    if root.is_dir() and root.name != "generate":
        assert_the_same(root, count)


def test_hostile_logs_are_kept_too(tmp_path: Path) -> None:
    for make in (make_good, make_bad, make_names):
        make(tmp_path)
    with switched_off():
        plain = told(collect([tmp_path]))
    assert plain == told(collect([tmp_path])) == told(collect([tmp_path]))


def test_reports_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    def report(*more: str) -> str:
        place = tmp_path / "report.md"
        words = ["check", str(ROOT / "fixtures/trainer-sweep"), "--exit-zero", *more]
        words += ["--no-plots", "--output", str(place)]
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        return result.output + place.read_text("utf-8")

    plain = report("--no-cache")
    assert plain == report() == report()


# Changes.


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


# Damage and malice.


def entries(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_file())


def test_damaged_entries_are_ignored_and_written_again(
    tmp_path: Path, folder: Path, count: Count
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    plain = told(collect([tmp_path]))
    (entry,) = entries(folder)
    whole = entry.read_bytes()
    rng = np.random.default_rng(0)
    places = [0, 8, 23, 24, 31, 32, len(whole) - 1, *rng.integers(0, len(whole), 60)]
    damaged = [whole[:place] for place in places]
    for place in places:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        damaged.append(bytes(flipped))
    for content in [*damaged, b"", whole + b"12345678", b"\0" * len(whole)]:
        count.names()
        entry.write_bytes(content)
        assert told(collect([tmp_path])) == plain
        assert count.names() == ["log.csv"]
        assert entry.read_bytes() == whole


def forged(whole: bytes, change: Any) -> bytes:
    """An entry with another text, whose checksum is right."""
    body = whole[len(MAGIC) + 16 :]
    end = 8 + int.from_bytes(body[:8], "little")
    data = msgspec.msgpack.decode(body[8:end])
    change(data)
    text = msgspec.msgpack.encode(data)
    text = len(text).to_bytes(8, "little") + text
    text += bytes(-len(text) % 8)
    body = text + body[end + -end % 8 :]
    return MAGIC + checksum(body) + body


STAMP = "surroundings.stamp"
PART, CURVE = 5, 6  # positions in an entry, and in a trial
FORGERIES = {
    "a path above": lambda e: e[PART][0].__setitem__(1, [0, b"../../etc"]),
    "an absolute path": lambda e: e[PART][0].__setitem__(1, [0, b"/etc"]),
    "a path too high": lambda e: e[PART][0].__setitem__(1, [99, b""]),
    "a path above the root": lambda e: e[PART][0].__setitem__(1, [HIGHEST - 1, b""]),
    "a negative path": lambda e: e[PART][0].__setitem__(1, [-2, b""]),
    "numbers beyond the end": lambda e: e[PART][0][CURVE][0].__setitem__(3, 10**6),
    "a count beyond the end": lambda e: e[PART][0][CURVE][0].__setitem__(2, 2**62),
    "a negative start": lambda e: e[PART][0][CURVE][0].__setitem__(3, -1),
    "an unknown question": lambda e: e[4].append(["os.system", ["touch x"], b""]),
    "a question about nothing": lambda e: e[4].append([STAMP, [], b""]),
    "an object as a setting": lambda e: e[PART][0].__setitem__(8, {"a": [[[[1]]]]}),
    "another key": lambda e: e.__setitem__(0, b"other"),
    "more than is known": lambda e: e.append(1),
    "an unknown kind of part": lambda e: e[PART][0].__setitem__(0, 7),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_entries_are_ignored(
    tmp_path: Path, folder: Path, count: Count, name: str
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    plain = told(collect([tmp_path]))
    (entry,) = entries(folder)
    whole = entry.read_bytes()
    entry.write_bytes(forged(whole, lambda data: None))
    count.names()
    assert told(collect([tmp_path])) == plain
    assert count.names() == []
    entry.write_bytes(forged(whole, FORGERIES[name]))
    assert told(collect([tmp_path])) == plain
    assert count.names() == ["log.csv"]


def test_an_entry_that_is_no_file_is_not_opened(tmp_path: Path, folder: Path) -> None:
    put(tmp_path / "a/log.csv", CSV)
    plain = told(collect([tmp_path]))
    (entry,) = entries(folder)
    secret = tmp_path / "secret"
    secret.write_bytes(entry.read_bytes())
    for make in (
        lambda: os.mkfifo(entry),
        lambda: entry.symlink_to(secret),
        lambda: entry.mkdir(),
    ):
        entry.unlink()
        make()
        assert told(collect([tmp_path])) == plain
    assert secret.exists()


# The folder.


def test_never_among_the_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "logs/a/log.csv", CSV)
    for place in (tmp_path / "logs/.cache", tmp_path / "logs"):
        monkeypatch.setenv(places.VARIABLE, str(place))
        assert open_cache([tmp_path / "logs"]) is None
        collect([tmp_path / "logs"])
    assert not (tmp_path / "logs/.cache").exists()
    monkeypatch.setenv(places.VARIABLE, str(tmp_path / "beside"))
    assert open_cache([tmp_path / "logs"]) is not None


def test_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(places.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    found = open_cache([])
    assert found is not None
    assert found.folder.place == tmp_path / "xdg/advisor/readings"
    assert found.folder.place.stat().st_mode & 0o777 == 0o700
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = open_cache([])
    assert found is not None
    assert found.folder.place == tmp_path / ".cache/advisor/readings"


def test_a_folder_that_others_may_write_to_is_not_used(
    tmp_path: Path, folder: Path, count: Count
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    collect([tmp_path])
    assert not entries(folder)


def test_what_cannot_be_written_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a/log.csv", CSV)
    (tmp_path / "file").touch()
    monkeypatch.setenv(places.VARIABLE, str(tmp_path / "file"))
    assert len(collect([tmp_path]).trials) == 1


def test_no_cache_keeps_nothing(tmp_path: Path, folder: Path) -> None:
    put(tmp_path / "a/log.csv", CSV)
    arguments = ["inspect", str(tmp_path), "--no-cache"]
    CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert not folder.exists()
    CliRunner().invoke(main, arguments[:-1], catch_exceptions=False)
    assert len(entries(folder)) == 1


def test_what_was_not_used_for_longest_goes_first(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(20):
        put(tmp_path / f"{i}/log.csv", CSV)
    collect([tmp_path])
    old = entries(folder)
    for i, entry in enumerate(old):
        os.utime(entry, (1e9 + i, 1e9 + i))
    monkeypatch.setattr(places, "LIMIT", 10 * 4096)
    put(tmp_path / "new/log.csv", CSV)
    logs = collect([tmp_path / "new"])
    kept = set(entries(folder))
    assert len(kept) == 8
    assert kept >= set(old[-7:])
    assert len(logs.trials) == 1


def test_two_processes_at_once(tmp_path: Path) -> None:
    """Writing over each other all the time, neither ever reads half an entry."""
    for i in range(8):
        put(tmp_path / f"{i}/log.csv", CSV)
    code = (
        "import sys; from pathlib import Path\n"
        "from advisor.loaders.cache import folder\n"
        "from advisor.loaders.collect import collect\n"
        "folder.SETTLED = 0\n"
        "for turn in range(30):\n"
        "    logs = collect([Path(sys.argv[1])])\n"
        "    assert [t.points for t in logs.trials] == [50] * 8\n"
        "    for each in list(Path(sys.argv[2]).glob('*'))[turn % 2 :: 2]:\n"
        "        each.unlink(missing_ok=True)\n"
    )
    place = Path(os.environ[places.VARIABLE]) / "readings"
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", code, str(tmp_path), str(place)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert not [each for each in entries(place) if "." in each.name]


def test_what_an_entry_cannot_hold_is_not_kept(tmp_path: Path, folder: Path) -> None:
    put(tmp_path / "log.csv", CSV)
    folder.mkdir(parents=True)
    cache = Cache(Folder(folder))
    path, content = tmp_path / "log.csv", store.look(tmp_path / "log.csv")[1]
    for part in (
        TrialLog(tmp_path, "csv", (path,), configuration={"seed": 10**30}),
        TrialLog(Path("elsewhere"), "csv", (path,)),
        TrialLog(tmp_path, "csv", (path,), notes=("\ud800",)),
    ):
        cache.put(path, content, Reading("csv", (), (part,)))
        assert cache.get(path, content) is None
    cache.put(path, content, Reading("csv", (), (TrialLog(tmp_path, "csv", (path,)),)))
    assert cache.get(path, content) is not None

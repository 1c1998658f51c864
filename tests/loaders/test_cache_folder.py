"""Where readings are kept: a folder of the user's own, of bounded size."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from kept_readings import CSV, ROOT, Count, entries
from test_hostile_tree import put

from advisor.cli import main
from advisor.loaders.cache import folder as places
from advisor.loaders.cache import store
from advisor.loaders.cache.entry import Reading
from advisor.loaders.cache.folder import Folder
from advisor.loaders.cache.store import Cache, open_cache
from advisor.loaders.collect import collect
from advisor.model.log import TrialLog

pytestmark = pytest.mark.usefixtures("folder")


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

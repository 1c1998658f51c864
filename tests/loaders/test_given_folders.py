"""`advisor check` opens nothing outside the given folder, and starts nothing.

Watched by an audit hook in a process of its own, over a tree full of links that lead
out of it, from every place at which a loader looks at other files than the log itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from event_bytes import scalar
from event_bytes import write as write_events
from test_hostile_tree import CSV, EVENTS, make_bad, make_good, make_names, put
from wandb_bytes import framed, history, run

ROOT = Path(__file__).resolve().parents[2]
SECRET = "hunter2"
FILES = ("open", "os.listdir", "os.scandir")
WATCH = """
import json, os, sys

events = []

def told(value):
    return os.fsdecode(value) if isinstance(value, (str, bytes)) else repr(value)

def note(name, arguments):
    if name in ("open", "os.listdir", "os.scandir"):
        events.append((name, told(arguments[0])))
    elif name.partition(".")[0] in ("socket", "subprocess", "pty", "ftplib", "smtplib"):
        events.append((name, repr(arguments)))
    elif name in STARTS:
        events.append((name, repr(arguments)))

STARTS = {"os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.forkpty",
          "os.startfile", "pickle.find_class", "sqlite3.connect", "urllib.Request"}
sys.addaudithook(note)
from advisor.cli import main
try:
    main(sys.argv[2:])
finally:
    with open(sys.argv[1], "w") as file:
        json.dump(events, file)
"""


class Watched(NamedTuple):
    """What happened, and what was said."""

    events: list[tuple[str, str]]
    said: str


def watch(folder: Path, *arguments: str) -> Watched:
    """`advisor` with `arguments`, where the user stands in `folder`."""
    put(folder / "advisor.yaml", "objective: {metric: loss, goal: minimize}\n")
    script = folder / "watch.py"
    script.write_text(WATCH)
    done = subprocess.run(
        [sys.executable, "-P", str(script), str(folder / "events.json"), *arguments],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ADVISOR_CACHE": str(folder / "cache"),
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = json.loads((folder / "events.json").read_text())
    return Watched(
        [
            (name, os.path.join(folder, about) if name in FILES else about)
            for name, about in events
        ],
        done.stdout + done.stderr,
    )


def outside(watched: Watched, *allowed: Path) -> Iterator[tuple[str, str]]:
    """Events about other places than the package, its libraries and `allowed`."""
    own = [ROOT / "advisor", ROOT / "rules", *allowed]
    places = [os.path.realpath(each) for each in own]
    places += [sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", "/etc/localtime"]
    places += ["/proc/self", "/dev/null", os.environ["MPLCONFIGDIR"]]
    for name, path in watched.events:
        if name not in FILES:
            yield name, path
        elif not Path(path).name.isdecimal():  # a file that is open already
            real = os.path.realpath(path)
            searched = name == "os.listdir" and path in sys.path  # for modules
            inside = any(real == p or real.startswith(p + os.sep) for p in places)
            if not inside and not searched:
                yield name, path


def lay_links(root: Path, secret: Path) -> None:
    """Links out of `root` wherever a loader looks beside the log it reads."""
    deepcave = root / "deepcave"
    put(deepcave / "history.jsonl", "[0, 1.0, -1, [0.5], 0, 1, 1, {}]\n")
    put(deepcave / "configs.json", '{"0": {"lr": 0.1}}')
    (deepcave / "meta.json").symlink_to(secret / "meta.json")
    put(root / "bohb/results.json", '[[0, 0, 1], 1.0, {}, {"loss": 1}, null]\n')
    (root / "bohb/configs.json").symlink_to(secret / "configs.json")
    put(root / "hydra/metrics.csv", CSV)
    (root / "hydra/.hydra").symlink_to(secret)
    put(root / "zoo/a_1/0.monitor.csv", '#{"t_start": 1}\nr,l,t\n1,2,3\n2,3,4\n')
    (root / "zoo/a_1/a").symlink_to(secret)
    (root / "zoo/a_1/1.monitor.csv").symlink_to(secret / "1.monitor.csv")
    place = root / "wandb/run-20240101_000000-x"
    put(place / "run-x.wandb", framed(run(), history(1, loss=1)))
    (place / "files").symlink_to(secret)
    alone = root / "wandb/run-20240101_000001-y"
    put(alone / "wandb-summary.json", '{"loss": 1}')
    (alone / "files").symlink_to(secret)
    put(root / "tables/a.csv", CSV)
    (root / "tables/b.csv").symlink_to(secret / "b.csv")
    (root / "tables/a.yaml").symlink_to(secret / "config.yaml")
    put(root / "init2winit/measurements.csv", CSV)
    (root / "init2winit/meta_data.json").symlink_to(secret / "meta.json")
    put(root / "hf/trainer_state.json", '{"log_history": [{"step": 1, "loss": 1}]}')
    (root / "hf/README.md").symlink_to(secret / "README.md")
    (root / "hf/all_results.json").symlink_to(secret / "meta.json")
    (root / "hf/runs").symlink_to(secret)
    sessions = root / "sessions"
    write_events(sessions / EVENTS, *(scalar(i, "loss", i) for i in range(9)))
    for name in ("one", "two"):
        write_events(sessions / name / EVENTS, scalar(1, "x", 1))
    (sessions / "one" / f"{EVENTS}.1").symlink_to(secret / EVENTS)


def put_secrets(secret: Path) -> None:
    put(
        secret / "meta.json",
        json.dumps({"objectives": [{"name": SECRET}], "a": SECRET}),
    )
    put(secret / "configs.json", f'[[0, 0, 1], {{"{SECRET}": 1}}, {{}}]\n')
    put(secret / "config.yaml", f"{SECRET}: {SECRET}\n")
    put(secret / "config.yml", f"{SECRET}: {SECRET}\n")
    put(secret / "1.monitor.csv", f'#{{"env_id": "{SECRET}"}}\nr,l,t\n1,2,3\n')
    put(secret / "b.csv", f"step,{SECRET}\n1,2\n")
    put(
        secret / "README.md",
        f"The following hyperparameters were used during training:\n- {SECRET}: 1\n",
    )
    write_events(secret / EVENTS, scalar(1, SECRET, 1))


@pytest.fixture(autouse=True, scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The list of fonts that matplotlib makes once on a machine, with `fc-list`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", str(tmp_path_factory.mktemp("matplotlib")))
        command = [sys.executable, "-P", "-c", "import matplotlib.font_manager"]
        subprocess.run(command, check=True, timeout=120)
        yield


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Logs full of links, and what they lead to."""
    root, secret = tmp_path / "project" / "logs", tmp_path / "secret"
    put_secrets(secret)
    lay_links(root, secret)
    # Found where the user stands: TeX would be started, and reads what a name tells it.
    put(root.parent / "matplotlibrc", "text.usetex: True\nbackend: module://owned\n")
    return root, secret


COMMANDS: list[tuple[str, ...]] = [
    ("check", "--exit-zero", "-o", "out/report.md", "-o", "sarif=out/x.sarif"),
    ("inspect",),
    ("suggest", "--output", "out"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
def test_links_out_of_the_folder_are_not_followed(
    places: tuple[Path, Path], command: tuple[str, ...]
) -> None:
    project = places[0].parent
    watched = watch(project, command[0], "logs", *command[1:])
    assert not list(outside(watched, project))
    assert SECRET not in watched.said
    for path in (project / "out").rglob("*.*"):
        assert path.suffix == ".png" or SECRET not in path.read_text("utf-8")


def test_nothing_is_started_and_nobody_is_asked(tmp_path: Path) -> None:
    """The tree of everything hostile: only files are opened, only in their folder."""
    root = tmp_path / "logs"
    for make in (make_good, make_bad, make_names):
        make(root)
    put(root / "training_args.bin", b"\x80\x04cos\nsystem\n(S'touch owned'\ntR.")
    put(root / "t/optimizer.pkl", b"cos\nsystem\n(S'touch owned'\ntR.")
    put(root / "t/metrics.csv", CSV)
    watched = watch(tmp_path, "check", "logs", "--exit-zero", "-o", "out/report.md")
    assert not list(outside(watched, tmp_path))
    opened = {Path(path).name for name, path in watched.events if name == "open"}
    assert "metrics.csv" in opened
    assert not (tmp_path / "owned").exists()


def test_a_comparison_opens_nothing_else_and_starts_nothing(tmp_path: Path) -> None:
    project, secret = tmp_path / "project", tmp_path / "secret"
    put_secrets(secret)
    for side, best in (("new", 1), ("old", 2)):
        for seed in range(3):
            folder = project / side / f"seed-{seed}"
            rows = [f"{i},{best + 1 / (i + 1) + 0.01 * seed}\n" for i in range(20)]
            put(folder / "training.csv", "".join(["epoch,val_loss\n", *rows]))
            put(folder / "optimizer.pkl", b"cos\nsystem\n(S'touch owned'\ntR.")
            (folder / "config.yaml").symlink_to(secret / "config.yaml")
            (folder / ".hydra").symlink_to(secret)
    watched = watch(
        *(project, "compare", "new", "--against", "old", "--exit-zero"),
        *("-o", "out/a.md", "-o", "comment=out/b.md", "-o", "step-summary=out/c.md"),
    )
    assert not list(outside(watched, project))
    assert SECRET not in watched.said
    assert watched.said.startswith("adopt: ")
    assert {each.name for each in (project / "out").iterdir()} == {
        "a.md",
        "b.md",
        "c.md",
    }
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.parametrize("below", ["train", "runs/a", "files", "checkpoint-5"])
def test_folders_above_and_beside_the_given_one_are_left_alone(
    tmp_path: Path, below: str
) -> None:
    """A folder that looks like a part of a trial says nothing of what is above."""
    project, above = tmp_path / "project", tmp_path / "project/above"
    project.mkdir()
    put_secrets(above)
    put(above / "trainer_state.json", '{"log_history": [{"step": 1, "x": 1}]}')
    write_events(above / "beside" / EVENTS, scalar(1, SECRET, 1))
    given = above / below
    write_events(given / EVENTS, *(scalar(i, "loss", i) for i in range(9)))
    put(given / "trainer_state.json", '{"log_history": [{"step": 1, "loss": 1}]}')
    watched = watch(project, "check", str(given), "--exit-zero")
    own = ("cache", "events.json", "advisor.yaml")
    assert not list(outside(watched, given, *map(project.joinpath, own)))
    assert SECRET not in watched.said


def test_the_hook_sees_what_it_should(tmp_path: Path) -> None:
    put(tmp_path / "logs/log.csv", CSV)
    put(tmp_path / "elsewhere/log.csv", CSV)
    watched = watch(tmp_path, "check", "elsewhere", "--exit-zero")
    found: list[Any] = list(outside(watched, tmp_path / "logs"))
    assert any(path.endswith("elsewhere/log.csv") for _, path in found)

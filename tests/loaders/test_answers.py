"""Kept answers: the bytes of a check that reads everything, and never a stale one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from event_bytes import scalar
from event_bytes import write as write_events
from example_rule import GOOD as RULE
from test_hostile_tree import EVENTS, RUN, put
from wandb_bytes import framed, history, run

from advisor import cli_answer, pipeline
from advisor.cli import main
from advisor.loaders.cache import answer as answers
from advisor.loaders.cache import folder as places
from advisor.loaders.cache.folder import Folder, digest

ROOT = Path(__file__).resolve().parents[2]
CSV = "epoch,loss,val_loss\n" + "".join(
    f"{i},{1 / (i + 1)},{1 / (i + 2)}\n" for i in range(30)
)
YAML = """\
objective: {metric: val_loss, goal: minimize}
rules: {folders: [our-rules]}
"""
COMMAND = (
    *("check", "logs", "--exit-zero", "--baseline", "known.json"),
    *("-o", "out/report.md", "-o", "json=out/report.json", "-o", "out/more=1.md"),
)
QUICK = (*COMMAND, "--no-plots")
BASELINE = '{"version": 1, "findings": []}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user stands: logs, a configuration, a rule of the user's own."""
    project = tmp_path / "project"
    for i in range(3):
        put(project / f"logs/t{i}/log.csv", CSV)
        put(project / f"logs/t{i}/config.json", f'{{"lr": 0.{i + 1}}}')
    events = [scalar(i, "val_loss", 1 / (i + 1)) for i in range(30)]
    write_events(project / "logs/e" / EVENTS, *events)
    put(project / "elsewhere/log.csv", CSV)
    put(project / "logs/linked/.hidden/original", CSV)
    (project / "logs/linked/log.csv").symlink_to(".hidden/original")
    put(project / "advisor.yaml", YAML)
    put(project / "our-rules/example.yaml", RULE)
    put(project / "known.json", BASELINE)
    monkeypatch.chdir(project)
    return project


@pytest.fixture(autouse=True)
def kept(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of entries; files that were written just now count as settled."""
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv(places.VARIABLE, str(place))
    monkeypatch.setattr(places, "SETTLED", 0)
    return place / "readings"


class Checks:
    """Runs commands, and says whether the logs were judged."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        original = pipeline.check

        def check(*given: Any) -> Any:
            self.count += 1
            return original(*given)

        monkeypatch.setattr(pipeline, "check", check)

    def __call__(self, *words: str) -> tuple[dict[str, bytes], bool]:
        """What was printed and written, and whether it was found out anew."""
        before = self.count
        shutil.rmtree("out", ignore_errors=True)
        result = CliRunner().invoke(main, list(words), catch_exceptions=False)
        said = {
            "text": result.stdout.encode(),
            "errors": result.stderr.encode(),
            "code": str(result.exit_code).encode(),
        }
        for path in sorted(Path("out").rglob("*")) if Path("out").is_dir() else ():
            if path.is_file():
                said[str(path)] = path.read_bytes()
        return said, self.count > before


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    return Checks(monkeypatch)


COMMANDS: dict[str, Sequence[str]] = {
    "everything": COMMAND,
    "text": ("check", "logs"),
    "failing": ("check", "logs", "--fail-on", "info"),
    "json": ("check", "logs", "--format", "json"),
    "github": ("check", "logs", "--format", "github", "--no-plots"),
    "one file": ("check", "logs/t0/log.csv", "elsewhere"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_second_answer_is_the_same_byte_for_byte(
    project: Path, checks: Checks, name: str
) -> None:
    command = COMMANDS[name]
    plain, judged = checks(*command, "--no-cache")
    assert judged
    first, judged = checks(*command)
    assert judged
    for _ in range(2):
        again, judged = checks(*command)
        assert not judged
        assert again == first == plain
    if name == "everything":
        assert len([each for each in first if each.endswith(".png")]) > 1
    assert first["code"] == (b"1" if name == "failing" else b"0")


# Everything that an answer depends on.


def replace_quietly(path: Path, old: str, new: str) -> None:
    """A change that leaves size and time as they were."""
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def move(path: Path, to: Path) -> None:
    path.rename(to)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte of a log": lambda p: replace_quietly(p / "logs/t0/log.csv", "0,1", "0,9"),
    "a longer log": lambda p: append(p / "logs/t0/log.csv", "30,0.01,0.02\n"),
    "a new trial": lambda p: put(p / "logs/t9/log.csv", CSV),
    "a new empty file": lambda p: put(p / "logs/t0/note.txt", ""),
    "a new folder": lambda p: (p / "logs/wandb").mkdir(),
    "a deleted log": lambda p: (p / "logs/t0/log.csv").unlink(),
    "a renamed trial": lambda p: move(p / "logs/t0", p / "logs/u0"),
    "two logs swapped": lambda p: (
        move(p / "logs/t0", p / "logs/x"),
        move(p / "logs/t1", p / "logs/t0"),
        move(p / "logs/x", p / "logs/t1"),
    ),
    "an event file": lambda p: append(p / "logs/e" / EVENTS, "x"),
    "a configuration beside a log": lambda p: replace_quietly(
        p / "logs/t1/config.json", "0.2", "0.7"
    ),
    "a Hydra folder": lambda p: put(p / "logs/e/.hydra/config.yaml", "lr: 1\n"),
    "events in a hidden folder": lambda p: put(p / "logs/.old" / EVENTS, b""),
    "what a link leads to": lambda p: replace_quietly(
        p / "logs/linked/.hidden/original", "0,1", "0,9"
    ),
    "where a link leads": lambda p: (
        (p / "logs/linked/log.csv").unlink(),
        (p / "logs/linked/log.csv").symlink_to("../t0/log.csv"),
    ),
    "a log that cannot be read": lambda p: (p / "logs/t0/log.csv").chmod(0),
    "the configuration": lambda p: append(p / "advisor.yaml", "ignore: [t0]\n"),
    "a nearer configuration": lambda p: put(p / "logs/advisor.yaml", "ignore: [t0]\n"),
    "no configuration": lambda p: (p / "advisor.yaml").unlink(),
    "a table in pyproject.toml": lambda p: put(
        p / "logs/pyproject.toml", '[tool.advisor]\nignore = ["t0"]\n'
    ),
    "a configuration further up": lambda p: put(p.parent / "advisor.yaml", "{}\n"),
    "a repository": lambda p: (p / ".git").mkdir(),
    "a rule": lambda p: replace_quietly(
        p / "our-rules/example.yaml", "value: 10", "value: 99"
    ),
    "another rule": lambda p: put(
        p / "our-rules/below/other.yaml", RULE.replace("id: example", "id: other")
    ),
    "the baseline": lambda p: put(p / "known.json", BASELINE + "\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_noticed(project: Path, checks: Checks, name: str) -> None:
    checks(*QUICK)
    assert not checks(*QUICK)[1]
    CHANGES[name](project)
    after, judged = checks(*QUICK)
    assert judged
    assert after == checks(*QUICK, "--no-cache")[0]
    again, judged = checks(*QUICK)
    assert not judged
    assert again == after


OPTIONS: tuple[tuple[str, ...], ...] = (
    ("--format", "json"),
    ("--fail-on", "info"),
    ("--plots",),
    ("--config", "advisor.yaml"),
    ("-o", "out/other.md"),
    ("elsewhere",),
)


@pytest.mark.parametrize("more", OPTIONS, ids=lambda each: each[0])
def test_every_option_is_part_of_the_question(
    project: Path, checks: Checks, more: tuple[str, ...]
) -> None:
    checks(*QUICK)
    assert checks(*QUICK, *more)[1]
    assert not checks(*QUICK, *more)[1]
    assert not checks(*QUICK)[1]


def next_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tomorrow = cli_answer.time.time() + 86_400
    monkeypatch.setattr(cli_answer.time, "time", lambda: tomorrow)


def other_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "installed/numpy-9.9.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "installed")


def newer_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "packages/x-1.dist-info"
    old.rename(tmp_path / "packages/x-2.dist-info")


def other_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(tmp_path / "advisor/cli.py", "changed")


def another_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree("../project", "../copy", symlinks=True)
    monkeypatch.chdir("../copy")


SURROUNDINGS: dict[str, Callable[[pytest.MonkeyPatch, Path], None]] = {
    "the day": next_day,
    "another path of libraries": other_library,
    "a newer library": newer_library,
    "the code": other_code,
    "the working directory": another_place,
    "colours": lambda m, _: m.setattr("advisor.cli.has_color", lambda: True),
    "the time zone": lambda m, _: m.setenv("TZ", "Asia/Tokyo"),
    "the language": lambda m, _: m.setenv("LC_ALL", "tr_TR.UTF-8"),
    "how sums are split": lambda m, _: m.setenv("OMP_NUM_THREADS", "1"),
    "a flag of Python": lambda m, _: m.setattr(sys, "warnoptions", ["error"]),
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_the_program_and_its_surroundings_count(
    project: Path,
    checks: Checks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    put(tmp_path / "advisor/cli.py", "original")
    monkeypatch.setattr(cli_answer.advisor, "__file__", f"{tmp_path}/advisor/x.py")
    (tmp_path / "packages/x-1.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "packages"), *sys.path])
    checks(*QUICK)
    assert not checks(*QUICK)[1]
    SURROUNDINGS[name](monkeypatch, tmp_path)
    assert checks(*QUICK)[1]
    assert not checks(*QUICK)[1]


def test_what_does_not_matter_is_no_change(
    project: Path, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks(*QUICK)
    monkeypatch.setenv("COLUMNS", "40")  # reports are of one width
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    put(project / "unrelated.txt", "x")
    assert not checks(*QUICK)[1]


def test_configurations_are_looked_for_under_their_names() -> None:
    from advisor.interpret import configuration, configuration_file

    names = (configuration.FILE_NAME, configuration_file._PYPROJECT)
    assert names == cli_answer.CONFIGURATIONS


# What is not kept.


def test_reports_among_the_logs_are_kept_once_they_stay_the_same(
    project: Path, checks: Checks
) -> None:
    command = (
        "check",
        "logs",
        "--exit-zero",
        "-o",
        "logs/r.md",
        "-o",
        "json=logs/r.json",
    )
    told = [checks(*command) for _ in range(4)]
    assert [judged for _, judged in told] == [True, True, False, False]
    assert told[0][0] == told[3][0]
    append(project / "logs/r.json", "\n")
    assert checks(*command)[1]


def test_a_log_that_may_still_change_is_judged_again(
    project: Path, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SETTLED", 2 * 10**9)
    assert [checks(*QUICK)[1] for _ in range(2)] == [True, True]


def test_a_trial_that_runs_is_judged_again(
    project: Path, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advisor.loaders import wandb_run

    records = [history(i, loss=i, _timestamp=1e9) for i in range(9)]
    put(project / "logs" / RUN.format("x"), framed(run(), *records))
    monkeypatch.setattr(wandb_run, "_HEARTBEAT", 1e12)
    assert [checks(*QUICK)[1] for _ in range(3)] == [True] * 3
    monkeypatch.setattr(wandb_run, "_HEARTBEAT", 300)
    assert [checks(*QUICK)[1] for _ in range(2)] == [True, False]


def test_what_changes_during_a_check_is_judged_again(
    project: Path, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pipeline.check

    def check(*given: Any) -> Any:
        checked = original(*given)
        put(project / "logs/t8/log.csv", CSV)
        return checked

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "check", check)
        checks("check", "logs", "--exit-zero")
    assert checks("check", "logs", "--exit-zero")[1]


def test_an_answer_with_warnings_is_not_kept(
    project: Path, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pipeline.check

    def check(*given: Any) -> Any:
        print("look here", file=sys.stderr)
        return original(*given)

    monkeypatch.setattr(pipeline, "check", check)
    assert [checks("check", "logs")[0]["errors"] for _ in range(2)] == [
        b"look here\n"
    ] * 2


def test_errors_are_not_kept(project: Path, checks: Checks) -> None:
    put(project / "advisor.yaml", "unknown: 1\n")
    for _ in range(2):
        said, _ = checks("check", "logs")
        assert said["code"] == b"2"
        assert b"unknown" in said["errors"]


def test_no_cache_keeps_nothing(project: Path, checks: Checks, kept: Path) -> None:
    assert [checks(*QUICK, "--no-cache")[1] for _ in range(2)] == [True, True]
    assert not kept.exists()
    checks(*QUICK)
    assert checks(*QUICK, "--no-cache")[1]


@pytest.mark.parametrize("paths", [("logs", "logs/t0"), ("elsewhere/log.csv",)])
def test_where_too_much_would_have_to_be_looked_at(
    project: Path, checks: Checks, paths: tuple[str, ...]
) -> None:
    for i in range(1100):
        put(project / f"elsewhere/{i}.txt", "")
    assert [checks("check", *paths, "--exit-zero")[1] for _ in range(2)] == [True] * 2


# Damage and malice.


def entry_of_answer(kept: Path) -> Path:
    (entry,) = (each for each in kept.iterdir() if b"advisorA" in each.read_bytes()[:8])
    return entry


def test_damaged_answers_are_found_anew(
    project: Path, checks: Checks, kept: Path
) -> None:
    command = ("check", "logs", "--exit-zero", "--format", "json")
    plain, _ = checks(*command)
    entry = entry_of_answer(kept)
    whole = entry.read_bytes()
    damaged = [whole[:place] for place in (0, 7, 20, 30, len(whole) - 1)]
    for place in (0, 8, 24, 33, 60, len(whole) // 2, len(whole) - 1):
        flipped = bytearray(whole)
        flipped[place] ^= 4
        damaged.append(bytes(flipped))
    for content in [*damaged, whole + b"x", b"\xff" * 100]:
        entry.write_bytes(content)
        assert checks(*command) == (plain, True)
        assert entry.read_bytes() == whole
    entry.unlink()
    os.mkfifo(entry)
    assert checks(*command) == (plain, True)


def forged(*parts: bytes) -> bytes:
    body = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    return answers.MAGIC + digest(body) + body


ZERO, ONE = bytes(8), (1).to_bytes(8, "little")
QUESTION = digest(b"keystate")
FORGERIES = {
    "another question": (digest(b"other"), ZERO, b"text"),
    "a path elsewhere": (QUESTION, ZERO, b"", ZERO, ZERO, b"../../x.png", b"x"),
    "an absolute path": (QUESTION, ZERO, b"", ZERO, ZERO, b"/etc/x.png", b"x"),
    "a script beside": (QUESTION, ZERO, b"", ZERO, ZERO, b"x.sh", b"x"),
    "no such output": (QUESTION, ZERO, b"", ONE, ZERO, b"", b"x"),
    "an output far away": (QUESTION, ZERO, b"", b"\xff" * 99, ZERO, b"", b"x"),
    "escapes": (QUESTION, ZERO, b"\x1b]0;owned\x07"),
    "a cleared screen": (QUESTION, ZERO, b"\x1b[2J"),
    "bidirectional text": (QUESTION, ZERO, "\u202e".encode()),
    "a command to CI": (QUESTION, ZERO, b"ok\n##vso[task.setvariable]x"),
    "no text": (QUESTION, ZERO, b"\xff\xfe"),
    "another exit code": (QUESTION, (7).to_bytes(8, "little"), b""),
    "half a file": (QUESTION, ZERO, b"", ZERO, ZERO, b""),
    "nothing": (),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_answers_are_ignored(tmp_path: Path, name: str) -> None:
    folder, outputs = Folder(tmp_path), [Path("out/report.md")]
    parts = (QUESTION, ONE, b"\x1b[1;31mred\x1b[0m\n", ZERO, ONE, b"1-a.png", b"x")
    for content, good in ((parts, True), (FORGERIES[name], False)):
        folder.write(b"key", forged(*content))
        found = answers.get(folder, b"key", b"state", outputs)
        assert (found is not None) == good
        if found is not None:
            written = (Path("out/report_files/1-a.png"), b"x", True)
            assert found == ("\x1b[1;31mred\x1b[0m\n", 1, (written,))


def test_what_an_answer_cannot_hold_is_not_kept(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for answer in (
        answers.Answer("\x1b[2J", 0),
        answers.Answer("", 0, (answers.Written(Path("elsewhere"), b""),)),
        answers.Answer("\ud800", 0),
    ):
        answers.put(folder, b"key", b"state", [Path("r.md")], answer)
    assert not list(tmp_path.iterdir())


# As a command.


def command(*words: str) -> list[str]:
    code = (
        "import sys\n"
        "from advisor.loaders.cache import folder\n"
        "from advisor.cli import main\n"
        "folder.SETTLED = 0\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "finally:\n"
        "    heavy = {'numpy', 'pandas', 'scipy', 'yaml', 'msgspec', 'rich'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    return [sys.executable, "-P", "-c", code, *words]


def test_a_second_check_loads_nothing_heavy(project: Path) -> None:
    put(project / "advisor.yaml", "objective: {metric: val_loss, goal: minimize}\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = [
        subprocess.run(
            command(*COMMAND),
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    ]
    assert told[0].stdout == told[1].stdout
    assert "numpy" in told[0].stderr
    assert told[1].stderr == "[]\n"


def test_two_processes_at_once(project: Path, kept: Path) -> None:
    """Over each other all the time, each says what it would say alone."""
    code = (
        "import sys; from pathlib import Path\n"
        "from click.testing import CliRunner\n"
        "from advisor.cli import main\n"
        "from advisor.loaders.cache import folder\n"
        "folder.SETTLED = 0\n"
        "said = set()\n"
        "for turn in range(12):\n"
        "    words = ['check', 'logs', '--exit-zero', '-o', f'json={sys.argv[1]}']\n"
        "    said.add(CliRunner().invoke(main, words, catch_exceptions=False).output)\n"
        "    said.add(Path(sys.argv[1]).read_text())\n"
        "    for each in list(Path(sys.argv[2]).glob('*'))[turn % 3 :: 3]:\n"
        "        each.unlink(missing_ok=True)\n"
        "assert len(said) == 2, said\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", code, f"../{name}.json", str(kept)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for process in processes:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
    reports = [(project.parent / f"{name}.json").read_bytes() for name in "ab"]
    assert reports[0] == reports[1]
    assert not [each for each in kept.iterdir() if "." in each.name]

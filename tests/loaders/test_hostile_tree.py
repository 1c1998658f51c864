"""One tree of everything that is broken or hostile: the good trials are untouched."""

from __future__ import annotations

import json
import os
import signal
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from event_bytes import scalar
from event_bytes import write as write_events
from wandb_bytes import BLOCK, framed, history, message, run, varint

from advisor.errors import Problem
from advisor.loaders.collect import collect
from advisor.model.log import Logs

EVENTS = "events.out.tfevents.1700000000.host.1.0"
RUN = "wandb/run-20240101_000000-{0}/run-{0}.wandb"
CSV = "step,loss\n1,0.5\n2,0.25\n3,0.125\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
ANSI = "\x1b[2J\x1b]0;owned\x07"
HTML = "<script>alert(1)</script>"
SECONDS = 120


def put(path: Path, content: str | bytes = CSV) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content)
    else:
        path.write_bytes(content)


def make_good(root: Path) -> None:
    put(root / "good/csv/log.csv")
    put(root / "good/csv/config.yaml", "lr: 0.1\n")
    write_events(
        root / "good/events" / EVENTS, *(scalar(i, "loss", i) for i in range(5))
    )
    put(
        root / "good" / RUN.format("a"),
        framed(run(), *(history(i, loss=i) for i in range(4))),
    )
    states = [{"step": i, "loss": i} for i in range(6)]
    put(root / "good/hf/trainer_state.json", json.dumps({"log_history": states}))


def make_bad(root: Path) -> None:
    path = root / "cut" / EVENTS
    write_events(path, *(scalar(i, "loss", i) for i in range(5)))
    path.write_bytes(path.read_bytes()[:-3])
    put(root / "length" / EVENTS, struct.pack("<QI", 1 << 63, 0) + b"x" * 100)
    put(root / "empty" / EVENTS, b"")
    put(root / "garbage" / EVENTS, os.urandom(5000))
    put(
        root / "wide/log.csv",
        ",".join(["x"] * 1_000_000) + "\n" + "1," * 999_999 + "1\n",
    )
    put(root / "binary/log.csv", b"\0\xff\xfe" * 4000)
    put(root / "bomb/log.csv")
    put(root / "bomb/config.yaml", BOMB)
    put(
        root / "bomb/sweep.yaml",
        f"method: random\nparameters:\n  lr: {{value: 1}}\n{BOMB}",
    )
    put(root / "deep/log.csv")
    put(root / "deep/config.json", '{"a":' * 100_000)
    put(root / "deep/hparams.yaml", "[" * 100_000)
    put(root / "digits/log.csv")
    put(root / "digits/config.json", '{"lr": ' + "9" * 100_000 + "}")
    put(
        root / RUN.format("cut"),
        framed(run(), history(1, loss=1), history(2, loss=2))[:-2],
    )
    inner = varint(2 << 3 | 2) + varint(1 << 63)
    put(root / RUN.format("length"), framed(run(), inner, history(1, loss=1)))
    put(
        root / RUN.format("zeros"),
        framed(run(), history(1, loss=1)) + b"\0" * 9 * BLOCK,
    )
    put(root / RUN.format("none"), b"PK\x03\x04 no such thing")
    deep = message(2, message(1, message(2, "x") + message(16, "[" * 100_000)))
    put(root / RUN.format("deep"), framed(deep, history(1, loss=1)))
    put(root / "hf/trainer_state.json", "[" * 100_000)
    put(root / "json/log.jsonl", '{"step": 1, "loss": 1}\n' * 3 + '{"a":' * 100_000)
    put(root / "json/history.json", "[" * 100_000)
    put(root / "configspace/configspace.json", '{"hyperparameters": ' + "[" * 100_000)
    put(root / "arrays/evaluations.npz", b"PK\x03\x04" + b"\xff" * 500)
    put(root / "space/tuning_search_space.json", '{"lr": {"min": 2, "max": 1}}')


def make_names(root: Path) -> None:
    put(root / ANSI / "log.csv")
    put(root / "a<b>&\"'|`" / "log.csv")
    put(root / "line\nbreak\u202eover" / "log.csv")
    put(root / os.fsdecode(b"latin-\xe9") / "log.csv")
    table = f"trial,lr,val_loss\n{ANSI},1,2\n{HTML},2,3\n=cmd(),3,4\n"
    put(root / "tables/trials.csv", table)
    put(
        root / RUN.format("name"),
        framed(run(display_name=ANSI + HTML, project=ANSI), history(1, **{ANSI: 1})),
    )


def make_special(root: Path) -> None:
    for name in ("log.csv", EVENTS, "config.yaml", "run-x.wandb"):
        (root / "pipes").mkdir(exist_ok=True)
        os.mkfifo(root / "pipes" / name)
    put(root / "pipe-beside/log.csv")
    os.mkfifo(root / "pipe-beside/config.yaml")
    put(root / RUN.format("pipe"), framed(run(), history(1, loss=1)))
    (root / RUN.format("pipe")).parent.joinpath("files").mkdir()
    os.mkfifo((root / RUN.format("pipe")).parent / "files/config.yaml")
    put(
        root / "hf-pipe/trainer_state.json", '{"log_history": [{"step": 1, "loss": 1}]}'
    )
    for name in ("README.md", "all_results.json"):
        os.mkfifo(root / "hf-pipe" / name)
    (root / "loop").mkdir()
    (root / "loop/again").symlink_to(root)
    (root / "loop/self").symlink_to("self")
    (root / "loop/secret.csv").symlink_to("/etc/passwd")
    (root / "loop/log.csv").symlink_to("/dev/zero")


@pytest.fixture
def alarm() -> Iterator[None]:
    """Ends a test that hangs."""
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)


@pytest.fixture
def logs(tmp_path: Path, alarm: None) -> Logs:
    make_good(tmp_path)
    make_bad(tmp_path)
    make_names(tmp_path)
    make_special(tmp_path)
    return collect([tmp_path])


def about(logs: Logs, *parts: str) -> list[Problem]:
    """Problems of the place `parts`."""
    root = logs.roots[0]
    place = root.joinpath(*parts)
    return [each for each in logs.problems if place in (each.path, *each.path.parents)]


def test_one_tree_of_everything(logs: Logs) -> None:
    found = {logs.name_of(trial): trial for trial in logs.trials}
    assert len(found) == len(logs.trials)

    # The good trials are as if they were alone.
    assert {name: found[f"good/{name}"].points for name in ("csv", "events", "hf")} == {
        "csv": 3,
        "events": 5,
        "hf": 6,
    }
    assert found["good/wandb/run-20240101_000000-a"].points == 4
    assert dict(found["good/csv"].configuration) == {"lr": 0.1}
    assert not about(logs, "good")

    # Of what is damaged, the whole part is there, and the damage is told.
    assert found["cut"].points == 4
    for name in ("bomb", "deep", "digits"):
        assert found[name].points == 3
    for name in ("cut", "length", "zeros", "deep", "pipe"):
        points = found[f"wandb/run-20240101_000000-{name}"].points
        assert points == 1, name
    for name, expected in {
        "cut": "a whole record at the end",
        "length": "a TensorBoard event file",
        "garbage": "a TensorBoard event file",
        "wide": "a first line of at most 1048576 bytes with the column names",
        "hf": "JSON of ordinary depth",
        "wandb/run-20240101_000000-cut": "a whole record at the end",
        "wandb/run-20240101_000000-length": "records of W&B",
        "wandb/run-20240101_000000-zeros": "records with a valid checksum",
        "wandb/run-20240101_000000-none": "a W&B run file, which starts with `:W&B`",
    }.items():
        assert [each.expected for each in about(logs, name)] == [expected], name
    for name in (
        "binary",
        "bomb/config.yaml",
        "bomb/sweep.yaml",
        "space",
        "json/history.json",
        "configspace",
        "arrays",
    ):
        assert len(about(logs, name)) == 1, name
    assert {each.path.name for each in about(logs, "deep")} == {
        "config.json",
        "hparams.yaml",
    }


def test_what_is_no_regular_file_is_never_opened(logs: Logs) -> None:
    names = [logs.name_of(trial) for trial in logs.trials]
    assert "pipe-beside" in names
    assert "hf-pipe" in names
    assert not [name for name in names if name.startswith(("pipes", "loop"))]
    found = " ".join(each.found for each in logs.problems)
    assert "4 files that are no regular files" in found
    assert "2 symbolic links that lead in a circle" in found
    assert "2 symbolic links that lead out of it" in found


def test_names_cannot_steer_a_terminal(logs: Logs) -> None:
    texts = [logs.name_of(trial) for trial in logs.trials]
    texts += [str(problem) for problem in logs.problems]
    for trial in logs.trials:
        texts += [*trial.curves, *trial.configuration, *trial.results, *trial.notes]
        texts += [trial.display_name or "", trial.group or "", trial.key]
        texts += [
            value for value in trial.configuration.values() if isinstance(value, str)
        ]
    assert any(HTML in text for text in texts)  # escaped where it is printed
    for text in texts:
        unsafe = [
            each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Cs")
        ]
        assert not unsafe, text


def test_every_problem_says_what_to_do(logs: Logs) -> None:
    assert len(logs.problems) > 15
    for problem in logs.problems:
        assert problem.expected
        assert problem.found
        assert problem.remedy
        assert "mistake of ours" not in problem.remedy, problem

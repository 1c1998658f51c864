"""What is fuzzed: each target takes bytes and raises only where we made a mistake.

A file of the logs is read beside a good trial, through the same way as in a check: it
may give problems, never an exception, and never cost the trial beside it.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from advisor.engine.expression import compile_expression
from advisor.engine.message import compile_template
from advisor.engine.rule import load_rule
from advisor.errors import AdvisorError, Problem
from advisor.gate import baseline
from advisor.interpret.configuration import load_configuration
from advisor.loaders.cache import answer
from advisor.loaders.cache.entry import MAGIC, Content, checksum
from advisor.loaders.cache.folder import digest
from advisor.loaders.cache.reading import decode
from advisor.loaders.cache.store import switched_off
from advisor.loaders.collect import collect
from advisor.next_round.earlier import read_earlier
from advisor.safe_yaml import parse_yaml

Target = Callable[[bytes], None]

GOOD = "epoch,loss\n0,3\n1,2\n2,1\n"
LOGS = {
    "event-file": "bad/events.out.tfevents.1700000000.host",
    "wandb-run": "wandb/run-20240101_000000-a/run-a.wandb",
    "wandb-summary": "wandb/run-20240101_000000-a/files/wandb-summary.json",
    "csv": "bad/metrics.csv",
    "csv-table": "bad/trials.csv",
    "csv-runs": "bad/runs.csv",
    "csv-long": "bad/all.csv",
    "monitor": "bad/0.monitor.csv",
    "json-lines": "bad/metrics.jsonl",
    "json-history": "bad/history.json",
    "trainer-state": "bad/trainer_state.json",
    "model-card": "card/README.md",
    "deepcave": "deepcave/history.jsonl",
    "deepcave-meta": "deepcave/meta.json",
    "hpbandster": "bohb/results.json",
    "hpbandster-configs": "bohb/configs.json",
    "configspace": "bad/configspace.json",
    "search-space": "bad/tuning_search_space.json",
    "sweep": "bad/sweep.yaml",
    "evaluations": "bad/evaluations.npz",
    "configuration-json": "good/config.json",
    "configuration-yaml": "good/hparams.yaml",
    "hydra-overrides": "good/.hydra/overrides.yaml",
}
BESIDE = {
    "good/training.csv": GOOD,
    "card/trainer_state.json": '{"log_history": [{"step": 1, "loss": 1}]}',
    "deepcave/history.jsonl": "[0, 1.0, -1, [0.5], 0, 1, 1, {}]\n",
    "deepcave/configs.json": '{"0": {"lr": 0.1}}',
    "deepcave/meta.json": '{"objectives": []}',
    "bohb/results.json": '[[0, 0, 1], 1.0, {"1": 1}, {"loss": 1}, null]\n',
    "bohb/configs.json": '[[0, 0, 1], {"lr": 1}, {}]\n',
}


class MistakeError(AssertionError):
    """Something that must never happen, whatever the bytes are."""


@contextmanager
def tree(file: str) -> Iterator[Path]:
    """A folder with a good trial and what belongs to `file`."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        for name, content in BESIDE.items():
            if name.partition("/")[0] in ("good", file.partition("/")[0]):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(content, "utf-8")
        yield folder
    finally:
        shutil.rmtree(folder)


def read_log(name: str, content: bytes) -> None:
    """Reads the file of that name below a good tree."""
    with tree(name) as folder, switched_off():
        (folder / name).write_bytes(content)
        logs = collect([folder])
    for problem in logs.problems:
        check_problem(problem)
    good = [trial for trial in logs.trials if trial.location == folder / "good"]
    if len(good) != 1 or good[0].curves["loss"].values.tolist() != [3, 2, 1]:
        raise MistakeError("the good trial was lost")
    names = [logs.name_of(trial) for trial in logs.trials]
    if len(set(names)) != len(names):
        raise MistakeError("two trials have one name")
    for text in names:
        check_text(text)
    for trial in logs.trials:
        for text in (*trial.curves, *trial.results, *trial.configuration):
            check_text(text)


def check_problem(problem: Problem) -> None:
    """It says what to do, and is no mistake of ours."""
    check_text(str(problem))
    if "mistake of ours" in problem.remedy or not problem.remedy:
        raise MistakeError(str(problem))


def check_text(text: str) -> None:
    """Nothing in it steers a terminal."""
    if not text.isprintable() and not text.replace("\ufffd", "").isprintable():
        unsafe = {each for each in text if not each.isprintable()}
        if any(each < " " or each in "\x7f\u202e\u2028" for each in unsafe):
            raise MistakeError(f"not printable: {text!r}")


def refused(call: Callable[[], Any]) -> None:
    """Calls it; an error of ours is an answer too."""
    with suppress(AdvisorError):
        call()


def read_with(file: str, read: Callable[[Path], Any]) -> Target:
    """A target for what reads a file by its path."""

    def target(content: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            path = Path(folder, file)
            path.write_bytes(content)
            refused(lambda: read(path))

    return target


def in_text(call: Callable[[str], Any]) -> Target:
    """A target for what takes text."""
    return lambda content: refused(lambda: call(content.decode("utf-8", "replace")))


def scope(name: str) -> Any:
    """Values of every kind that a rule may meet."""
    values = (1, 2.5, 0, -3, "text", None, True, math.nan, math.inf, (1, 2), 10**20)
    return values[sum(name.encode("utf-8", "replace")) % len(values)]


def evaluate(text: str) -> None:
    """Compiles and evaluates an expression."""
    compile_expression(text).evaluate(scope)


def fill(text: str) -> None:
    """Compiles and fills a message."""
    template = compile_template(text)
    template.fill(scope)
    template.value(scope)


def read_entry(content: bytes) -> None:
    """An entry of the cache whose checksum is right."""
    body = content + bytes(-len(content) % 8)
    known = Content((0, 0, 0, 0, 0), b"")
    with suppress(ValueError, TypeError):
        decode(Path("a/b/c.csv"), b"", known, MAGIC + checksum(body) + body)


OUTPUTS = (Path("out/report.md"),)


def read_answer(content: bytes) -> None:
    """A kept answer whose checksum is right; nothing in it is written elsewhere."""
    with suppress(ValueError):
        kept = answer.decode(answer.MAGIC + digest(content) + content, b"", OUTPUTS)
        assert {each.path.parts[0] for each in kept.files} <= {"out"}
        assert all(".." not in each.path.parts for each in kept.files)


READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "advisor-yaml": ("advisor.yaml", lambda path: load_configuration(None, path)),
    "pyproject": ("pyproject.toml", lambda path: load_configuration(None, path)),
    "baseline": ("baseline.json", baseline.read),
    "next-round": ("next_round.yaml", read_earlier),
    "rule": ("rule.yaml", load_rule),
}
OTHERS: dict[str, Target] = {
    **{name: read_with(*reader) for name, reader in READERS.items()},
    "yaml": in_text(lambda text: parse_yaml(text, Path("x"), trusted_author=False)),
    "expression": in_text(evaluate),
    "message": in_text(fill),
    "cache-entry": read_entry,
    "cache-answer": read_answer,
}
TARGETS: dict[str, Target] = {
    **{
        name: (lambda content, file=file: read_log(file, content))
        for name, file in LOGS.items()
    },
    **OTHERS,
}

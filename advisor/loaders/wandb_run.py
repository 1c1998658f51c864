"""W&B run directories: the `.wandb` file, which may be the only one, and `files/`.

Offline runs hold only the `.wandb` file. A copy without it still has the configuration
and the summary. Directories of one run id are one run that was resumed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from advisor.errors import LogError, Problem
from advisor.loaders.configuration_entries import flatten
from advisor.loaders.event_protobuf import BYTES, WireError, fields
from advisor.loaders.surroundings import passes, question
from advisor.loaders.wandb_directory import (
    CONFIGURATION,
    DIRECTORY,
    METADATA,
    SUMMARY,
    Files,
    directory_of,
    files_of,
    holds_run_file,
    place_of,
    sweep_of,
)
from advisor.loaders.wandb_framing import RecordReader
from advisor.loaders.wandb_history import History, results_of
from advisor.loaders.wandb_messages import (
    Metric,
    Run,
    Settings,
    read_exit,
    read_metric,
    read_run,
    read_time,
)
from advisor.model.log import State, TrialLog

NAME = "wandb-run"
READS = (
    "W&B run directories, online or offline: the `.wandb` file and `files/`"
    " (`config.yaml`, `wandb-summary.json`)"
)

_HISTORY_RECORD, _SUMMARY_RECORD, _CONFIG_RECORD, _STATS_RECORD = 2, 3, 5, 7
_METRIC_RECORD, _RUN_RECORD, _EXIT_RECORD = 12, 17, 18
_KILLED = frozenset({255, 130, 137, 143})  # W&B's own for Ctrl-C; 128 + a signal
_HEARTBEAT = 3600  # seconds without a word after which a run is dead


def claims(path: Path, head: bytes) -> bool:
    """Whether it is a `.wandb` file, or the first file of a directory without one."""
    if path.suffix == ".wandb":
        return True
    if path.name not in (CONFIGURATION, SUMMARY, METADATA):
        return False
    directory = directory_of(path)
    if path.name == CONFIGURATION and not DIRECTORY.fullmatch(directory.name):
        return False
    return not holds_run_file(directory)


def load(path: Path) -> Iterator[TrialLog]:
    """The run, or what is left of it.

    Raises:
        LogError: no part of it can be read, and nothing lies beside it.
    """
    directory = directory_of(path)
    location, key = place_of(directory, path)
    run = _RunFile(path) if path.suffix == ".wandb" else _RunFile()
    files = files_of(directory, alone=path.suffix != ".wandb") if not key else Files()
    if run.unreadable is not None and not files.sources:
        raise LogError(run.unreadable)
    summary = {**files.summary, **run.summary.entries}
    yield TrialLog(
        location=location,
        format=NAME,
        sources=tuple(dict.fromkeys((path, *files.sources))),
        key=key,
        display_name=run.run.display_name or None,
        curves=run.history.curves(run.metrics),
        results=results_of(summary, run.history),
        configuration={
            **files.configuration,
            **dict(flatten(run.configuration.entries)),
        },
        state=run.state(),
        group=run.run.sweep_id or sweep_of(directory) or run.run.project or None,
        problems=(*run.problems, *files.problems),
    )


class _RunFile:
    """What the records of one `.wandb` file say; without a path: nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self.run = Run()
        self.history = History()
        self.metrics: list[Metric] = []
        self.configuration, self.summary = Settings(), Settings()
        self.exit_code: int | None = None
        self.last_time = 0.0
        self.unreadable: Problem | None = None
        self.problems: tuple[Problem, ...] = ()
        self._whole = path is not None
        if path is not None:
            self._read(path)

    def _read(self, path: Path) -> None:
        malformed = 0
        with path.open("rb") as stream:
            reader = RecordReader(stream, path)
            try:
                for record in reader:
                    try:
                        self._take(record)
                    except WireError:
                        malformed += 1
            except LogError as error:
                self.unreadable, self._whole = error.problem, False
                self.problems = (error.problem,)
                return
        self._whole = not reader.damaged
        self.problems = tuple(reader.problems())
        if malformed:
            self.problems = (*self.problems, _malformed(path, malformed))

    def _take(self, record: bytes) -> None:
        data = memoryview(record)
        for number, wire, start, stop in fields(data, 0, len(record)):
            if wire != BYTES:
                continue
            if number == _HISTORY_RECORD:
                self.history.read(record, start, stop)
            elif number == _SUMMARY_RECORD:
                self.summary.read(record, start, stop)
            elif number == _CONFIG_RECORD:
                self.configuration.read(record, start, stop)
            elif number == _METRIC_RECORD:
                self.metrics.append(read_metric(data, start, stop))
            elif number == _RUN_RECORD:
                self.configuration.read(record, *read_run(self.run, data, start, stop))
            elif number == _EXIT_RECORD:
                self.exit_code = read_exit(data, start, stop)
            elif number == _STATS_RECORD:
                self.last_time = float(read_time(data, start, stop))

    def state(self) -> State | None:
        """How it ended; if nothing says so, whether it was heard of lately."""
        if self.exit_code is not None:
            if self.exit_code == 0:
                return "finished"
            return "killed" if self.exit_code in _KILLED else "failed"
        if not self._whole:
            return None  # the last word may be in what was lost
        heard = max(self.history.last_time(), self.last_time)
        return "running" if _heard_lately(float(heard)) else "crashed"


@question
def _heard_lately(heard: float) -> bool:
    lately = time.time() - heard < _HEARTBEAT
    if lately:
        passes("a trial is running")
    return lately


def _malformed(path: Path, count: int) -> Problem:
    return Problem(
        path,
        "records of W&B",
        f"{count} that are none, though their checksums are right",
        "they were left out; please report this with the version of W&B",
    )

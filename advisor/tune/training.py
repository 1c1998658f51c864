"""Trains the trials of a round, one batch after the other, and goes on where it was."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from advisor.confirm.executors import Executor, batches
from advisor.confirm.pipelines.pipeline import Pipeline, Progress, Settings, Trains
from advisor.errors import AdvisorError
from advisor.tune.reading import FAILED
from advisor.tune.round import Round, Training, place_of

CONFIGURATION = "hyperparameters.json"
_PARTIAL = ".training"
_TOGETHER = 32  # trials of the bundled trainer between two looks at the clock
_HOPELESS = 3  # failures at the start of a round, and nothing else

Tell = Callable[[int, int], None]
"""Called with the trials of the round that are trained, and all of them."""


@dataclass(frozen=True, slots=True)
class Forgiving:
    """Lets a trial fail: the others are trained all the same."""

    inner: Trains

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        """One by one; what a failed one said is kept in its folder."""
        for done, (name, settings) in enumerate(trials.items()):
            progress(done, len(trials))
            place = directory / name
            said = ""
            try:
                self.inner.train({name: settings}, directory, lambda *_: None)
            except AdvisorError as error:
                said = str(error)
            if not said and not any(place.rglob("*")):
                said = f"expected logs in {place}, found none: use {{directory}}"
            if said:
                place.mkdir(parents=True, exist_ok=True)
                (place / FAILED).write_text(f"{said}\n", "utf-8")


def trained(directory: Path, planned: Round) -> list[str]:
    """The trials of a round that ended, well or not."""
    place = place_of(directory, planned.number)
    return [name for name in planned.trials if (place / name).is_dir()]


def train_round(
    directory: Path,
    planned: Round,
    pipeline: Pipeline,
    executor: Executor,
    deadline: float,
    tell: Tell,
) -> bool:
    """Whether all its trials are trained; false if the time was up before.

    `deadline` is a value of `time.monotonic`.

    Raises:
        AdvisorError: the trainer refuses something, or every command failed.
    """
    place = place_of(directory, planned.number)
    done = len(trained(directory, planned))
    left = {
        name: each
        for name, each in planned.trials.items()
        if not (place / name).is_dir()
    }
    size = executor.at_once if pipeline.separate else _TOGETHER
    tell(done, len(planned.trials))
    for batch in batches(left, size):
        if time.monotonic() > deadline:
            return False
        _train(place, batch, pipeline, executor)
        done += len(batch)
        tell(done, len(planned.trials))
        _check_hope(place, planned)
    return True


def _train(
    place: Path,
    batch: Mapping[str, Training],
    pipeline: Pipeline,
    executor: Executor,
) -> None:
    """Into a folder beside; trials appear when they are complete."""
    partial = place / _PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    chosen = Forgiving(pipeline) if pipeline.separate else pipeline
    settings = {name: each.settings for name, each in batch.items()}
    executor.train(chosen, settings, partial, lambda *_: None)
    for name in batch:
        (partial / name).mkdir(exist_ok=True)  # a command may have left nothing
        if pipeline.separate:
            _note_values(partial / name, batch[name])
        (partial / name).rename(place / name)
    shutil.rmtree(partial, ignore_errors=True)


def _note_values(place: Path, training: Training) -> None:
    """Beside the log: a command need not write down what it was given."""
    path = place / CONFIGURATION
    if not path.exists():
        content = msgspec.json.encode(training.values)
        path.write_bytes(msgspec.json.format(content) + b"\n")


def _check_hope(place: Path, planned: Round) -> None:
    """A command that fails from the start is mistaken; nothing of it is kept."""
    ended = [place / name for name in planned.trials if (place / name).is_dir()]
    failed = [each for each in ended if (each / FAILED).is_file()]
    enough = min(_HOPELESS, len(planned.trials))
    if len(failed) < enough or len(failed) < len(ended):
        return
    said = (failed[0] / FAILED).read_text("utf-8").strip()
    for each in failed:
        shutil.rmtree(each, ignore_errors=True)
    raise AdvisorError(f"the first {len(failed)} trials failed: {said}")

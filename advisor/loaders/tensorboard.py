"""TensorBoard event files, of any framework that writes them.

Scalars are read from their bytes, many records at once; see event_framing.py for where
records are, event_layout.py for what is in them, event_places.py for whose they are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.errors import LogError, Problem
from advisor.loaders import event_places
from advisor.loaders.event_hparams import Session, entries_of_text
from advisor.loaders.event_protobuf import WireError
from advisor.loaders.event_records import RecordReader
from advisor.loaders.event_scalars import Scalars
from advisor.loaders.event_summary import PluginData
from advisor.model.curve import Curve
from advisor.model.log import Declaration, TrialLog, Value

NAME = "tensorboard"
READS = (
    "TensorBoard event files: Keras, TensorFlow 1 and 2, PyTorch, tensorboardX,"
    " Lightning, Hugging Face and others; scalars and the hparams plugin"
)

# Settings first, then what describes the model.
_SETTINGS = re.compile(r"args|hparams|hyperparameters|hyperparams|params|config|flags")


def claims(path: Path, head: bytes) -> bool:
    """Whether the file is named like an event file."""
    return event_places.is_event_file(path.name)


def load(path: Path, *, check_data: bool = False) -> Iterator[TrialLog | Declaration]:
    """The part of a trial that the file holds; `check_data`: verify every checksum."""
    file = read_event_file(path, check_data=check_data)
    if file.session.domains:
        yield Declaration(
            location=path.parent,
            source=path,
            domains=file.session.domains,
            objective=file.session.objective,
        )
    yield _placed(path, file)


@dataclass(frozen=True, slots=True)
class EventFile:
    """All that is read of one event file."""

    curves: dict[str, Curve]
    session: Session
    settings: dict[str, Value]  # from text summaries
    problems: tuple[Problem, ...]


def read_event_file(path: Path, *, check_data: bool = False) -> EventFile:
    """Scalars, hyperparameters and what could not be read.

    Raises:
        LogError: no part of it is an event file.
    """
    scalars = Scalars()
    with path.open("rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        reader = RecordReader(stream, path, size, check_data=check_data)
        for records in reader:
            scalars.feed(records)
    problems = reader.problems()
    if problems and not scalars.count:
        raise LogError(replace(problems[0], expected="a TensorBoard event file"))
    if scalars.damaged:
        problems.append(_damaged(path, scalars.damaged))
    session = Session()
    texts = []
    for item in scalars.others:
        if not isinstance(item, PluginData):
            texts.append(item)
            continue
        try:
            session.read(item.content)
        except WireError:
            problems.append(_bad_session(path))
    settings: dict[str, Value] = {}
    for each in sorted(texts, key=lambda each: not _SETTINGS.match(each.tag)):
        settings = {**entries_of_text(each.content), **settings}
    return EventFile(scalars.curves(), session, settings, tuple(problems))


def _placed(path: Path, file: EventFile) -> TrialLog:
    """The part, given to the trial whose folder it belongs to."""
    location, curves = path.parent, file.curves
    results: dict[str, float] = {}
    if _is_of_add_hparams(location, file):
        # Metrics given to add_hparams are one number a trial.
        results = {tag: float(curve.values[0]) for tag, curve in curves.items()}
        curves = {}
        if event_places.is_only_session(location):
            location = location.parent
    elif (output := event_places.trainer_above(location)) is not None:
        location = output
    elif (split := event_places.split_of(location)) is not None:
        location = location.parent
        curves = {
            f"{split}/{tag}": _by_epoch(tag, curve) for tag, curve in curves.items()
        }
    elif (series := _series(location, curves)) is not None:
        location = location.parent
        curves = {f"{tag}/{series}": curve for tag, curve in curves.items()}
    return TrialLog(
        location=location,
        format=NAME,
        sources=(path,),
        curves=curves,
        results=results,
        configuration={**file.settings, **file.session.hyperparameters},
        state=file.session.state,
        problems=file.problems,
    )


def _series(location: Path, curves: Mapping[str, Curve]) -> str | None:
    return event_places.series_of(location, *curves) if len(curves) == 1 else None


def _is_of_add_hparams(location: Path, file: EventFile) -> bool:
    """PyTorch writes the experiment and the session into a folder of their own."""
    return (
        file.session.started
        and file.session.experiment
        and all(len(curve) == 1 for curve in file.curves.values())
        and event_places.is_below_a_writer(location)
    )


def _by_epoch(tag: str, curve: Curve) -> Curve:
    """Keras counts epochs, not steps, in tags that start with `epoch_`."""
    return replace(curve, axis="epoch") if tag.startswith("epoch_") else curve


def _damaged(path: Path, offsets: list[int]) -> Problem:
    return Problem(
        path,
        "events",
        f"{len(offsets)} records that are none",
        "they were left out; copy the file again",
        offset=offsets[0],
    )


def _bad_session(path: Path) -> Problem:
    return Problem(
        path,
        "a message of the hparams plugin",
        "bytes that are none",
        "write the hyperparameters to hparams.yaml beside the file",
    )

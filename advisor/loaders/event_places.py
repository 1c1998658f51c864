"""Which trial a folder of event files belongs to.

Frameworks spread one trial over folders: Keras writes `train/` and `validation/`,
PyTorch's `add_scalars` one folder for each series, and `add_hparams` one for itself.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from advisor.loaders.surroundings import changed, is_file, is_inside, question

SPLITS = frozenset(
    {"train", "training", "validation", "valid", "val", "eval", "evaluation", "test"}
)

_EVENT_FILE = re.compile(r".*tfevents\.[0-9].*", re.S)
_OTHER_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".txt", ".gz", ".zip", ".npz")
_SESSION = b"_hparams_/session_start_info"
_HEAD = 1 << 16
_TRAINER_STATE = "trainer_state.json"


def is_event_file(name: str) -> bool:
    """Whether a file is named as all writers name event files."""
    return bool(_EVENT_FILE.fullmatch(name)) and not name.endswith(_OTHER_SUFFIXES)


@question
def split_of(directory: Path) -> str | None:
    """`train` for Keras' folder `train/` of one trial; None for a trial of that name.

    It is a trial's own folder if others beside it, which are not named like splits,
    hold event files too.
    """
    if directory.name.lower() not in SPLITS:
        return None
    below = _folders_with_events(directory.parent)
    others = [name for name in below if name.lower() not in SPLITS]
    return None if others else directory.name


@question
def series_of(directory: Path, tag: str) -> str | None:
    """`train` for the folder `loss_train/`, where add_scalars writes the tag `loss`."""
    prefix = tag.replace("/", "_") + "_"
    if not directory.name.startswith(prefix) or not _holds_events(directory.parent):
        return None
    return directory.name.removeprefix(prefix) or None


@question
def trainer_above(directory: Path) -> Path | None:
    """The output folder of Hugging Face's Trainer, which logs to `runs/…` below it."""
    if _holds_state(directory):
        return None
    places = [directory.parent]
    if directory.parent.name == "runs":
        places.append(directory.parent.parent)
    return next((place for place in places if _holds_state(place)), None)


@question
def logs_of_trainer(output: Path) -> bool:
    """Whether the Trainer with that output folder wrote event files too."""
    return any(map(_folders_with_events, (output, output / "runs")))


@question
def is_below_a_writer(directory: Path) -> bool:
    """Whether the folder above holds event files too, as above that of add_hparams."""
    return _holds_events(directory.parent)


@question
def is_only_session(directory: Path) -> bool:
    """Whether no folder beside it has hyperparameters: then it is its parent's own."""
    above = directory.parent
    return not is_inside(above) or len(_sessions(os.fspath(above), changed(above))) < 2


def _holds_events(directory: Path) -> bool:
    return is_inside(directory) and _lists_events(
        os.fspath(directory), changed(directory)
    )


def _folders_with_events(directory: Path) -> tuple[str, ...]:
    if not is_inside(directory):
        return ()
    path, time = os.fspath(directory), changed(directory)
    return tuple(
        name for name in _folders(path, time) if _holds_events(directory / name)
    )


def _holds_state(directory: Path) -> bool:
    if not is_inside(directory):
        return False
    path, time = os.fspath(directory), changed(directory)
    checkpoints = [f"{each}/" for each in _folders(path, time) if "checkpoint-" in each]
    return any(
        os.path.isfile(os.path.join(path, f"{each}{_TRAINER_STATE}"))
        for each in ("", *checkpoints[-3:])
    )


# The time of a folder's last change is part of each key: what was learnt of it holds
# only as long as no file was added.


@lru_cache(maxsize=4096)
def _lists_events(directory: str, time: int) -> bool:
    try:
        with os.scandir(directory) as entries:
            return any(is_event_file(each.name) and each.is_file() for each in entries)
    except OSError:
        return False


@lru_cache(maxsize=256)
def _folders(directory: str, time: int) -> tuple[str, ...]:
    try:
        with os.scandir(directory) as entries:
            return tuple(
                sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
            )
    except OSError:
        return ()


@lru_cache(maxsize=256)
def _sessions(directory: str, time: int) -> tuple[str, ...]:
    """The first two folders in `directory` whose event files hold hyperparameters."""
    found: list[str] = []
    for name in _folders(directory, time):
        if len(found) < 2 and _holds_session(os.path.join(directory, name)):
            found.append(name)
    return tuple(found)


def _holds_session(directory: str) -> bool:
    try:
        with os.scandir(directory) as entries:
            files = [Path(e.path) for e in entries if is_event_file(e.name)]
        for path in filter(is_file, files):
            with path.open("rb") as file:
                if _SESSION in file.read(_HEAD):
                    return True
    except OSError:
        pass
    return False

"""Stable-Baselines' evaluations.npz: rewards of test episodes during training.

The arrays are taken from the bytes by hand: numpy's own loader allocates whatever a
header asks for, and may unpickle objects.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from advisor.errors import LogError, Problem
from advisor.loaders.surroundings import question
from advisor.model.curve import Curve, FloatArray
from advisor.model.log import TrialLog

NAME = "sb3-evaluations"
READS = "Stable-Baselines `evaluations.npz`: mean reward of the evaluation episodes"

_MAX_BYTES = 64 << 20  # of one array, unpacked
_STEPS = "timesteps"
# The names under which Stable-Baselines logs the same means to event files.
_TAGS = {"results": "eval/mean_reward", "ep_lengths": "eval/mean_ep_length"}


def claims(path: Path, head: bytes) -> bool:
    """Whether it has that name, and is not left over from trials in folders below."""
    return path.name == "evaluations.npz" and not _lies_above_trials(path.parent)


@question
def _lies_above_trials(directory: Path) -> bool:
    with os.scandir(directory) as entries:
        folders = [each.path for each in entries if each.is_dir(follow_symlinks=False)]
    return any("tfevents" in name for each in folders for name in _names(each))


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def load(path: Path) -> Iterator[TrialLog]:
    """The part of a trial that was evaluated.

    Raises:
        LogError: no archive, or arrays that do not fit each other.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {each.filename: each for each in archive.infolist()}
            steps = _array(archive, members, _STEPS)
            found = {tag: _array(archive, members, name) for name, tag in _TAGS.items()}
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError) as error:
        raise LogError(_broken(path, f"{error}")) from error
    except (OSError, struct.error, RuntimeError, MemoryError) as error:
        raise LogError(_broken(path, type(error).__name__)) from error
    if steps is None or steps.ndim != 1 or not np.isfinite(steps).all():
        raise LogError(_broken(path, f"no array `{_STEPS}`"))
    yield TrialLog(
        location=path.parent,
        format=NAME,
        sources=(path,),
        curves={
            tag: Curve(steps.astype(np.int64), _means(values))
            for tag, values in found.items()
            if values is not None and values.ndim and len(values) == len(steps)
        },
    )


def _means(values: FloatArray) -> FloatArray:
    """[evaluations] mean over the episodes."""
    if values.ndim == 1:
        return values
    flat = values.reshape(len(values), -1)
    return flat.mean(axis=1) if flat.shape[1] else np.full(len(values), np.nan)


def _array(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> FloatArray | None:
    """An array of numbers; None where there is none of that name.

    Raises:
        ValueError: too large, not numbers, or shorter than its header says.
    """
    member = members.get(f"{name}.npy")
    if member is None:
        return None
    with archive.open(member) as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"`{name}` of more than {_MAX_BYTES} bytes")
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    read: Any = (
        npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    )
    shape, fortran, dtype = read(stream)
    if dtype.kind not in "iuf":
        raise ValueError(f"`{name}` of {dtype}")
    flat = np.frombuffer(content, dtype, offset=stream.tell())
    ordered = flat.reshape(shape, order="F" if fortran else "C")
    return ordered.astype(np.float64)


def _broken(path: Path, found: str) -> Problem:
    return Problem(
        path,
        "an archive of the arrays `timesteps` and `results`",
        found,
        "copy the file again",
    )

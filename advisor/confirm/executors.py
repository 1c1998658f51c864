"""Where trials are trained: in this process, in others, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from advisor.confirm.pipelines.pipeline import Progress, Settings, Trains
from advisor.errors import AdvisorError

Train: TypeAlias = Callable[[Trains, Mapping[str, Settings], Path, Progress], None]
_T = TypeVar("_T")
_SAFE_PATH = "PYTHONSAFEPATH"
PATIENCE = 10  # seconds until a cluster must have answered


@dataclass(frozen=True, slots=True)
class Executor:
    """Trains a batch of trials somewhere."""

    train: Train
    at_once: int = 1  # trials that train side by side, where each trains by itself


def here(
    pipeline: Trains,
    trials: Mapping[str, Settings],
    directory: Path,
    progress: Progress,
) -> None:
    """Trains in this process."""
    pipeline.train(trials, directory, progress)


HERE = Executor(here)


def batches(trials: Mapping[str, _T], size: int) -> Iterator[dict[str, _T]]:
    """`size` trials at a time, in their order."""
    names = iter(trials)
    while part := list(islice(names, size)):
        yield {name: trials[name] for name in part}


@contextmanager
def executor_of(place: str | None) -> Iterator[Executor]:
    """Trains where `place` says: nothing, `processes://N` or `dask://HOST:PORT`.

    Raises:
        AdvisorError: another place, or Dask is not installed or not there.
    """
    kind, _, rest = (place or "").partition("://")
    if not place:
        yield HERE
    elif kind == "processes" and rest.isdecimal() and int(rest) > 0:
        with _processes(int(rest)) as executor:
            yield executor
    elif kind == "dask" and rest:
        with _dask(rest) as executor:
            yield executor
    else:
        raise AdvisorError(
            f"expected processes://N or dask://HOST:PORT as executor, found `{place}`"
        )


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """A pool of processes that share this machine's cores."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    threads = max(1, (os.cpu_count() or 1) // count)
    context = multiprocessing.get_context("spawn")
    before = os.environ.get(_SAFE_PATH)
    # A module of the standard library's name where the user stands is not imported.
    os.environ[_SAFE_PATH] = "1"
    pool = ProcessPoolExecutor(count, context, _begin, (threads, before))

    def train(
        pipeline: Trains,
        trials: Mapping[str, Settings],
        directory: Path,
        progress: Progress,
    ) -> None:
        parts = list(_parts(trials, count))
        futures = [pool.submit(train_part, pipeline, p, directory) for p in parts]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done, len(parts))
        except BrokenProcessPool as error:
            raise AdvisorError(
                "expected processes that train to their end, found that one was "
                "killed, perhaps for want of memory; call again to go on"
            ) from error

    try:
        yield Executor(train, count)
    finally:
        pool.shutdown(cancel_futures=True)
        _restore(before)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    """A cluster whose workers share the files; parts of dead workers are repeated."""
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError as error:
        raise AdvisorError(
            "expected Dask, found none; pip install 'advisor[dask]'"
        ) from error
    try:
        client = Client(f"tcp://{address}", timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise AdvisorError(f"dask://{address}: {error}") from error
    workers = max(len(client.nthreads()), 1)

    def train(
        pipeline: Trains,
        trials: Mapping[str, Settings],
        directory: Path,
        progress: Progress,
    ) -> None:
        parts = list(_parts(trials, 2 * workers))
        place = directory.resolve()
        # Not pure: a part that is asked for again was not trained to its end.
        futures = [
            client.submit(train_part, pipeline, part, place, pure=False)
            for part in parts
        ]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done, len(parts))
        except KilledWorker as error:
            raise AdvisorError(f"dask://{address}: {error}") from error
        finally:
            client.cancel(futures)

    with client:
        yield Executor(train, 2 * workers)


def train_part(
    pipeline: Trains, trials: Mapping[str, Settings], directory: Path
) -> None:
    """What a worker does."""
    pipeline.train(trials, directory, lambda done, total: None)


def _begin(threads: int, safe_path: str | None) -> None:
    """In a new process: its share of the cores; commands have the user's variables."""
    _restore(safe_path)
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"


def _restore(safe_path: str | None) -> None:
    if safe_path is None:
        os.environ.pop(_SAFE_PATH, None)
    else:
        os.environ[_SAFE_PATH] = safe_path


def _parts(trials: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """The trials in `count` parts of about the same size, in order."""
    names = iter(trials)
    for i in range(count):
        size = len(trials) // count + (i < len(trials) % count)
        part = {name: trials[name] for name in islice(names, size)}
        if part:
            yield part

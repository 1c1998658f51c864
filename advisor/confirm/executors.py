"""Where trials are trained: in this process, in others, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from advisor.confirm.carry_out import here
from advisor.confirm.pipelines.pipeline import Pipeline, Progress, Settings
from advisor.errors import AdvisorError

Train: TypeAlias = Callable[[Pipeline, Mapping[str, Settings], Path, Progress], None]
_RETRIES = 3  # of a part whose worker died


@contextmanager
def executor_of(place: str | None) -> Iterator[Train]:
    """Trains where `place` says: nothing, `processes://N` or `dask://HOST:PORT`.

    Raises:
        AdvisorError: another place, or Dask is not installed or not there.
    """
    kind, _, rest = (place or "").partition("://")
    if not place:
        yield here
    elif kind == "processes" and rest.isdecimal() and int(rest) > 0:
        with _processes(int(rest)) as train:
            yield train
    elif kind == "dask" and rest:
        with _dask(rest) as train:
            yield train
    else:
        raise AdvisorError(
            f"expected processes://N or dask://HOST:PORT as executor, found `{place}`"
        )


@contextmanager
def _processes(count: int) -> Iterator[Train]:
    """A pool of processes that share this machine's cores."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed

    threads = max(1, (os.cpu_count() or 1) // count)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _limit_threads, (threads,)) as pool:

        def train(
            pipeline: Pipeline,
            trials: Mapping[str, Settings],
            directory: Path,
            progress: Progress,
        ) -> None:
            parts = list(_parts(trials, count))
            futures = [pool.submit(train_part, pipeline, p, directory) for p in parts]
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done, len(parts))

        yield train


@contextmanager
def _dask(address: str) -> Iterator[Train]:
    """A cluster whose workers share the files; parts of dead workers are repeated."""
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise AdvisorError(
            "expected Dask, found none; pip install 'advisor[dask]'"
        ) from error
    try:
        client = Client(f"tcp://{address}", timeout=10)
    except (OSError, ValueError) as error:
        raise AdvisorError(f"dask://{address}: {error}") from error
    with client:

        def train(
            pipeline: Pipeline,
            trials: Mapping[str, Settings],
            directory: Path,
            progress: Progress,
        ) -> None:
            workers = max(len(client.scheduler_info()["workers"]), 1)
            parts = list(_parts(trials, 2 * workers))
            futures = [
                client.submit(
                    train_part,
                    pipeline,
                    part,
                    directory.resolve(),
                    retries=_RETRIES,
                    pure=False,
                )
                for part in parts
            ]
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done, len(parts))

        yield train


def train_part(
    pipeline: Pipeline, trials: Mapping[str, Settings], directory: Path
) -> None:
    """What a worker does; a part that was begun before is finished, not repeated."""
    pipeline.train(trials, directory, lambda done, total: None)


def _limit_threads(threads: int) -> None:
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"


def _parts(trials: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """The trials in `count` parts of about the same size, in order."""
    names = iter(trials)
    for i in range(count):
        size = len(trials) // count + (i < len(trials) % count)
        part = {name: trials[name] for name in islice(names, size)}
        if part:
            yield part

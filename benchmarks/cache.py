"""The cache: the second look at unchanged logs against the first.

A whole check is the command from its start to its end, whose answer is kept. Reading is
everything from paths to logs, which counts when something else has changed; it keeps no
configurations. The first time includes writing the cache.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from advisor.loaders.cache import folder as places
from advisor.loaders.cache.folder import VARIABLE, switched_off
from advisor.loaders.collect import collect
from advisor.loaders.known import known_loaders
from benchmarks import event_writing as writing

GOAL = 10.0
ROUNDS = 5
TRIALS, MANY, STEPS = 40, 200, 5_000
ROOT = Path(__file__).resolve().parents[1]


def write_configuration(folder: Path, trial: int) -> None:
    rate = 10 ** -(1 + trial % 40 / 20)
    (folder / "config.json").write_text(f'{{"learning_rate": {rate}}}')


def write_event_files(root: Path, trials: int) -> None:
    """Trials with 8 metrics, one event file each."""
    for i in range(trials):
        folder = root / f"trial-{i:03d}"
        folder.mkdir(parents=True)
        records = list(writing.regular(writing.torch_value, STEPS, seed=i))
        writing.write(folder / "events.out.tfevents.1", records)
        write_configuration(folder, i)


def write_tables(root: Path, trials: int) -> None:
    """The same as CSV files."""
    rng = np.random.default_rng(0)
    names = ["loss", "val_loss", *(f"metric_{i}" for i in range(6))]
    for i in range(trials):
        folder = root / f"trial-{i:03d}"
        folder.mkdir(parents=True)
        values = 2 / np.sqrt(1 + np.arange(STEPS))[:, None] + rng.random((STEPS, 8)) / 9
        rows = (",".join(map("{:.6g}".format, row)) for row in values)
        lines = [",".join(["step", *names]), *(f"{s},{r}" for s, r in enumerate(rows))]
        (folder / "metrics.csv").write_text("\n".join(lines) + "\n")
        write_configuration(folder, i)


@contextmanager
def settled() -> Iterator[None]:
    """Files that were written just now are kept too."""
    before, places.SETTLED = places.SETTLED, 0
    try:
        yield
    finally:
        places.SETTLED = before


def seconds(root: Path) -> float:
    """Wall time of reading everything below `root`."""
    start = time.perf_counter()
    collect([root])
    return time.perf_counter() - start


def reading(root: Path) -> tuple[float, float, float]:
    """Least times, as other work only adds: without the cache, empty, and full."""
    without, first, second = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, settled():
            os.environ[VARIABLE] = folder
            with switched_off():
                without.append(seconds(root))
            first.append(seconds(root))
            second.append(seconds(root))
    return min(without), min(first), min(second)


def check(root: Path, cache: str, *options: str) -> tuple[float, bytes]:
    """Seconds of `advisor check` as a command, and what it printed."""
    code = "from advisor.cli import main; main()"
    words = ["check", str(root), "--exit-zero", *options]
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *words],
        env={**os.environ, VARIABLE: cache, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start, done.stdout


def whole_check(root: Path) -> tuple[float, float, float]:
    """Least times: without the cache, the first and the second; the same is said."""
    said = set()
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            for taken, options in zip(times, (["--no-cache"], [], []), strict=True):
                seconds, text = check(root, folder, *options)
                taken.append(seconds)
                said.add(text)
    assert len(said) == 1, "the cache changed what is said"
    without, first, second = map(min, times)
    return without, first, second


def show(what: str, times: tuple[float, float, float]) -> float:
    """Prints a line; returns how much faster the second time is than the first."""
    without, first, second = times
    ratio = first / second
    print(f"{what:24} {without:8.3f}s {first:7.3f}s {second:7.3f}s {ratio:6.1f}x")
    return ratio


def main() -> int:
    """Prints seconds and ratios, also of folders that are passed; 1 if missed."""
    known_loaders()
    paths = [Path(each) for each in sys.argv[1:]]
    given = {path.name: path for path in paths if path.is_dir()}
    header = f"{'no cache':>9} {'first':>8} {'second':>8} {'ratio':>7}"
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        roots = {}
        for name, write in (
            ("event files", write_event_files),
            ("tables", write_tables),
        ):
            for trials in (TRIALS, MANY):
                what = f"{trials} trials, {name}"
                roots[what] = Path(folder, what)
                write(roots[what], trials)
        seconds(roots[f"{TRIALS} trials, tables"])  # imports
        time.sleep(2.5)  # until the files count as settled
        print(f"trials of 8 metrics x {STEPS:,} points each\n")
        print(f"{'whole check':24} {header}")
        for what, root in {**roots, **given}.items():
            ratio = show(what, whole_check(root))
            ratios += [ratio] if what in roots else []
        print(f"\n{'reading':24} {header}")
        for what, root in {**roots, **given}.items():
            ratio = show(what, reading(root))
            ratios += [ratio] if what in roots else []
    missed = min(ratios) < GOAL
    result = "missed" if missed else "met"
    print(f"\ngoal: everything {GOAL:g} times faster; {result}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

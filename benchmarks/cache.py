"""The cache of readings: the second look at unchanged logs against the first.

Reading is everything from paths to logs, configurations included, which are not kept.
The first time includes writing the cache. The rest of a check (start-up, readings,
rules) is not cached: a whole check is shown as it is, without a goal.
"""

from __future__ import annotations

import os
import statistics
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
TRIALS, STEPS = 40, 5_000
ROOT = Path(__file__).resolve().parents[1]


def write_configuration(folder: Path, trial: int) -> None:
    rate = 10 ** -(1 + trial / 20)
    (folder / "config.json").write_text(f'{{"learning_rate": {rate}}}')


def write_event_files(root: Path) -> None:
    """Trials with 8 metrics, one event file each."""
    for i in range(TRIALS):
        folder = root / f"trial-{i:02d}"
        folder.mkdir(parents=True)
        records = list(writing.regular(writing.torch_value, STEPS, seed=i))
        writing.write(folder / "events.out.tfevents.1", records)
        write_configuration(folder, i)


def write_tables(root: Path) -> None:
    """The same as CSV files."""
    rng = np.random.default_rng(0)
    names = ["loss", "val_loss", *(f"metric_{i}" for i in range(6))]
    for i in range(TRIALS):
        folder = root / f"trial-{i:02d}"
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
    """Medians: without the cache, with an empty one, with a full one."""
    without, first, second = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, settled():
            os.environ[VARIABLE] = folder
            with switched_off():
                without.append(seconds(root))
            first.append(seconds(root))
            second.append(seconds(root))
    a, b, c = map(statistics.median, (without, first, second))
    return a, b, c


def whole_check(root: Path) -> tuple[float, float]:
    """Seconds of `advisor check` as a command, the first time and the second."""
    code = "from advisor.cli import main; main()"
    command = [sys.executable, "-P", "-c", code, "check", str(root), "--exit-zero"]
    first, second = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            given = {**os.environ, VARIABLE: folder, "PYTHONPATH": str(ROOT)}
            for times in (first, second):
                start = time.perf_counter()
                subprocess.run(command, env=given, check=True, capture_output=True)
                times.append(time.perf_counter() - start)
    return statistics.median(first), statistics.median(second)


def main() -> int:
    """Prints seconds and ratios, also of folders that are passed; 1 if missed."""
    known_loaders()
    missed = False
    paths = [Path(each) for each in sys.argv[1:]]
    given = {path.name: path for path in paths if path.is_dir()}
    with tempfile.TemporaryDirectory() as folder:
        made = {"event files": write_event_files, "tables": write_tables}
        roots = {name: Path(folder, name.replace(" ", "-")) for name in made}
        for name, write in made.items():
            write(roots[name])
        seconds(roots["tables"])  # imports
        print(f"{TRIALS} trials of 8 metrics x {STEPS:,} points each\n")
        print(f"{'reading':24} {'no cache':>9} {'first':>8} {'second':>8} {'ratio':>7}")
        for name, root in {**roots, **given}.items():
            without, first, second = reading(root)
            ratio = first / second
            missed |= name in made and ratio < GOAL
            times = f"{without:8.3f}s {first:7.3f}s {second:7.3f}s"
            print(f"{name:24} {times} {ratio:6.1f}x")
        time.sleep(2.5)  # until the files count as settled
        print(f"\n{'whole check':24} {'':>9} {'first':>8} {'second':>8} {'ratio':>7}")
        for name, root in roots.items():
            first, second = whole_check(root)
            times = f"{first:7.3f}s {second:7.3f}s"
            print(f"{name:24} {'':9} {times} {first / second:6.1f}x")
    result = "missed" if missed else "met"
    print(f"\ngoal: reading {GOAL:g} times faster; {result}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

"""Event files: seconds and points against EventAccumulator and tbparse."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from advisor.loaders.tensorboard import read_event_file
from benchmarks import event_writing as writing

GOALS = {"regular": 40, "irregular": 15}
ROUNDS = 3
SMALL_FILES, SMALL_FILES_OF_PEERS = 500, 25

Points = dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]
Read = Callable[[Path], Any]


def files(folder: Path) -> dict[str, tuple[str, Path]]:
    """Kind and path of every file that is read, by name."""
    made = {
        "8 tags x 25,000, PyTorch": ("regular", writing.torch_value, 25_000),
        "8 tags x 25,000, PyTorch new style": (
            "regular",
            writing.new_style_value,
            25_000,
        ),
        "8 tags x 25,000, TensorFlow 2": ("regular", writing.tensorflow_value, 25_000),
        "8 tags x 50,000, PyTorch": ("regular", writing.torch_value, 50_000),
        "8 tags x 10,000, TensorFlow 2": ("regular", writing.tensorflow_value, 10_000),
        "17 tags now and then, PyTorch": ("irregular", writing.torch_value, 25_000),
        "17 tags now and then, TensorFlow 2": (
            "irregular",
            writing.tensorflow_value,
            25_000,
        ),
    }
    found = {}
    for number, (name, (kind, value, steps)) in enumerate(made.items()):
        path = folder / f"events.out.tfevents.{number}"
        write = writing.regular if kind == "regular" else writing.irregular
        writing.write(path, list(write(value, steps, seed=number)))
        found[name] = kind, path
    return found


def by_accumulator(path: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    everything = {"scalars": 0, "tensors": 0}
    accumulator = EventAccumulator(str(path), size_guidance=everything)
    return accumulator.Reload()


def points_of_accumulator(read: Any) -> Points:
    tags = read.Tags()
    scalars = {
        tag: [(event.step, event.value) for event in read.Scalars(tag)]
        for tag in tags["scalars"]
    }
    tensors = {
        tag: [(each.step, each.tensor_proto) for each in read.Tensors(tag)]
        for tag in tags["tensors"]
        if "text_summary" not in tag
    }
    for tag, events in tensors.items():
        scalars[tag] = [
            (
                step,
                np.frombuffer(each.tensor_content, "<f4")[0]
                if each.tensor_content
                else each.float_val[0],
            )
            for step, each in events
        ]
    return {tag: _arrays(points) for tag, points in scalars.items()}


def by_tbparse(path: Path) -> Any:
    from tbparse import SummaryReader

    reader = SummaryReader(str(path))
    return reader.scalars, reader.tensors


def points_of_tbparse(read: Any) -> Points:
    points = {}
    for table in read:
        if not len(table):
            continue
        for tag, rows in table.groupby("tag", sort=False):
            points[tag] = rows["step"].to_numpy(), rows["value"].to_numpy(np.float64)
    return points


def points_of_ours(read: Any) -> Points:
    return {tag: (curve.steps, curve.values) for tag, curve in read.curves.items()}


def _arrays(points: list[tuple[int, float]]) -> Any:
    steps, values = zip(*points, strict=True)
    return np.array(steps), np.array(values, dtype=np.float64)


def same(ours: Points, theirs: Points) -> bool:
    """Whether both hold the same tags, steps and values, none left out."""
    return ours.keys() == theirs.keys() and all(
        np.array_equal(ours[tag][0], theirs[tag][0])
        and np.array_equal(ours[tag][1], theirs[tag][1])
        for tag in ours
    )


PEERS: dict[str, tuple[Read, Callable[[Any], Points]]] = {
    "EventAccumulator": (by_accumulator, points_of_accumulator),
    "tbparse": (by_tbparse, points_of_tbparse),
}


def seconds(read: Read, path: Path) -> tuple[float, Any]:
    """The time of one reading, and what was read."""
    gc.collect()
    start = time.perf_counter()
    result = read(path)
    return time.perf_counter() - start, result


def compare(path: Path) -> tuple[float, dict[str, float], int]:
    """Best times of ours and of each peer, in turns, and the number of points."""
    ours, theirs = float("inf"), dict.fromkeys(PEERS, float("inf"))
    points: Points = {}
    for _ in range(ROUNDS):
        for _ in range(3):
            taken, result = seconds(read_event_file, path)
            ours = min(ours, taken)
        points = points_of_ours(result)
        for name, (read, points_of) in PEERS.items():
            taken, result = seconds(read, path)
            theirs[name] = min(theirs[name], taken)
            assert same(points, points_of(result)), f"{name} read other points: {path}"
    return ours, theirs, sum(len(steps) for steps, _ in points.values())


def small_files(folder: Path) -> None:
    """Prints the time of many files with few points, as of a large sweep."""
    paths = [folder / f"events.out.tfevents.9{i:04}" for i in range(SMALL_FILES)]
    for seed, path in enumerate(paths):
        writing.write(path, writing.regular(writing.torch_value, 250, seed=seed))
    ours, _ = seconds(lambda _: [read_event_file(path) for path in paths], folder)
    rate = ours / SMALL_FILES
    print(f"{SMALL_FILES} files of 2,000 points: {rate * 1e3:.2f} ms a file")
    for name, (read, _) in PEERS.items():
        few = paths[:SMALL_FILES_OF_PEERS]
        taken, _ = seconds(lambda _, few=few, read=read: [read(p) for p in few], folder)
        theirs = taken / len(few)
        print(f"  {name}: {theirs * 1e3:.1f} ms a file, {theirs / rate:.0f} times")


def main() -> int:
    """Prints milliseconds and ratios; 1 if a goal is missed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    missing = [
        name
        for name in ("tensorboard", "tbparse")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        print(f"event_files: skipped, not installed: {', '.join(missing)}")
        print("(pip install 'advisor[bench]')")
        return 0
    missed = False
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        made = files(folder)
        by_accumulator(made[next(iter(made))][1])  # imports
        print(f"{'file':36} {'points':>8} {'ms':>6} {'ns a point':>10}", end="")
        print("".join(f" {peer:>18} {'times':>6}" for peer in PEERS))
        for name, (kind, path) in made.items():
            ours, theirs, count = compare(path)
            print(f"{name:36} {count:8,} {ours * 1e3:6.1f}", end="")
            print(f" {ours / count * 1e9:10.0f}", end="")
            for taken in theirs.values():
                print(f" {taken * 1e3:15,.0f} ms {taken / ours:5.0f}x", end="")
                missed |= taken / ours < GOALS[kind]
            print(flush=True)
        small_files(folder)
    goals = ", ".join(f"{kind} {goal} times" for kind, goal in GOALS.items())
    print(f"event_files: {'MISSED' if missed else 'ok'} (goals: {goals})")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

"""Trials and studies with a known truth, trained by the bundled trainer."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import advisor.trainer
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.result import read_result

PROCESSES = 2
_CACHE = Path(__file__).resolve().parents[1] / "bench-results"


@dataclass(frozen=True)
class Plant:
    """Trials of one study, and a statement that is true or false of it.

    A statement about trials is made of each of them up to `flags`, in order.
    """

    rule: str
    true: bool
    name: str  # of the study; those of the same name are the same trials
    trials: Mapping[str, TrialConfiguration]
    flags: int = 1
    faulty: frozenset[str] = field(default=frozenset())
    """Trials whose machine fails: their losses are not finite for no reason."""
    although: bool = False
    """The rule fires on it: it sees what happened, and its explanation is wrong."""


@cache
def place() -> Path:
    """Where trained trials are kept: a folder a version of the trainer."""
    digest = hashlib.sha256()
    root = Path(advisor.trainer.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.read_bytes())
    return _CACHE / f"confirm-{digest.hexdigest()[:8]}"


Task = tuple[dict[str, TrialConfiguration], Path, frozenset[str]]
"""Trials of one shape, where their logs go, and those whose machine fails."""


def train_plants(plants: Iterable[Plant]) -> None:
    """Trains what is not there yet."""
    wanted: dict[str, TrialConfiguration] = {}
    faulty: set[str] = set()
    for plant in plants:
        for name, trial in plant.trials.items():
            wanted[f"{plant.name}/{name}"] = trial
        faulty |= {f"{plant.name}/{name}" for name in plant.faulty}
        _keep_only(place() / "plants" / plant.name, plant.trials)
    train_shapes(wanted, place() / "plants", frozenset(faulty))


def train_shapes(
    wanted: Mapping[str, TrialConfiguration],
    directory: Path,
    faulty: frozenset[str] = frozenset(),
) -> None:
    """Trains in several processes, each shape in one of them, the longest first."""
    from advisor.trainer.batching import in_common

    shapes: dict[TrialConfiguration, dict[str, TrialConfiguration]] = {}
    for name, trial in wanted.items():
        if not _there(directory / name, trial):
            shapes.setdefault(in_common(trial), {})[name] = trial
    tasks: list[Task] = [(trials, directory, faulty) for trials in shapes.values()]
    tasks.sort(key=_steps, reverse=True)
    if not tasks:
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, _one_thread) as pool:
        for done in pool.map(_train, tasks):
            assert done


def _keep_only(folder: Path, trials: Iterable[str]) -> None:
    """Removes trials of an earlier table, which would be read as part of the study."""
    if folder.is_dir():
        for name in {each.name for each in folder.iterdir()} - set(trials):
            shutil.rmtree(folder / name)


def _there(folder: Path, trial: TrialConfiguration) -> bool:
    """Whether this very trial was trained before; another one is removed."""
    result = read_result(folder)
    if result is not None and result.fingerprint == trial.fingerprint:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def _steps(task: Task) -> int:
    return sum(trial.max_train_steps for trial in task[0].values())


def _one_thread() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = "1"


def _train(task: Task) -> bool:
    from advisor.trainer.train import train

    trials, directory, faulty = task
    train({k: v for k, v in trials.items() if k not in faulty}, directory)
    for name in sorted(faulty & trials.keys()):
        _fail(name, trials[name], directory)
    return True


def _fail(name: str, trial: TrialConfiguration, directory: Path) -> None:
    """A log whose losses are not finite, under a configuration that is healthy."""
    from dataclasses import replace

    from advisor.trainer.batching import in_common
    from advisor.trainer.loop import train_batch
    from advisor.trainer.problem import BundledProblem
    from advisor.trainer.trial_folder import write_trial
    from advisor.trainer.workloads.workload import find_workload

    workload = find_workload(trial.workload)
    broken = replace(trial, initialization_scale=1e30)
    problem = BundledProblem(workload, in_common(broken))
    batch = train_batch(problem, [broken], workload.examples(broken))
    objective = f"validation/{problem.task.error_name}"
    write_trial(directory, name, trial, batch, batch.histories[0], objective)


def seeded(
    trial: TrialConfiguration, seeds: Sequence[int]
) -> dict[str, TrialConfiguration]:
    """The same trial with several seeds; no checkpoints are needed."""
    from dataclasses import replace

    return {
        f"seed-{seed}": replace(trial, seed=seed, data_seed=seed, checkpoints_kept=0)
        for seed in seeds
    }

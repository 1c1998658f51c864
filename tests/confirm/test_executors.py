"""Other processes and a cluster train the same as this process does."""

from __future__ import annotations

import builtins
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from advisor.confirm.executors import executor_of
from advisor.confirm.pipelines.pipeline import Progress, Settings
from advisor.errors import AdvisorError
from advisor.pipeline import Checked
from tests.confirm.fake_pipeline import DIVERGING, HEALTHY, OVERFITTING, FakePipeline
from tests.confirm.studies import checked, confirm, report


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("study")
    return checked(folder, HEALTHY, OVERFITTING, DIVERGING)


@pytest.fixture(scope="module")
def serial(study: Checked, tmp_path_factory: pytest.TempPathFactory) -> str:
    return report(study, *confirm(study, FakePipeline(), tmp_path_factory.mktemp("w")))


@dataclass
class Failing(FakePipeline):
    """Fails, or dies without a word, in every trial."""

    dies: bool = False

    def train(
        self, trials: Mapping[str, Settings], directory: Path, progress: Progress
    ) -> None:
        if self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        raise AdvisorError("no gpu")


@pytest.mark.parametrize("separate", [True, False])
def test_processes_train_the_same(
    study: Checked, serial: str, tmp_path: Path, separate: bool
) -> None:
    pipeline = FakePipeline(journal=tmp_path / "journal", separate=separate)
    with executor_of("processes://2") as executor:
        results = confirm(study, pipeline, tmp_path / "w", executor=executor)
    assert report(study, *results) == serial
    lines = (tmp_path / "journal").read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines)) == 36


def test_processes_import_nothing_from_where_the_user_stands(
    study: Checked,
    serial: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("multiprocessing", "pickle"):
        program = "open('imported', 'w'); raise SystemExit(1)"
        (tmp_path / f"{name}.py").write_text(program)
    with executor_of("processes://2") as executor:
        results = confirm(study, FakePipeline(), tmp_path / "w", executor=executor)
    assert report(study, *results) == serial
    assert not (tmp_path / "imported").exists()
    assert "PYTHONSAFEPATH" not in os.environ


@pytest.mark.parametrize(
    ("dies", "said"), [(False, "no gpu"), (True, "found that one was killed")]
)
def test_what_goes_wrong_in_a_process_is_told(
    study: Checked, tmp_path: Path, dies: bool, said: str
) -> None:
    with (
        executor_of("processes://2") as executor,
        pytest.raises(AdvisorError, match=said),
    ):
        confirm(study, Failing(dies=dies), tmp_path / "w", executor=executor)


@pytest.mark.parametrize(
    "place", ["processes://0", "processes://x", "processes://", "dask://", "spark://x"]
)
def test_places_that_do_not_exist(place: str) -> None:
    with pytest.raises(AdvisorError, match=f"found `{place}`"), executor_of(place):
        pass


def test_without_dask_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name == "distributed":
            raise ImportError(name)
        return found(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with (
        pytest.raises(AdvisorError, match=r"pip install 'advisor\[dask\]'"),
        executor_of("dask://127.0.0.1:1"),
    ):
        pass


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two workers, each a process of its own."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=50,
    ) as local:
        yield local


def place_of(cluster: Any) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("separate", [True, False])
def test_a_cluster_of_which_a_worker_is_killed_half_way(
    cluster: Any, study: Checked, serial: str, tmp_path: Path, separate: bool
) -> None:
    journal = tmp_path / "journal"
    pipeline = FakePipeline(journal=journal, separate=separate, delay=0.1)
    killed: list[int] = []
    killer = threading.Thread(target=kill_one, args=(cluster, journal, killed))
    killer.start()
    with executor_of(place_of(cluster)) as executor:
        results = confirm(study, pipeline, tmp_path / "w", executor=executor)
    killer.join()
    assert killed
    assert report(study, *results) == serial
    assert not [x for x in (tmp_path / "w" / "trials").iterdir() if x.name[0] == "."]


def kill_one(cluster: Any, journal: Path, killed: list[int]) -> None:
    """Kills the process of one worker once six trials are trained."""
    for _ in range(600):
        if journal.exists() and len(journal.read_text("utf-8").splitlines()) >= 6:
            break
        time.sleep(0.05)
    worker = next(iter(cluster.workers.values()))
    process = worker.process.pid
    os.kill(process, signal.SIGKILL)
    killed.append(process)


@pytest.mark.filterwarnings("ignore")
def test_what_goes_wrong_on_a_cluster_is_told(
    cluster: Any, study: Checked, tmp_path: Path
) -> None:
    with (
        executor_of(place_of(cluster)) as executor,
        pytest.raises(AdvisorError, match="no gpu"),
    ):
        confirm(study, Failing(), tmp_path / "w", executor=executor)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere", "127.0.0.1:99999999"])
def test_a_cluster_that_is_not_there(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("advisor.confirm.executors.PATIENCE", 1)
    with pytest.raises(AdvisorError, match="dask://"), executor_of(f"dask://{address}"):
        pass

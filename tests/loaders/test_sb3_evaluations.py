"""Stable-Baselines' evaluations.npz, against numpy's own reader and on damage."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.errors import LogError
from advisor.loaders.collect import collect
from advisor.loaders.sb3_evaluations import load

LOGS = Path(__file__).resolve().parents[2] / "../shared/logs"


def write(path: Path, **arrays: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trial/evaluations.npz"


def test_means_over_the_episodes(path: Path) -> None:
    write(
        path,
        timesteps=np.array([100, 200]),
        results=np.array([[1.0, 3.0], [5.0, 6.0]]),
        ep_lengths=np.array([[10, 20], [30, 30]]),
        successes=np.array([[True, False]] * 2),
    )
    (log,) = load(path)
    assert {
        tag: list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        for tag, curve in log.curves.items()
    } == {
        "eval/mean_reward": [(100, 2.0), (200, 5.5)],
        "eval/mean_ep_length": [(100, 15.0), (200, 30.0)],
    }


@pytest.mark.parametrize("order", ["C", "F"])
def test_any_type_and_order_of_numbers(path: Path, order: Any) -> None:
    results = np.arange(6, dtype=np.float32).reshape(3, 2).copy(order)
    write(path, timesteps=np.arange(3, dtype=np.uint8), results=results)
    (log,) = load(path)
    assert log.curves["eval/mean_reward"].values.tolist() == [0.5, 2.5, 4.5]
    assert set(log.curves) == {"eval/mean_reward"}


@pytest.mark.parametrize(
    "arrays",
    [
        {"results": np.zeros((2, 2))},
        {"timesteps": np.zeros((2, 2)), "results": np.zeros((2, 2))},
        {"timesteps": np.array([1.0, np.nan]), "results": np.zeros((2, 2))},
        {"timesteps": np.array(["a", "b"]), "results": np.zeros((2, 2))},
        {"timesteps": np.array([{}, []], dtype=object), "results": np.zeros(2)},
    ],
)
def test_arrays_that_count_no_steps(path: Path, arrays: Any) -> None:
    with pytest.raises(LogError):
        list(load(write(path, **arrays)))


def test_nothing_is_unpickled(path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (pytest.fail, ("unpickled",))

    trap = np.array([Trap()], dtype=object)
    with pytest.raises(LogError, match="object"):
        list(load(write(path, timesteps=np.array([1]), results=trap)))


def archive(path: Path, name: str, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return path


def test_headers_that_ask_for_memory_are_refused(path: Path) -> None:
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (1 << 62,)}
    np.lib.format.write_array_header_1_0(stream, header)
    with pytest.raises(LogError):
        list(load(archive(path, "timesteps.npy", stream.getvalue() + b"\0" * 8)))


def test_an_archive_that_unpacks_without_end_is_refused(path: Path) -> None:
    content = b"\x93NUMPY\x01\0" + b"\0" * (70 << 20)
    with pytest.raises(LogError, match="more than"):
        list(load(archive(path, "timesteps.npy", content)))


def test_a_file_cut_off_or_changed_anywhere_never_crashes(path: Path) -> None:
    write(path, timesteps=np.array([1, 2]), results=np.array([[1.0], [2.0]]))
    whole = path.read_bytes()
    for place in range(len(whole)):
        for data in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            path.write_bytes(data)
            try:
                list(load(path))
            except LogError:
                continue


def test_what_is_left_over_above_several_trials_belongs_to_none(path: Path) -> None:
    write(path, timesteps=np.array([1]), results=np.array([1.0]))
    below = path.parent / "run_1"
    below.mkdir()
    (below / "events.out.tfevents.1.host").write_bytes(b"")
    assert not collect([path.parent]).trials


@pytest.mark.skipif(not LOGS.is_dir(), reason="needs the shared logs")
def test_real_evaluations_join_their_monitors() -> None:
    logs = collect([LOGS / "sb3-zoo"])
    assert len(logs.trials) == 30
    for trial in logs.trials:
        with np.load(trial.location / "evaluations.npz") as arrays:
            curve = trial.curves["eval/mean_reward"]
            np.testing.assert_array_equal(curve.steps, arrays["timesteps"])
            means = arrays["results"].reshape(len(curve), -1).mean(axis=1)
            np.testing.assert_allclose(curve.values, means)
        assert "r" in trial.curves

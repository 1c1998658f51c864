"""From paths to trials: the walk, the joining of parts, and what costs only itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from event_bytes import scalar, write

from advisor.errors import AdvisorError
from advisor.loaders import collect as collecting
from advisor.loaders.collect import collect
from advisor.loaders.joining import concatenate, join
from advisor.loaders.known import Loader, known_loaders
from advisor.loaders.walk import walk
from advisor.model.curve import Axis, Curve
from advisor.model.log import Logs, TrialLog

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "../shared/logs"
EVENTS = "events.out.tfevents.1700000000.host.1.0"
CSV = "step,loss\n1,0.5\n2,0.25\n3,0.125\n"


def put(path: Path, text: str = CSV) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(logs: Logs) -> list[str]:
    return [logs.name_of(trial) for trial in logs.trials]


def found(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in walk(root).files]


# The walk.


def test_files_come_in_natural_order(tmp_path: Path) -> None:
    for name in ("exp10/a", "exp9/a", "exp2/b/c", "exp2/z", "b", "a11", "a2"):
        put(tmp_path / name)
    assert found(tmp_path) == [
        "a2",
        "a11",
        "b",
        "exp2/z",
        "exp2/b/c",
        "exp9/a",
        "exp10/a",
    ]


def test_folders_of_tools_are_skipped(tmp_path: Path) -> None:
    skipped = (".git", "node_modules", "__pycache__", ".venv", ".cache", "env")
    for name in (*skipped, ".hydra", "venv"):
        put(tmp_path / name / "log.csv")
    put(tmp_path / "env" / "pyvenv.cfg")
    put(tmp_path / ".hidden.csv")
    assert found(tmp_path) == [".hidden.csv", ".hydra/log.csv", "venv/log.csv"]
    assert found(tmp_path / ".git") == ["log.csv"]  # asked for by name


def test_what_is_no_regular_file_is_reported_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "trial" / "log.csv")
    os.mkfifo(tmp_path / "trial" / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # paths of sockets are short
        server.bind("socket.csv")
        logs = collect([tmp_path])
    assert names(logs) == ["trial"]
    assert {problem.path.name: problem.found for problem in logs.problems} == {
        tmp_path.name: "1 files that are no regular files (FIFO, socket or device): "
        "socket.csv",
        "trial": "1 files that are no regular files (FIFO, socket or device): pipe.csv",
    }


def test_an_explicit_fifo_or_missing_file_is_a_problem(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    logs = collect([tmp_path / "pipe.csv", tmp_path / "absent.csv"])
    assert [problem.found for problem in logs.problems] == [
        "a FIFO, socket or device",
        "nothing",
    ]


def test_links_in_a_circle_and_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root / "trial" / "log.csv")
    put(tmp_path / "outside" / "log.csv")
    (root / "trial" / "up").symlink_to(root)
    (root / "self").symlink_to("self")
    (root / "data").symlink_to(tmp_path / "outside")
    (root / "file.csv").symlink_to(tmp_path / "outside" / "log.csv")
    (root / "gone").symlink_to(tmp_path / "nothing")
    logs = collect([root])
    assert names(logs) == ["trial"]
    assert sorted(problem.found for problem in logs.problems) == [
        "1 symbolic links that lead in a circle: self",
        "1 symbolic links that lead in a circle: up",
        "1 symbolic links to nothing: gone",
        "2 symbolic links that lead out of it: data and others",
    ]


def test_links_within_the_root_count_no_trial_twice(tmp_path: Path) -> None:
    put(tmp_path / "run-1" / "log.csv")
    (tmp_path / "latest-run").symlink_to("run-1")
    (tmp_path / "copy.csv").symlink_to("run-1/log.csv")
    (tmp_path / "debug-internal.log").symlink_to("gone/debug-internal.log")
    logs = collect([tmp_path])
    assert names(logs) == ["run-1"]
    assert not logs.problems


def test_a_link_to_a_file_that_is_only_in_a_cache_is_followed(tmp_path: Path) -> None:
    put(tmp_path / ".dvc" / "cache" / "0a1b")
    (tmp_path / "trial").mkdir()
    for name in ("log.csv", "same.csv"):
        (tmp_path / "trial" / name).symlink_to("../.dvc/cache/0a1b")
    logs = collect([tmp_path])
    assert names(logs) == ["trial"]
    assert logs.trials[0].points == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_folders_and_files_cost_only_themselves(tmp_path: Path) -> None:
    put(tmp_path / "good" / "log.csv")
    put(tmp_path / "closed" / "log.csv").parent.chmod(0)
    put(tmp_path / "bad" / "log.csv").chmod(0)
    logs = collect([tmp_path])
    (tmp_path / "closed").chmod(0o700)
    assert names(logs) == ["good"]
    assert {problem.found for problem in logs.problems} == {"permission denied"}
    assert len(logs.problems) == 2


def test_errors_of_the_file_system_cost_only_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "log.csv")
    scan = os.scandir

    def failing(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", failing)
    tree = walk(tmp_path)
    assert [path.parent.name for path in tree.files] == ["b"]
    assert tree.problems[0].found == "permission denied"


def test_a_deep_tree(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 300)
    put(deep / "log.csv")
    assert len(collect([tmp_path]).trials) == 1


# Which loader reads a file.


def test_loaders_are_found_by_their_names() -> None:
    loaders = known_loaders()
    assert {"tensorboard", "training-csv"} <= {loader.NAME for loader in loaders}
    assert len({loader.NAME for loader in loaders}) == len(loaders)
    assert all(loader.READS for loader in loaders)


class _Greedy:
    NAME, READS = "greedy", "everything"

    def claims(self, path: Path, head: bytes) -> bool:
        return True

    def load(self, path: Path) -> Iterator[TrialLog]:
        raise RuntimeError("never seen before")


def test_two_loaders_that_claim_a_file_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both: tuple[Loader, ...] = (_Greedy(), *known_loaders())
    monkeypatch.setattr(collecting, "known_loaders", lambda: both)
    put(tmp_path / "log.csv")
    with pytest.raises(AdvisorError, match="`greedy` and `training-csv`"):
        collect([tmp_path])


def test_a_mistake_in_a_loader_costs_only_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "known_loaders", lambda: (_Greedy(),))
    logs = collect([put(tmp_path / "log.csv")])
    (problem,) = logs.problems
    assert problem.found == "RuntimeError: never seen before"
    assert "a mistake of ours" in problem.remedy


def test_an_explicit_file_that_nobody_reads_is_a_problem(tmp_path: Path) -> None:
    logs = collect([put(tmp_path / "notes.md"), put(tmp_path / "log.csv")])
    assert len(logs.trials) == 1
    (problem,) = logs.problems
    assert problem.path.name == "notes.md"
    assert "tensorboard" in problem.remedy
    assert not collect([tmp_path]).problems  # not asked for by name


def test_files_like_logs_that_nobody_reads_are_counted(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl", "c.parquet", "model.pt", "notes.txt"):
        put(tmp_path / name)
    assert dict(collect([tmp_path]).unclaimed) == {".jsonl": 2, ".parquet": 1}


def test_a_broken_file_costs_only_itself(tmp_path: Path) -> None:
    put(tmp_path / "good" / "log.csv")
    put(tmp_path / "bad" / "metrics.csv", "")
    put(tmp_path / "worse" / EVENTS, "no events")
    logs = collect([tmp_path])
    assert names(logs) == ["good"]
    assert {problem.path.parent.name for problem in logs.problems} == {"bad", "worse"}


def test_progress_counts_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "log.csv")
    seen: list[tuple[int, int]] = []
    collect([tmp_path], lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2), (2, 2)]


# Roots and names.


def test_overlapping_paths_count_nothing_twice(tmp_path: Path) -> None:
    file = put(tmp_path / "sweep" / "trial" / "log.csv")
    read: list[int] = []
    paths = [tmp_path, file, tmp_path / "sweep", file.parent]
    logs = collect(paths, lambda _, total: read.append(total))
    assert names(logs) == ["sweep/trial"]
    assert logs.trials[0].points == 3
    assert read[-1] == 1


def test_an_explicit_file_is_named_by_its_folder(tmp_path: Path) -> None:
    file = put(tmp_path / "trial" / "log.csv")
    put(tmp_path / "trial" / "config.yaml", "lr: 0.1\n")
    logs = collect([file])
    assert names(logs) == ["trial"]
    assert logs.trials[0].configuration == {"lr": 0.1}


def test_trials_of_equal_names_below_different_paths_are_told_apart(
    tmp_path: Path,
) -> None:
    roots = [tmp_path / name for name in ("one", "two")]
    for root in roots:
        put(root / "trial" / "log.csv")
    assert names(collect(roots)) == ["one/trial", "two/trial"]
    put(roots[0] / "trial" / "log.csv").parent.rename(roots[0] / "other")
    assert names(collect(roots)) == ["other", "trial"]


def test_relative_and_repeated_collection_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b", "a", "c"):
        put(tmp_path / name / "log.csv")
    monkeypatch.chdir(tmp_path)
    assert names(collect([Path()])) == names(collect([tmp_path])) == ["a", "b", "c"]


# Parts of one trial.


def curve(
    steps: list[int], start: float | None = None, axis: Axis = "step", scale: float = 1
) -> Curve:
    times = None if start is None else start + np.arange(len(steps))
    values = scale * np.array(steps, dtype=float)
    return Curve(np.array(steps, dtype=np.int64), values, times, axis)


def part(form: str = "tensorboard", **changes: object) -> TrialLog:
    return TrialLog(Path("trial"), form, (Path("trial") / form,), **changes)  # type: ignore[arg-type]


def test_curves_are_put_in_the_order_of_their_wall_times() -> None:
    joined = concatenate([curve([5, 6], 100), curve([0, 1, 2], 50), curve([3, 4], 70)])
    assert joined.steps.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert joined.wall_times is not None
    assert (np.diff(joined.wall_times) > 0).all()


def test_curves_without_wall_times_stay_in_the_order_of_their_files() -> None:
    joined = concatenate([curve([5, 6]), curve([0, 1], 50)])
    assert joined.steps.tolist() == [5, 6, 0, 1]
    assert joined.wall_times is None


def test_a_copy_of_a_file_counts_once(tmp_path: Path) -> None:
    events = [scalar(i, "loss", i) for i in range(5)]
    write(tmp_path / "trial" / EVENTS, *events)
    write(tmp_path / "trial" / f"{EVENTS}.copy", *events)
    (trial,) = collect([tmp_path]).trials
    assert trial.points == 5


def test_of_two_formats_the_longer_record_is_kept() -> None:
    event = part(curves={"loss": curve([1, 2]), "lr": curve([1, 2])})
    table = part("training-csv", curves={"loss": curve([1, 2, 3]), "lr": curve([1, 2])})
    for parts in ([event, table], [table, event]):
        joined = join(parts)
        assert joined.points == 5
        assert joined.curves["loss"].steps.tolist() == [1, 2, 3]
        assert joined.notes == (
            "1 metric is in both tensorboard and training-csv; tensorboard was used",
            "1 metric is in both training-csv and tensorboard; training-csv was used",
        )
    equal = join(
        [
            part("training-csv", curves={"x": curve([1], scale=2)}),
            part(curves={"x": curve([1])}),
        ]
    )
    assert equal.curves["x"].values.tolist() == [1]


def test_the_axis_is_taken_from_the_record_that_knows_it() -> None:
    event = part(curves={"loss": curve([0, 1]), "x": curve([0, 1])})
    table = part("training-csv", curves={"loss": curve([0, 1], axis="epoch")})
    joined = join([table, event])
    assert joined.curves["loss"].axis == "epoch"
    assert joined.curves["x"].axis == "step"


def test_what_the_parts_say_is_merged() -> None:
    joined = join(
        [
            part(configuration={"lr": 1}, state="running", notes=("a",)),
            part(configuration={"lr": 2, "b": 3}, results={"x": 1.0}, group="g"),
            part(state="finished", notes=("a", "b"), display_name="name"),
        ]
    )
    assert joined.configuration == {"lr": 1, "b": 3}
    assert joined.results == {"x": 1.0}
    assert (joined.state, joined.group, joined.display_name) == (
        "finished",
        "g",
        "name",
    )
    assert joined.notes == ("a", "b")


def test_formats_of_one_folder_are_one_trial(tmp_path: Path) -> None:
    put(tmp_path / "trial" / "log.csv")
    write(tmp_path / "trial" / EVENTS, *(scalar(i, "grad_norm", 1) for i in range(9)))
    (trial,) = collect([tmp_path]).trials
    assert {tag: len(curve) for tag, curve in trial.curves.items()} == {
        "grad_norm": 9,
        "loss": 3,
    }
    assert {path.name for path in trial.sources} == {"log.csv", EVENTS}


# Configurations.


def test_the_configuration_beside_a_log_is_its_own(tmp_path: Path) -> None:
    for name, rate in (("a", 0.1), ("b", 0.2)):
        put(tmp_path / name / "log.csv")
        put(tmp_path / name / "config.yaml", f"lr: {rate}\n")
    logs = collect([tmp_path])
    assert [trial.configuration for trial in logs.trials] == [{"lr": 0.1}, {"lr": 0.2}]
    assert {path.name for path in logs.trials[0].sources} == {"log.csv", "config.yaml"}


def test_a_configuration_above_counts_for_the_only_trial_below(tmp_path: Path) -> None:
    for name in ("0", "1"):
        put(tmp_path / name / ".hydra" / "config.yaml", f"lr: 0.{name}\n")
        put(tmp_path / name / "logs" / "version_0" / "metrics.csv")
    put(tmp_path / "2" / "metrics.csv")
    put(tmp_path / "config.yaml", "lr: 9\nsize: 1\n")  # of all, so of none
    logs = collect([tmp_path])
    found = [dict(trial.configuration) for trial in logs.trials]
    assert found == [{"lr": 0.0}, {"lr": 0.1}, {}]


def test_a_folder_that_holds_trials_is_none_itself(tmp_path: Path) -> None:
    write(tmp_path / EVENTS)
    put(tmp_path / "config.yaml", "lr: 1\n")
    for name in ("a", "b"):
        write(tmp_path / name / EVENTS, scalar(1, "loss", 1))
    logs = collect([tmp_path])
    assert names(logs) == ["a", "b"]
    assert not logs.problems


# Logs that other people's training left behind.


@pytest.mark.skipif(not SHARED.is_dir(), reason="no logs beside the checkout")
@pytest.mark.parametrize(
    ("folder", "trials"),
    [("algoperf-amos", 75), ("yolov5-node", 55), ("simple-sb2-tb", 7)],
)
def test_real_trees_hold_each_trial_once(folder: str, trials: int) -> None:
    logs = collect([SHARED / folder])
    assert len(logs.trials) == trials
    assert len(set(names(logs))) == trials
    assert not dict(logs.unclaimed).keys() & {".tfevents", ".csv"}


@pytest.mark.skipif(not SHARED.is_dir(), reason="no logs beside the checkout")
def test_metrics_in_two_formats_are_counted_once() -> None:
    from event_bytes import slow_points

    place = SHARED / "yolov5-node" / "runs" / "train" / "exp54"
    (trial,) = collect([place]).trials
    (events,) = place.glob("*tfevents*")
    expected = {tag: len(rows) for tag, rows in slow_points(events).items()}
    assert {tag: len(each) for tag, each in trial.curves.items()} == expected
    assert trial.curves["val/box_loss"].axis == "epoch"  # as results.csv says
    assert any("13 metrics are in both" in note for note in trial.notes)

"""Stable-Baselines' monitor files."""

from __future__ import annotations

from pathlib import Path

from advisor.loaders.sb3_monitor import claims, load


def write(tmp_path: Path, number: str, start: float, rows: str) -> Path:
    path = tmp_path / f"{number}monitor.csv"
    path.write_text(f'#{{"t_start": {start}, "env_id": "E-v0"}}\nr,l,t\n{rows}')
    return path


def test_episodes_of_all_environments_in_the_order_of_their_ends(
    tmp_path: Path,
) -> None:
    first = write(tmp_path, "2.", 100, "1,10,5\n2,20,9\n")
    second = write(tmp_path, "10.", 101, "3,30,1\n4,40,9\n")
    (log,) = load(first)
    reward = log.curves["r"]
    assert reward.values.tolist() == [3, 1, 2, 4]
    assert reward.steps.tolist() == [30, 40, 60, 100]
    assert reward.wall_times is not None
    assert reward.wall_times.tolist() == [102, 105, 109, 110]
    assert log.configuration == {"env_id": "E-v0"}
    (other,) = load(second)
    assert (other.location, other.key, other.points) == (tmp_path, "", 0)


def test_one_environment(tmp_path: Path) -> None:
    path = write(tmp_path, "", 0, "1,10,5\nnan,20,9\n3,30,")
    assert claims(path, path.read_bytes())
    (log,) = load(path)
    assert log.curves["r"].steps.tolist() == [10, 30]
    assert log.curves["l"].values.tolist() == [10, 20]


def test_an_unreadable_environment_costs_only_itself(tmp_path: Path) -> None:
    first = write(tmp_path, "0.", 0, "1,10,5\n")
    (tmp_path / "1.monitor.csv").write_bytes(b"")
    (log,) = load(first)
    assert log.curves["r"].values.tolist() == [1]
    assert log.problems[0].path.name == "1.monitor.csv"


def test_a_header_that_lies(tmp_path: Path) -> None:
    path = tmp_path / "monitor.csv"
    path.write_text('#{"t_start": "x", "env_id": []\nr,l,t\n1,10,5\n')
    (log,) = load(path)
    assert log.curves["r"].steps.tolist() == [10]


def test_an_episode_of_impossible_length_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "", 0, "1,10,1\n2,9223372036854775808,2\n3,10,3\n")
    (log,) = load(path)
    assert log.curves["r"].steps.tolist() == [10, 20]

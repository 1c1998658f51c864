"""Which trials are one study."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.interpret.configuration import Configuration
from advisor.interpret.studies import interpret
from advisor.model.log import Declaration, Logs, TrialLog
from advisor.model.search_space import Domain
from tests.interpret.logs import ROOT, said, studies_of, trial

FOLDERS = [
    pytest.param(["a", "b"], [["a", "b"]], id="folders_side_by_side"),
    pytest.param(
        ["one/a", "one/b", "two/a", "two/b"],
        [["one/a", "one/b"], ["two/a", "two/b"]],
        id="two_sweeps",
    ),
    pytest.param(
        ["lr_1/seed_0", "lr_1/seed_1", "lr_2/seed_0", "lr_2/seed_1"],
        [["lr_1/seed_0", "lr_1/seed_1", "lr_2/seed_0", "lr_2/seed_1"]],
        id="seeds_below_configurations",
    ),
    pytest.param(
        ["hot", "hot/seed43", "mild", "mild/seed43"],
        [["hot", "hot/seed43", "mild", "mild/seed43"]],
        id="seeds_beside_the_first",
    ),
    pytest.param(
        ["small/lightning_logs/version_0", "small/lightning_logs/version_1"],
        [["small/lightning_logs/version_0", "small/lightning_logs/version_1"]],
        id="versions_of_lightning",
    ),
    pytest.param(
        ["x/iter_1/log_dir", "x/iter_2/log_dir"],
        [["x/iter_1/log_dir", "x/iter_2/log_dir"]],
        id="folders_that_wrap_one_trial",
    ),
]


@pytest.mark.parametrize(("names", "groups"), FOLDERS)
def test_folders_decide(names: list[str], groups: list[list[str]]) -> None:
    found = studies_of([trial(name) for name in names])
    assert [[each.name for each in study.trials] for study in found] == groups


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (("lightning_logs",), "lightning_logs"),
        (("lightning_logs/version_0",), "version_0"),
        (("lightning_logs/version_0", "lightning_logs/version_1"), "logs"),
        ((".",), "logs"),
    ],
)
def test_a_study_above_what_was_given_is_called_by_what_was_given(
    given: tuple[str, ...], name: str
) -> None:
    found = tuple(trial(f"lightning_logs/version_{i}") for i in range(len(given) + 1))
    roots = tuple(ROOT / each for each in given)
    logs = Logs(roots, tuple(x for x in found if any(_in(x, r) for r in roots)))
    (study,) = interpret(logs, Configuration())
    assert study.name == name


def _in(log: TrialLog, root: Path) -> bool:
    return root == log.location or root in log.location.parents


def test_repeated_studies_are_one() -> None:
    points = [{"lr": 0.1}, {"lr": 0.01}, {"lr": 0.001}]
    trials = [
        trial(f"study_{repeat}/trial_{i}", {**point, "seed": 10 * repeat + i})
        for repeat in range(3)
        for i, point in enumerate(points)
    ]
    (study,) = studies_of(trials)
    assert study.name == "study_*"
    assert len(study.trials) == 9


def test_numbered_sweeps_of_other_points_stay_apart() -> None:
    trials = [
        trial(f"sweep_{n}/trial_{i}", {"lr": 10.0 ** -(3 * n + i)})
        for n in range(2)
        for i in range(3)
    ]
    assert [len(study.trials) for study in studies_of(trials)] == [3, 3]


def test_different_data_sets_are_never_compared() -> None:
    trials = [
        trial(f"t{i}", {"lr": 0.1 * (i + 1), "data": path})
        for i, path in enumerate(
            ["data/coco.yaml", "old/data/coco.yaml", "data/voc.yaml"]
        )
    ]
    names = {s.name: [t.name for t in s.trials] for s in studies_of(trials)}
    assert names == {"logs (coco.yaml)": ["t0", "t1"], "logs (voc.yaml)": ["t2"]}


def test_trials_without_a_metric_in_common_are_apart() -> None:
    trials = [
        trial("a", tags=["val_loss"]),
        trial("b", tags=["val_loss"]),
        trial("c", tags=["eval/mean_reward"]),
    ]
    sizes = [len(study.trials) for study in studies_of(trials)]
    assert sizes == [2, 1]


def test_unrelated_programs_in_one_folder_are_apart() -> None:
    speech = {f"audio.{i}": i for i in range(12)}
    vision = {f"image.{i}": i for i in range(12)}
    trials = [trial("a", speech), trial("b", vision)]
    assert [len(study.trials) for study in studies_of(trials)] == [1, 1]


def test_trials_that_logged_nothing_stay_with_their_neighbours() -> None:
    trials = [trial("a"), trial("b"), trial("c", {"lr": 1.0}, tags=[])]
    (study,) = studies_of(trials)
    assert study.trials_by_name["c"].infeasibility is not None


def test_sweeps_that_never_logged_are_attempts_at_their_neighbour() -> None:
    trials = [
        trial("wandb/run-1", {"lr": 0.1}, tags=[], group="s1", state="failed"),
        trial("wandb/run-2", {"lr": 0.2}, tags=[], group="s1", state="failed"),
        trial("wandb/run-3", {"lr": 0.3}, group="s2", state="finished"),
    ]
    (study,) = studies_of(trials)
    assert (study.name, len(study.infeasible)) == ("s2", 2)


def test_the_log_names_the_group() -> None:
    trials = [trial(f"wandb/run-{i}", group="ab"[i % 2]) for i in range(4)]
    found = {study.name: len(study.trials) for study in studies_of(trials)}
    assert found == {"a": 2, "b": 2}


def test_one_search_space_above_is_one_study() -> None:
    declared = Declaration(ROOT / "s", ROOT / "s/x", {"lr": Domain(1e-4, 0.1)})
    trials = [trial("s/day1/a", {"lr": 0.1}), trial("s/day2/b", {"lr": 0.01})]
    (study,) = studies_of(trials, declared)
    assert study.search_space["lr"].declared


def test_tables_are_studies_of_their_own() -> None:
    trials = [trial(f"{table}.csv", key=str(i)) for table in "ab" for i in range(3)]
    found = [study.name for study in studies_of(trials)]
    assert found == ["a.csv", "b.csv"]


def test_the_user_decides(tmp_path: Path) -> None:
    text = """
        studies: [{name: mine, match: ["one/a", "*/b"]}]
        ignore: ["*debug*"]
    """
    names = ["one/a", "one/c", "two/b", "two/debug-1"]
    configuration = said(tmp_path, text)
    found = studies_of([trial(n) for n in names], configuration=configuration)
    assert {study.name: [t.name for t in study.trials] for study in found} == {
        "mine": ["one/a", "two/b"],
        "logs": ["one/c"],
    }


def test_nothing_let_through_is_an_error(tmp_path: Path) -> None:
    configuration = said(tmp_path, 'trials: ["2024-*"]')
    with pytest.raises(AdvisorError, match="let some of the 1 trials through"):
        studies_of([trial("a")], configuration=configuration)


def test_names_of_studies_are_distinct() -> None:
    trials = [
        trial(f"t{i}", {"task": f"{folder}/same"}, tags=[tag])
        for i, (folder, tag) in enumerate(
            [("x", "val_loss"), ("y", "eval/mean_reward"), ("z", "eval/mean_reward")]
        )
    ]
    names = [study.name for study in studies_of(trials)]
    assert len(set(names)) == len(names)

"""Tables of trials: one row a trial, long form, the W&B runs table, search spaces."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from advisor.errors import LogError
from advisor.loaders import (
    long_table,
    trial_table,
    tuning_search_space,
    wandb_runs_csv,
)
from advisor.loaders.trial_states import flagged_state, state_of
from advisor.model.log import Declaration, TrialLog
from advisor.model.search_space import Domain


def write(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def trials(tmp_path: Path, text: str) -> list[TrialLog]:
    return list(trial_table.load(write(tmp_path, text)))


def test_optuna(tmp_path: Path) -> None:
    text = (
        "number,value,datetime_start,duration,params_lr,params_opt,user_attrs_acc,"
        "system_attrs_x,state\n"
        "0,0.5,2020-01-01,0 days,1e-3,adam,0.9,1,COMPLETE\n"
        "1,,2020-01-01,0 days,1e-2,None,,1,PRUNED\n"
        "2,inf,2020-01-01,0 days,0.1,,,1,FAIL\n"
    )
    logs = trials(tmp_path, text)
    assert [log.key for log in logs] == ["trial 0", "trial 1", "trial 2"]
    assert [log.state for log in logs] == ["finished", "killed", "failed"]
    assert [dict(log.configuration) for log in logs] == [
        {"lr": 1e-3, "opt": "adam"},
        {"lr": 1e-2, "opt": None},
        {"lr": 0.1},
    ]
    assert [dict(log.results) for log in logs] == [
        {"value": 0.5, "acc": 0.9},
        {},
        {"value": math.inf},
    ]


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    text = (
        "run,lr,epochs,optimizer,layers,val_acc,train_time,status\n"
        'a,1e-3,10,adam,"[64, 64]",0.9,12.5,ok\n'
        'b,1e-2,10,sgd,"[64]",diverged,3,FAIL\n'
        'c,0.1,20,,"[64]",nan,,done\n'
    )
    logs = trials(tmp_path, text)
    assert [log.key for log in logs] == ["a", "b", "c"]
    assert all(log.location == tmp_path / "table.csv" for log in logs)
    assert logs[0].configuration == {
        "lr": 1e-3,
        "epochs": 10,
        "optimizer": "adam",
        "layers": "[64, 64]",
    }
    assert logs[0].results == {"val_acc": 0.9, "train_time": 12.5}
    assert (logs[1].state, dict(logs[1].results)) == ("failed", {"train_time": 3.0})
    assert logs[1].notes == ("val_acc: diverged", "status: FAIL")
    assert "optimizer" not in logs[2].configuration
    assert math.isnan(logs[2].results["val_acc"])


def test_a_flag_is_a_state(tmp_path: Path) -> None:
    text = "lr,batch_size,loss,diverged\n.1,32,1,False\n.2,64,,True\n"
    logs = trials(tmp_path, text)
    assert [log.state for log in logs] == [None, "failed"]
    assert logs[1].notes == ("diverged: True",)


def test_trials_of_one_name_are_told_apart(tmp_path: Path) -> None:
    text = "experiment,lr,seed,acc\na,.1,0,.9\na,.1,1,.8\n"
    logs = trials(tmp_path, text)
    assert [log.key for log in logs] == ["row 1", "row 2"]
    assert logs[1].configuration == {"lr": 0.1, "seed": 1}


def test_a_ragged_row_costs_only_itself(tmp_path: Path) -> None:
    logs = trials(tmp_path, "lr,batch_size,loss\n.1,32,1\n.2\n.3,64,2\n")
    assert [log.results["loss"] for log in logs] == [1, 2]
    assert [len(log.problems) for log in logs] == [1, 0]


@pytest.mark.parametrize("loader", [trial_table, wandb_runs_csv])
def test_only_a_header(tmp_path: Path, loader: object) -> None:
    path = write(tmp_path, "Name,State,Created,lr,loss\n")
    with pytest.raises(LogError, match="only a header"):
        list(loader.load(path))  # type: ignore[attr-defined]


def test_wandb_runs(tmp_path: Path) -> None:
    text = (
        '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","lr",'
        '"optimizer","train/loss","val_acc"\n'
        '"same","finished","","me","","2020","12","s1","0.1","adam","0.3","0.9"\n'
        '"same","crashed","","me","","2020","12","s1","0.2","sgd","","NaN"\n'
        '"other","running","","me","","2020","12","","0.3","None","1",""\n'
    )
    logs = list(wandb_runs_csv.load(write(tmp_path, text)))
    assert [log.key for log in logs] == ["same", "same (2)", "other"]
    assert [log.state for log in logs] == ["finished", "crashed", "running"]
    assert [log.group for log in logs] == ["s1", "s1", None]
    assert logs[0].configuration == {"lr": 0.1, "optimizer": "adam"}
    assert logs[0].results == {"train/loss": 0.3, "val_acc": 0.9}
    assert list(logs[1].results) == ["val_acc"]
    assert logs[2].configuration == {"lr": 0.3, "optimizer": None}


def test_long_form(tmp_path: Path) -> None:
    text = (
        "trial,step,loss,lr,note\n"
        "a,0,4,.1,x\na,1,3,.1,x\nb,0,2,.2,y\nb,1,,.2,y\nb,2,nan,.2,z\n,0,9,.3,z\n"
    )
    a, b = long_table.load(write(tmp_path, text))
    assert (a.key, b.key) == ("a", "b")
    assert a.curves["loss"].steps.tolist() == [0, 1]
    assert b.curves["loss"].steps.tolist() == [0, 2]
    assert (a.configuration, b.configuration) == (
        {"lr": 0.1, "note": "x"},
        {"lr": 0.2},
    )


def test_long_form_by_seed_and_model(tmp_path: Path) -> None:
    rows = [
        f"{model},{seed},{epoch},{epoch}"
        for model in ("cnn", "mlp")
        for seed in (0, 1)
        for epoch in range(3)
    ]
    text = "\n".join(["model,seed,epoch,loss", *rows]) + "\n"
    logs = list(long_table.load(write(tmp_path, text)))
    assert [log.key for log in logs] == [
        f"model={model}, seed={seed}" for model in ("cnn", "mlp") for seed in (0, 1)
    ]
    assert logs[3].configuration == {"model": "mlp", "seed": 1}
    assert all(log.curves["loss"].steps.tolist() == [0, 1, 2] for log in logs)


def test_long_form_counts_the_rows_of_each_trial(tmp_path: Path) -> None:
    logs = list(long_table.load(write(tmp_path, "run,loss\na,1\nb,1\na,.5\nb,.4\n")))
    assert [log.curves["loss"].steps.tolist() for log in logs] == [[0, 1], [0, 1]]
    assert logs[0].curves["loss"].axis == "row"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("TrialState.PRUNED", "killed"),
        ("Finished", "finished"),
        ("FAIL", "failed"),
        ("crashed", "crashed"),
        ("WAITING", "running"),
        ("0.93", None),
        ("", None),
    ],
)
def test_state_words(word: str, state: str | None) -> None:
    assert state_of(word) == state


def test_flags() -> None:
    assert flagged_state("diverged", "True") == "failed"
    assert flagged_state("crashed", "1") == "crashed"
    assert flagged_state("diverged", "False") is None


def search_space(tmp_path: Path, text: str) -> Declaration:
    path = write(tmp_path, text, "tuning_search_space.json")
    assert tuning_search_space.claims(path, b"")
    (declaration,) = tuning_search_space.load(path)
    assert isinstance(declaration, Declaration)
    return declaration


def test_search_space(tmp_path: Path) -> None:
    found = search_space(
        tmp_path,
        '{"lr": {"min": 1e-4, "max": 0.1, "scaling": "log"},'
        ' "dropout": {"min": 0, "max": 0.5, "scaling": "linear"},'
        ' "beta1": {"feasible_points": [0.9, 0.99]}}',
    )
    assert found.location == tmp_path
    assert found.algorithm == "quasi-random"
    assert found.domains == {
        "lr": Domain(1e-4, 0.1, scale="log"),
        "dropout": Domain(0, 0.5, scale="linear"),
        "beta1": Domain(choices=(0.9, 0.99)),
    }


def test_search_space_of_points(tmp_path: Path) -> None:
    found = search_space(tmp_path, '[{"lr": 1, "b": 2}, {"lr": 3, "b": 2}]')
    assert found.domains == {"lr": Domain(choices=(1, 3)), "b": Domain(choices=(2,))}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        "3",
        "[3]",
        '{"lr": {"min": 2, "max": 1}}',
        '{"lr": {"min": "a", "max": 1}}',
        '{"lr": {"min": NaN, "max": 1}}',
        '{"lr": {"min": 1, "max": 1' + "0" * 400 + "}}",
        '{"lr": [1]}',
    ],
)
def test_bad_search_spaces(tmp_path: Path, text: str) -> None:
    with pytest.raises(LogError, match="tuning_search_space"):
        search_space(tmp_path, text)

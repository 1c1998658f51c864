"""Which table layout is which, and that exactly one loader claims a file."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

LOADERS = [
    importlib.import_module(f"advisor.loaders.{name}")
    for name in (
        "training_csv",
        "long_table",
        "trial_table",
        "wandb_chart_csv",
        "wandb_runs_csv",
        "sb3_monitor",
        "tuning_search_space",
    )
]

TRAINING, LONG, TRIALS = "training-csv", "long-table", "trial-table"
CHART, RUNS, MONITOR = "wandb-chart-csv", "wandb-runs-csv", "sb3-monitor"

CASES = {
    "keras": ("epoch,accuracy,loss,val_loss\n0,.5,1,1.1\n1,.6,.9,1\n", TRAINING),
    "keras without an epoch": ("val_loss,loss\n1,1\n0.5,0.5\n", TRAINING),
    "keras with a schedule": ("loss,lr\n3,0.1\n2,0.09\n1,0.081\n", TRAINING),
    "keras, not a row yet": ("epoch,loss\n", TRAINING),
    "lightning": ("epoch,lr-Adam,step,train_loss\n0,,4,1\n,.1,5,\n", TRAINING),
    "constant settings": ("step,loss,seed\n0,1,3\n1,.9,3\n2,.8,3\n", TRAINING),
    "scheduled momentum": (
        "step,loss,momentum\n" + "".join(f"{i},1,{0.8 + i / 99}\n" for i in range(9)),
        TRAINING,
    ),
    "ray progress": (
        "score,training_iteration,trial_id,time_this_iter_s\n1,1,a0,0.1\n2,2,a0,0.1\n",
        TRAINING,
    ),
    "a step and nothing named like a metric": ("step,foo\n0,1\n1,2\n", TRAINING),
    "epochs as the step": ("epochs,loss\n1,3\n2,2\n3,1\n", TRAINING),
    "long form": ("trial,step,loss\na,0,1\na,1,.5\nb,0,1\n", LONG),
    "long form, numbered": ("run_id,epoch,loss\n1,0,1\n1,1,.5\n2,0,1\n2,1,.4\n", LONG),
    "long form by seed": ("seed,epoch,loss\n0,0,1\n0,1,2\n1,0,1\n1,1,2\n", LONG),
    "long form without steps": ("run,loss\na,1\na,.5\nb,1\nb,.4\n", LONG),
    "optuna": ("number,value,params_lr,state\n0,.5,.1,COMPLETE\n1,,.2,FAIL\n", TRIALS),
    "scikit-learn": ("param_C,mean_test_score\n1,.5\n10,.6\n", TRIALS),
    "ray data frame": (
        "trial_id,val_loss,training_iteration,config/lr\na,1,9,.1\nb,2,9,.2\nc,2,20,1\n",
        TRIALS,
    ),
    "own table": ("name,lr,val_acc\na,.1,.5\nb,.2,.6\n", TRIALS),
    "a sweep of one setting": ("lr,val_loss\n1e-4,3\n1e-3,2\n1e-2,1\n", TRIALS),
    "one trial": ("lr,batch_size,val_acc\n.1,32,.9\n", TRIALS),
    "epochs as a setting": (
        "lr,epochs,batch_size,val_acc\n.1,10,32,.9\n.2,10,64,.8\n.1,20,32,.7\n",
        TRIALS,
    ),
    "a sorted grid with epoch": (
        "lr,batch_size,epoch,val_acc\n.1,32,10,.9\n.1,64,10,.8\n.01,32,20,.7\n",
        TRIALS,
    ),
    "seeds of experiments": (
        "experiment,lr,seed,acc\na,.1,0,.9\na,.1,1,.8\nb,.2,0,.9\nb,.2,1,.8\n",
        TRIALS,
    ),
    "chart": (
        '"Step","a - loss","a - loss__MIN","a - loss__MAX"\n"0","1","1","1"\n',
        CHART,
    ),
    "chart without bounds": ("Step,a - loss,b - loss\n0,1,2\n", CHART),
    "runs table": ("Name,State,Created,lr,loss\na,finished,x,.1,.2\n", RUNS),
    "monitor": ('#{"t_start": 1.0}\nr,l,t\n1,2,3\n', MONITOR),
    "class report": (",precision,recall,support\ncat,.9,.9,10\ndog,.8,.8,20\n", None),
    "confusion matrix": (",cat,dog\ncat,3,4\ndog,5,6\n", None),
    "data set": ("sepal_length,sepal_width,species\n5,3,a\n4,2,b\n", None),
    "predictions": ("image_id,label,score\n1,cat,.5\n2,dog,.6\n", None),
    "rows of another table": ("a,loss\n1,2,3,4\n1,2,3,4\n", None),
}


@pytest.mark.parametrize("case", CASES)
def test_one_loader_claims_it(tmp_path: Path, case: str) -> None:
    text, expected = CASES[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    names = [each.NAME for each in LOADERS if each.claims(path, text.encode()[:4096])]
    assert names == ([expected] if expected else [])


@pytest.mark.parametrize("case", [each for each in CASES if CASES[each][1]])
def test_what_is_claimed_loads(tmp_path: Path, case: str) -> None:
    text, _ = CASES[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    (loader,) = [each for each in LOADERS if each.claims(path, text.encode())]
    logs = list(loader.load(path))
    assert logs
    assert len({(log.location, log.key) for log in logs}) == len(logs)
    assert all(log.format == loader.NAME for log in logs)


@pytest.mark.parametrize("name", ["progress.csv", "table.csv"])
@pytest.mark.parametrize("content", [b"", b"," * 20_000 + b"\n", b"y" * (2 << 20)])
def test_a_broken_file_is_claimed_to_be_reported(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    names = [each.NAME for each in LOADERS if each.claims(path, content[:4096])]
    assert names == [TRAINING]


def test_a_file_that_grew_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    for text, expected in (("cat,dog\n1,2\n", []), ("step,loss\n0,1\n", [TRAINING])):
        path.write_text(text)
        found = [each.NAME for each in LOADERS if each.claims(path, text.encode())]
        assert found == expected


@pytest.mark.parametrize("name", ["data.json", "notes.txt", "log.csv.gz"])
def test_other_files_are_not_claimed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("step,loss\n0,1\n")
    assert not [each for each in LOADERS if each.claims(path, b"step,loss\n0,1\n")]

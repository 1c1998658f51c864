"""A project whose script trains in closed form; its optimum lies outside the space."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from advisor.cli import main

TRAIN = """
import math, os, random, sys, time
given = dict(each.split("=", 1) for each in sys.argv[1:])
lr, drop, place = float(given["lr"]), float(given["drop"]), given["directory"]
time.sleep(float(given.get("wait", 0)))
with open("calls.txt", "a") as file:
    file.write(os.path.basename(place) + "\\n")
if lr > 1.0:
    print("the loss is NaN")
    sys.exit(3)
noise = random.Random(int(given["seed"]))
error = 0.1 + 0.05 * (math.log10(lr) + 1) ** 2 + 0.01 * (drop - 0.2) ** 2
with open(os.path.join(place, "training.csv"), "w") as file:
    file.write("epoch,loss,val_loss\\n")
    for i in range(60):
        fall = math.exp(-i / 6)
        file.write(f"{i},{error * 0.8 + fall + noise.gauss(0, 0.004)},")
        file.write(f"{error + fall + noise.gauss(0, 0.004)}\\n")
"""
SPACE: Mapping[str, Any] = {
    "learning_rate": {"lower": 1e-4, "upper": 1e-2, "scale": "log"},
    "dropout": {"lower": 0.0, "upper": 0.5},
}
USUAL = (
    "lr={learning_rate}",
    "drop={dropout}",
    "seed={seed}",
    "directory={directory}",
)


def make_project(folder: Path, *more: str, space: Mapping[str, Any] = SPACE) -> None:
    """The script, and an advisor.yaml that names it and the search space."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.py").write_text(TRAIN, "utf-8")
    settings = {
        "confirm": {"command": [sys.executable, "train.py", *USUAL, *more]},
        "tune": {"search_space": space},
    }
    (folder / "advisor.yaml").write_text(json.dumps(settings), "utf-8")


def tune(*arguments: object) -> Result:
    """`advisor tune` without plots, which no test here looks at."""
    words = ["tune", "--no-plots", *map(str, arguments)]
    return CliRunner().invoke(main, words, catch_exceptions=False)


def calls(folder: Path) -> int:
    """How often the script ran."""
    path = folder / "calls.txt"
    return len(path.read_text().splitlines()) if path.exists() else 0

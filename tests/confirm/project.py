"""A project of a user: logs, a script that trains, and advisor.yaml."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from advisor.cli import main
from tests.confirm.fake_pipeline import HEALTHY, OVERFITTING, write

TRAIN = """
import json, math, os, random, sys
entries = dict(each.split("=", 1) for each in sys.argv[1:])
with open("calls.txt", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
noise = random.Random(int(entries["seed"]))
rise = 0.02 * (float(entries["width"]) > 100) * (float(entries["dropout"]) < 0.2)
with open(os.path.join(entries["directory"], "training.csv"), "w") as file:
    file.write("epoch,loss,val_loss\\n")
    for i in range(60):
        loss = 0.3 + math.exp(-i / 8) + noise.gauss(0, 0.004)
        error = loss + 0.1 + noise.gauss(0, 0.004) + rise * max(0, i - 20)
        file.write(f"{i},{loss},{error}\\n")
"""
USUAL = ("width={width}", "dropout={dropout}", "seed={seed}", "directory={directory}")


def configure(
    path: Path, *arguments: str, program: str = sys.executable, **more: Any
) -> None:
    settings = {"command": [program, *arguments], **more}
    path.write_text(json.dumps({"confirm": settings}), "utf-8")


def advisor(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


def confirm(*more: str) -> Result:
    return advisor("confirm", "logs", "--only", "problematic-overfitting", *more)


def calls(project: Path) -> list[list[str]]:
    path = project / "calls.txt"
    return (
        [json.loads(x) for x in path.read_text().splitlines()] if path.exists() else []
    )


def make_project(folder: Path) -> None:
    """Logs of a healthy and of an overfitting trial, and the script behind them."""
    for i, settings in enumerate((HEALTHY, OVERFITTING)):
        write({**settings, "seed": i}, folder / "logs" / f"t{i}")
    (folder / "train.py").write_text(TRAIN, "utf-8")


def set_everywhere(project: Path, entries: Mapping[str, str]) -> None:
    for path in (project / "logs").glob("*/config.json"):
        settings = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**settings, **entries}), "utf-8")

"""Carries out actions and jobs as their services do, as far as ours need it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
_EXPRESSION = re.compile(r"\$\{\{ *([\w.\[\]-]+) *\}\}")
_BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")  # `shell: bash`


@dataclass(frozen=True)
class Done:
    """What is left of a step or of an action."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def install_present(home: Path) -> None:
    """The advisor of this environment, where the install step would put one."""
    command = [sys.executable, "-P", "-c", "from advisor.cli import main; main()"]
    program = home / "bin" / "advisor"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    program.chmod(0o755)


def stub_python(temp: Path) -> None:
    """A `python3` whose `venv` holds the advisor of this environment, and a pip.

    What pip was asked for is kept in `temp/pip`.
    """
    install_present(temp / "made")
    pip = temp / "made" / "bin" / "python"
    pip.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(temp / "pip"))}\n')
    python = temp / "path" / "python3"
    python.parent.mkdir()
    copy = f'cp -R {shlex.quote(str(temp / "made"))} "$4"'
    python.write_text(f'#!/bin/sh\ntest "$1 $2 $3" = "-I -m venv" && {copy}\n')
    for each in (pip, python):
        each.chmod(0o755)


def run_step(
    step: Mapping[str, Any], known: Mapping[str, str], cwd: Path, temp: Path
) -> Done:
    """One `run:` step; `known` are the values of the expressions that it may use."""
    script, output, summary = (temp / each for each in ("script", "output", "summary"))
    script.write_text(step["run"], "utf-8")
    for each in (output, summary):
        each.write_text("")
    env = {
        "PATH": f"{temp / 'path'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(temp),
        "RUNNER_TEMP": str(temp),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_WORKSPACE": str(cwd),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        **{key: evaluate(value, known) for key, value in step.get("env", {}).items()},
    }
    done = subprocess.run(
        [*_BASH, str(script)],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    outputs = dict(
        line.split("=", 1) for line in output.read_text("utf-8").splitlines()
    )
    return Done(done.returncode, done.stdout, outputs, summary.read_text("utf-8"))


def run_action(inputs: Mapping[str, str], cwd: Path, temp: Path) -> Done:
    """The composite action; what it would install is taken from here."""
    action = load(ROOT / "action.yml")
    values = {
        name: inputs.get(name, each.get("default"))
        for name, each in action["inputs"].items()
    }
    assert inputs.keys() <= values.keys()
    known = {f"inputs.{name}": value for name, value in values.items()}
    assert None not in known.values(), "a required input is missing"
    done = Done(0, "", {}, "")
    stub_python(temp)
    for step in action["runs"]["steps"]:
        if "run" in step:
            done = run_step(step, known, cwd, temp)
            known |= {
                f"steps.{step['id']}.outputs.{key}": value
                for key, value in done.outputs.items()
            }
            if done.code:
                break
        else:
            assert step["if"] == "inputs.python-version != ''"
            assert not values["python-version"]
    outputs = {
        name: evaluate(each["value"], known) for name, each in action["outputs"].items()
    }
    return Done(done.code, done.log, outputs, done.summary)


def evaluate(text: str, known: Mapping[str, str]) -> str:
    """Expressions that name one value; unknown outputs are empty, as they are there."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        assert name in known or name.startswith("steps."), name
        return known.get(name, "")

    return _EXPRESSION.sub(value, text)


def scripts(document: Any) -> Iterator[str]:
    """Every script of an action, a workflow or a pipeline, at any depth."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            if key in ("run", "script", "before_script"):
                yield from [value] if isinstance(value, str) else value
            else:
                yield from scripts(value)
    elif isinstance(document, list):
        for each in document:
            yield from scripts(each)

"""The page on gates shows what there is, and what it shows is valid."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from advisor.cli import main
from advisor.interpret.configuration import load_configuration
from advisor.report.formats import find_format, names
from tests.ci.runner import ROOT, install_present, load
from tests.ci.test_templates import program
from tests.gate.test_comparison import GOOD, PLAIN, write

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)

_WHO = tuple(
    f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
)


def block(part: str) -> str:
    """The one YAML block that holds `part`."""
    (found,) = (body for kind, body in BLOCKS if kind == "yaml" and part in body)
    return str(found)


def test_the_workflow_is_the_template() -> None:
    template = (ROOT / "templates" / "github-check.yml").read_text("utf-8")
    assert block("on: pull_request") == re.sub(r"\A(#.*\n)+", "", template)


def test_the_steps_that_compare_are_those_of_the_template() -> None:
    template = (ROOT / "templates" / "github-compare.yml").read_text("utf-8")
    assert block("base.sha") in template


@pytest.mark.parametrize(
    ("candidate", "incumbent", "code"), [(GOOD, PLAIN, 0), (PLAIN, GOOD, 1)]
)
def test_the_gitlab_job_that_compares_runs(
    candidate: tuple[float, ...],
    incumbent: tuple[float, ...],
    code: int,
    tmp_path: Path,
) -> None:
    job = yaml.safe_load(block("advisor-compare:"))["advisor-compare"]
    template = load(ROOT / "templates" / "gitlab-check.yml")
    assert job.pop("extends") in template
    assert job["image"] == "python:3.12"  # the slim one has no git
    origin, project, home = (tmp_path / name for name in ("origin", "project", "home"))
    write(origin / "logs" / "incumbent", incumbent)
    script = "git init -q -b main && git add . && git commit -q -m logs"
    name = dict.fromkeys(_WHO, "x")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **name}
    run = {"env": env, "capture_output": True, "text": True, "check": False}
    subprocess.run(["sh", "-ec", script], cwd=origin, **run)
    subprocess.run(["git", "clone", "-q", str(origin), str(project)], **run)
    # The merge request changes what is in use as well, in vain.
    shutil.rmtree(project / "logs" / "incumbent")
    write(project / "logs" / "incumbent", (0.1, 0.2, 0.3))
    write(project / "logs" / "candidate", candidate, settings={"lr": 0.2})
    install_present(home)
    env |= {"ADVISOR_HOME": str(home), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    steps = "\n".join(job["script"])
    done = subprocess.run(["sh", "-ec", steps], cwd=project, **run)
    assert done.returncode == code, done.stderr
    report = (project / "advisor-report" / "comparison.md").read_text("utf-8")
    assert "adopt" in report


def test_every_format_is_listed() -> None:
    rows = "\n".join(f"| `{each}` | {find_format(each).TAKES} |" for each in names())
    assert rows in PAGE


def test_every_input_and_output_is_told() -> None:
    action = load(ROOT / "action.yml")
    for name in (*action["inputs"], *action["outputs"]):
        assert f"`{name}`" in PAGE, name


def test_parts_fit_into_the_workflow(tmp_path: Path) -> None:
    workflow: dict[Any, Any] = load(ROOT / "templates" / "github-check.yml")
    workflow["on"] = workflow.pop(True)  # YAML 1.1 reads the key as true
    workflow["jobs"] |= yaml.safe_load(block("code-scanning:"))
    steps = yaml.safe_load(block("{name: logs, path: logs}"))
    workflow["jobs"]["check"]["steps"][1:1] = steps
    path = tmp_path / "advisor.yml"
    path.write_text(yaml.safe_dump(workflow), "utf-8")
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_suppression_loads(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text(block("suppress:"), "utf-8")
    (suppression,) = load_configuration(tmp_path, path).suppressions
    assert suppression.finding == "loss-spikes-3fa9cd"


def test_the_hook_is_configured_as_pre_commit_wants(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(block("hooks:"), "utf-8")
    command = [program("pre-commit"), "validate-config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    (hook,) = yaml.safe_load(block("hooks:"))["repos"][0]["hooks"]
    assert hook["id"] == load(ROOT / ".pre-commit-hooks.yaml")[0]["id"]


def test_commands_run_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "fixtures" / "trainer-sweep", tmp_path / "logs")
    write(tmp_path / "logs" / "candidate", GOOD, settings={"lr": 0.2})
    write(tmp_path / "logs" / "incumbent", PLAIN)
    shown = [body for kind, body in BLOCKS if kind == "sh"]
    lines = "".join(shown).replace("\\\n", " ").splitlines()
    commands = [shlex.split(each, comments=True) for each in lines]
    codes = [
        CliRunner().invoke(main, command[1:]).exit_code
        for command in commands
        if command[0] == "advisor"
    ]
    assert codes == [1, 0, 0, 0]
    assert (tmp_path / "advisor.sarif").is_file()
    assert (tmp_path / "comparison.md").read_text("utf-8").startswith("# Candidate")

"""The page on gates shows what there is, and what it shows is valid."""

from __future__ import annotations

import re
import shlex
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
from tests.ci.runner import ROOT, load
from tests.ci.test_templates import program

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def block(part: str) -> str:
    """The one YAML block that holds `part`."""
    (found,) = (body for kind, body in BLOCKS if kind == "yaml" and part in body)
    return str(found)


def test_the_workflow_is_the_template() -> None:
    template = (ROOT / "templates" / "github-check.yml").read_text("utf-8")
    assert block("on: pull_request") == re.sub(r"\A(#.*\n)+", "", template)


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
    (tmp_path / "logs").symlink_to(ROOT / "fixtures" / "trainer-sweep")
    shown = [body for kind, body in BLOCKS if kind == "sh"]
    lines = "".join(shown).replace("\\\n", " ").splitlines()
    commands = [shlex.split(each, comments=True) for each in lines]
    codes = [
        CliRunner().invoke(main, command[1:]).exit_code
        for command in commands
        if command[0] == "advisor"
    ]
    assert codes == [1, 0, 0]
    assert (tmp_path / "advisor.sarif").is_file()

"""What users copy: valid for its service, without holes, and it does what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.report.formats import comment
from tests.ci.runner import ROOT, Done, install_present, load, run_step, scripts

TEMPLATES = ROOT / "templates"
ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
GITHUB = sorted(TEMPLATES.glob("github-*.yml"))
READING = ("github-check.yml", "github-compare.yml")  # they may write nothing
GITLAB = TEMPLATES / "gitlab-check.yml"
FAILING = ROOT / "fixtures" / "trainer-sweep"
PASSING = ROOT / "fixtures" / "lightning-csvlogger"

# Of a pull request's comments, as GitHub answers; others may carry our mark as well.
COMMENTS = [
    {"id": 1, "user": {"login": "someone"}, "body": f"{comment.MARK}\nfalse"},
    {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "other"},
]
OURS = {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{comment.MARK}\n"}


def program(name: str) -> str:
    """A tool that `make validators` puts beside Python."""
    found = shutil.which(name, path=os.path.dirname(sys.executable))
    if found is None:
        pytest.skip(f"no {name}: make validators")
    return found


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("github-actions", [ACTION]),
        ("github-workflows", GITHUB),
        ("gitlab-ci", [GITLAB]),
    ],
)
def test_files_follow_the_schemas_of_their_services(
    schema: str, paths: list[Path]
) -> None:
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", f"vendor.{schema}", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_hook_is_one_for_pre_commit() -> None:
    command = [program("pre-commit"), "validate-manifest", str(HOOKS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_actions_and_workflows_pass_an_audit() -> None:
    command = [program("zizmor"), "--offline", "--persona", "auditor", "--no-config"]
    command += [str(path) for path in (ACTION, *GITHUB)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_none_of_them_obeys_a_configuration_among_the_logs() -> None:
    (hook,) = load(HOOKS)
    assert hook["entry"] == "advisor check --no-search"
    assert "/advisor check --no-search " in load(GITLAB)["advisor"]["script"][0]
    (script,) = (each for each in scripts(load(ACTION)) if "advisor check" in each)
    assert "common=(--no-search " in script
    for command in ("check", "compare"):
        assert f'advisor {command} "${{common[@]}}"' in script


@pytest.mark.parametrize("path", [ACTION, *GITHUB], ids=lambda path: path.name)
def test_scripts_hold_no_expressions(path: Path) -> None:
    found = list(scripts(load(path)))
    assert found or path.name in READING
    assert not any("${{" in each for each in found)


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
def test_permissions_are_given_one_by_one(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert ("write" in job["permissions"].values()) is not (path.name in READING)


@pytest.mark.parametrize("name", READING)
def test_workflows_use_inputs_that_there_are(name: str) -> None:
    (job,) = load(TEMPLATES / name)["jobs"].values()
    (step,) = (each for each in job["steps"] if "/advisor@" in each.get("uses", ""))
    assert step["with"].keys() <= load(ACTION)["inputs"].keys()


def test_the_hook_runs_the_console_script(tmp_path: Path) -> None:
    (hook,) = load(HOOKS)
    name, *arguments = hook["entry"].split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {name: "advisor.cli:main"}
    install_present(tmp_path)
    for logs, code in ((PASSING, 0), (FAILING, 1)):
        command = [str(tmp_path / "bin" / name), *arguments, str(logs)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == code


def _job(
    logs: Path, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """The script of the GitLab job, as its runner carries it out."""
    job = load(GITLAB)["advisor"]
    install_present(folder / "home")
    project = folder / "project"
    shutil.copytree(logs, project / "logs")
    env = {**job["variables"], "ADVISOR_HOME": str(folder / "home"), **variables}
    return subprocess.run(
        ["sh", "-e", "-c", "\n".join(job["script"])],
        cwd=project,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("logs", "code"), [(PASSING, 0), (FAILING, 1)])
def test_the_gitlab_job_writes_its_artifacts(
    logs: Path, code: int, tmp_path: Path
) -> None:
    done = _job(logs, tmp_path, ADVISOR_OPTIONS="--fail-on error")
    assert done.returncode == code, done.stderr
    artifacts = load(GITLAB)["advisor"]["artifacts"]
    reports = artifacts["reports"]
    issues = json.loads((tmp_path / "project" / reports["codequality"]).read_text())
    assert all(each["location"]["path"].startswith("logs/") for each in issues)
    assert (tmp_path / "project" / reports["junit"]).is_file()
    for path in reports.values():
        assert path.startswith(tuple(artifacts["paths"]))


def test_the_gitlab_job_fails_without_the_baseline_it_names(tmp_path: Path) -> None:
    done = _job(PASSING, tmp_path)
    assert done.returncode == 2
    assert "advisor-baseline.json" in done.stderr


def _commented(tmp_path: Path, comments: list[Any], files: dict[str, str]) -> Done:
    """The comment's step, with a `gh` that answers from files and keeps a record."""
    (job,) = load(TEMPLATES / "github-comment.yml")["jobs"].values()
    (step,) = job["steps"]
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (tmp_path / "comments.json").write_text(json.dumps(comments))
    gh = bin_folder / "gh"
    gh.write_text((Path(__file__).parent / "fake_gh.sh").read_text("utf-8"))
    gh.chmod(0o755)
    for name, content in files.items():
        (tmp_path / "artifact").mkdir()
        (tmp_path / "artifact" / name).write_text(content, "utf-8")
    step = {**step, "env": {**step["env"], "FAKE": str(tmp_path)}}
    step["env"]["PATH"] = f"{bin_folder}:{os.environ['PATH']}"
    known = {
        "github.token": "token",
        "github.repository": "owner/name",
        "github.event.workflow_run.id": "77",
        "github.event.workflow_run.pull_requests[0].number": "5",
    }
    temp = tmp_path / "temp"
    temp.mkdir()
    return run_step(step, known, tmp_path, temp)


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq, which gh has inside")
@pytest.mark.parametrize(
    ("comments", "call"),
    [
        (COMMENTS, "POST repos/owner/name/issues/5/comments"),
        ([*COMMENTS, OURS], "PATCH repos/owner/name/issues/comments/3"),
    ],
)
def test_one_comment_is_written_and_then_replaced(
    comments: list[Any], call: str, tmp_path: Path
) -> None:
    body = f"{comment.MARK}\n### $(touch made) `touch made`\n"
    done = _commented(tmp_path, comments, {"comment.md": body})
    assert done.code == 0, done.log
    assert (tmp_path / "calls").read_text("utf-8").splitlines() == [call]
    assert (tmp_path / "sent").read_text("utf-8") == body
    assert not list(tmp_path.rglob("made"))


@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        ({}, 0, "left no report"),
        ({"report.md": "# Report"}, 0, "wrote no comment"),
        ({"comment.md": "x" * 65_001}, 1, "too long"),
    ],
)
def test_nothing_else_is_commented(
    files: dict[str, str], code: int, told: str, tmp_path: Path
) -> None:
    done = _commented(tmp_path, [], files)
    assert (done.code, told in done.log) == (code, True), done.log
    assert not (tmp_path / "calls").exists()


def test_the_comment_waits_for_the_check_by_its_name() -> None:
    # YAML 1.1 reads the key `on` as true.
    waits = load(TEMPLATES / "github-comment.yml")[True]["workflow_run"]["workflows"]
    assert {load(TEMPLATES / each)["name"] for each in READING} == set(waits)
    text = (TEMPLATES / "github-comment.yml").read_text("utf-8")
    assert comment.MARK in text
    (job,) = yaml.safe_load((TEMPLATES / "github-check.yml").read_text())[
        "jobs"
    ].values()
    names = [each.get("with", {}).get("name") for each in job["steps"]]
    assert "advisor-report" in names

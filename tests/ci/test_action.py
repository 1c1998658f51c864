"""The GitHub Action, carried out step by step."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.ci.runner import ROOT, run_action
from tests.gate.test_comparison import GOOD, PLAIN, write

FAILING = ROOT / "fixtures" / "trainer-sweep"
PASSING = ROOT / "fixtures" / "lightning-csvlogger"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout with logs that fail and logs that pass."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    shutil.copytree(FAILING, root / "logs" / "failing")
    shutil.copytree(PASSING, root / "logs" / "passing")
    return root


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    path = tmp_path / "runner temp"
    path.mkdir()
    return path


def test_findings_fail_the_job_and_are_told_everywhere(
    repository: Path, temp: Path
) -> None:
    done = run_action({"paths": "logs/failing"}, repository, temp)
    assert done.code == 1
    (asked,) = (temp / "pip").read_text().splitlines()
    assert asked.startswith("-I -m pip install ")
    assert asked.endswith(f" {ROOT}")
    assert done.outputs == {
        "exit-code": "1",
        "sarif": "advisor-report/advisor.sarif",
        "comment": "advisor-report/comment.md",
        "report": "advisor-report/report.md",
        "comparison": "",
    }
    assert "::error file=logs/failing/trial-" in done.log
    assert done.summary.startswith("### advisor: ")
    assert "problematic-overfitting" in done.summary
    comment = (repository / done.outputs["comment"]).read_text("utf-8")
    assert comment.startswith("<!-- advisor -->\n### advisor: ")
    log = json.loads((repository / done.outputs["sarif"]).read_text("utf-8"))
    assert log["runs"][0]["results"]
    assert (repository / done.outputs["report"]).read_text("utf-8").startswith("# ")


def test_logs_without_an_error_pass(repository: Path, temp: Path) -> None:
    done = run_action({"paths": "logs/passing\n"}, repository, temp)
    assert (done.code, done.outputs["exit-code"]) == (0, "0")
    assert "::error" not in done.log
    assert done.summary.startswith("### advisor: ")


def test_known_findings_pass(repository: Path, temp: Path) -> None:
    first = run_action({"paths": "logs/failing"}, repository, temp)
    assert first.code == 1
    known = _baseline(repository, "logs/failing")
    temp = temp / "again"
    temp.mkdir()
    inputs = {"paths": "logs/failing", "baseline": known, "fail-on": "info"}
    again = run_action(inputs, repository, temp)
    assert again.code == 0
    assert "findings accepted" in again.summary


def _baseline(repository: Path, logs: str) -> str:
    from click.testing import CliRunner

    from advisor.cli import main

    name = "advisor-baseline.json"
    arguments = ["baseline", str(repository / logs), "--output", str(repository / name)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    return name


@pytest.mark.parametrize("place", ["logs/failing", "."])
def test_a_configuration_among_the_logs_is_not_obeyed(
    place: str, repository: Path, temp: Path
) -> None:
    off = "problematic-overfitting"
    text = f"rules: {{disable: [{{id: {off}, reason: so they say}}]}}\n"
    (repository / place / "advisor.yaml").write_text(text)
    done = run_action({"paths": "logs/failing"}, repository, temp)
    for told in (done.log, done.summary):
        assert (f"title={off} " in told or f"[{off}-" in told) is (place != ".")
        assert (f"switches off {off}" in told) is (place == ".")


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"paths": "nothing-here"}, "does not exist"),
        ({"paths": ""}, "Missing argument"),
        ({"paths": "logs", "fail-on": "50%"}, "50%25"),
        ({"paths": "logs", "report": "a\nb"}, "expected one folder"),
        ({"paths": "logs", "config": "absent.yaml"}, "absent.yaml"),
    ],
)
def test_what_cannot_be_checked_never_passes(
    inputs: dict[str, str], told: str, repository: Path, temp: Path
) -> None:
    done = run_action(inputs, repository, temp)
    assert done.code == 2
    errors = [line for line in done.log.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert told in errors[0]
    assert not (repository / "advisor-report").exists()


BETTER = {"paths": "logs/new\n", "against": "logs/old\n"}


@pytest.fixture
def compared(repository: Path) -> Path:
    """The same checkout, with logs of a change that is better."""
    write(repository / "logs" / "new", GOOD, settings={"lr": 0.2})
    write(repository / "logs" / "old", PLAIN)
    return repository


def test_a_better_change_passes_and_the_comparison_is_told_everywhere(
    compared: Path, temp: Path
) -> None:
    done = run_action(BETTER, compared, temp)
    assert (done.code, done.outputs["exit-code"]) == (0, "0"), done.log
    assert "::notice title=advisor compare::adopt: " in done.log
    comment = (compared / done.outputs["comment"]).read_text("utf-8")
    for text in (done.summary, comment):
        first, second = text.index("### advisor: "), text.index("### advisor compare\n")
        assert first < second
        tokens = MarkdownIt("commonmark").enable("table").parse(text)
        assert sum(token.type == "heading_open" for token in tokens) == 2
    report = (compared / done.outputs["comparison"]).read_text("utf-8")
    assert report.startswith("# Candidate against incumbent")


@pytest.mark.parametrize(
    ("inputs", "code", "told"),
    [
        ({"paths": "logs/old", "against": "logs/new"}, 1, "does not lead"),
        ({"min-gain": "0.2"}, 1, "below the 0.2"),
        ({"min-gain": "a lot"}, 2, "could not compare::"),
        ({"min-gain": "nan"}, 2, "expected a number, found nan"),
        ({"min-gain": "inf"}, 2, "expected a number, found inf"),
        ({"against": "", "min-gain": "1"}, 2, "Missing option"),
        ({"against": "logs/absent"}, 2, "could not compare::"),
        ({"against": "logs/passing"}, 2, "expected one objective"),
    ],
)
def test_a_change_that_is_not_shown_to_be_better_fails(
    inputs: dict[str, str], code: int, told: str, compared: Path, temp: Path
) -> None:
    done = run_action({**BETTER, **inputs}, compared, temp)
    assert (done.code, done.outputs["exit-code"]) == (code, str(code))
    assert told in done.log + done.summary
    errors = [line for line in done.log.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert bool(done.outputs["comparison"]) is (code == 1)


def test_a_configuration_beside_either_side_is_not_obeyed(
    compared: Path, temp: Path
) -> None:
    off = "rules: {disable: [{id: gain-below-complexity, reason: so they say}]}\n"
    for side in ("new", "old"):
        (compared / "logs" / side / "advisor.yaml").write_text(off)
    done = run_action({**BETTER, "min-gain": "0.2"}, compared, temp)
    assert done.code == 1
    assert "so they say" not in done.log + done.summary


def test_inputs_are_never_commands(repository: Path, temp: Path) -> None:
    odd = "$(touch made) `touch made`; touch made \"' a=b"
    shutil.copytree(PASSING, repository / odd)
    inputs = {
        "paths": f"logs/passing\n\n{odd}",
        "report": f"out {odd}",
    }
    done = run_action(inputs, repository, temp)
    assert done.code == 0, done.log
    assert not (repository / "made").exists()
    assert (repository / done.outputs["report"]).is_file()


def test_a_folder_that_looks_like_an_option_is_a_folder(
    repository: Path, temp: Path
) -> None:
    shutil.copytree(FAILING / "trial-36", repository / "--exit-zero" / "trial-36")
    done = run_action({"paths": "--exit-zero"}, repository, temp)
    assert done.code == 1
    assert "file=--exit-zero/trial-36/" in done.log

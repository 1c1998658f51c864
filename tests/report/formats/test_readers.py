"""Each format is read by the tools that it is for.

Those from npm are there after `make validators`; without them their tests are skipped.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator

from advisor.model.finding import Accepted, Evaluation
from advisor.report import summary
from advisor.report.asides import asides
from advisor.report.outputs import render, write
from tests.report import example

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ROOT / "build" / "validators" / "node_modules"
needs_packages = pytest.mark.skipif(
    not PACKAGES.is_dir(), reason="no npm packages: make validators"
)
HOSTILE = "a,b:c%0A\n::error::x \x1b[2J[x](http://evil) \u202e\ufffe]]> <b>& \\[y](z)"

# Wishes of the SARIF validator that are not for us, each with its reason.
ACCEPTED_WISHES = {
    "SARIF2002": "messages by template and arguments: they are whole sentences",
    "SARIF2003": "the commit: a check does not ask the version control",
    "SARIF2006": "the address of the schema is looked up: there is no network",
    "SARIF2009": "rule ids that end in a number: ours say what they look for",
    "SARIF2012": "metadata of violated rules, where none is",
    "SARIF2017": "a region: findings concern whole files, as those of CodeQL may",
}


def _much() -> Evaluation:
    made = example.evaluation()
    findings = tuple(
        replace(each, fingerprint=f"{i:020x}") for i, each in enumerate(made.findings)
    )
    accepted = Accepted(findings[-1], "suppression", HOSTILE, "2027-01-31")
    return replace(
        made, findings=findings[:-1], accepted=(accepted,), notices=(HOSTILE,)
    )


def _hostile() -> Evaluation:
    made = _much()
    findings = tuple(
        replace(each, message=HOSTILE, trials=(HOSTILE,)) for each in made.findings
    )
    return replace(made, findings=findings)


@pytest.fixture(params=["much", "hostile", "nothing"])
def evaluation(request: pytest.FixtureRequest) -> Evaluation:
    makers: dict[str, Callable[[], Evaluation]] = {
        "much": _much,
        "hostile": _hostile,
        "nothing": example.empty,
    }
    return makers[request.param]()


@pytest.fixture
def file(evaluation: Evaluation, tmp_path: Path) -> Callable[[str], Path]:
    def make(form: str) -> Path:
        path = tmp_path / f"advisor.{form}"
        write(evaluation, form, path)
        return path

    return make


@pytest.fixture(scope="module")
def sarif_schema() -> Draft4Validator:
    folder = PACKAGES / "@microsoft" / "jest-sarif" / "lib" / "schemas"
    (path,) = folder.glob("sarif-2.1.0*.json")
    return Draft4Validator(json.loads(path.read_text("utf-8-sig")))


@needs_packages
def test_sarif_follows_its_schema(
    evaluation: Evaluation, sarif_schema: Draft4Validator
) -> None:
    log = json.loads(render(evaluation, "sarif"))
    assert [each.message for each in sarif_schema.iter_errors(log)] == []
    log["runs"][0]["results"] = [{"level": "bad"}]
    assert not sarif_schema.is_valid(log)


def _complaints(path: Path) -> set[str]:
    """The rules that the SARIF validator finds broken, GitHub's own among them.

    Its wrapper hands the arguments to a shell, and it always ends with 0.
    """
    found = path.with_suffix(".complaints")
    script = "process.stdout.write(require('@microsoft/sarif-multitool'))"
    binary = subprocess.run(
        ["node", "-e", script], cwd=PACKAGES.parent, capture_output=True, check=True
    ).stdout.decode()
    command = [binary, "validate", str(path), "--output", str(found)]
    command += ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    command += ["--log", "ForceOverwrite"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Analysis completed successfully" in done.stdout
    (run,) = json.loads(found.read_text("utf-8-sig"))["runs"]
    return {each["ruleId"] for each in run["results"]}


@needs_packages
def test_sarif_satisfies_code_scanning(file: Callable[[str], Path]) -> None:
    assert _complaints(file("sarif")) <= ACCEPTED_WISHES.keys()


@needs_packages
def test_the_sarif_validator_would_complain(tmp_path: Path) -> None:
    log = json.loads(render(_much(), "sarif"))
    for result in log["runs"][0]["results"]:
        del result["locations"]
    path = tmp_path / "bad.sarif"
    path.write_text(json.dumps(log), "utf-8")
    assert _complaints(path) - ACCEPTED_WISHES.keys()


def test_sarif_texts_hold_no_links(evaluation: Evaluation) -> None:
    (run,) = json.loads(render(evaluation, "sarif"))["runs"]
    told = [*run["results"], *run["invocations"][0]["toolExecutionNotifications"]]
    assert not any("](" in each["message"]["text"] for each in told)


def test_sarif_identities_are_ours_and_unique() -> None:
    (run,) = json.loads(render(_much(), "sarif"))["runs"]
    prints = [each["partialFingerprints"] for each in run["results"]]
    assert len({each["primaryLocationLineHash"] for each in prints}) == len(prints)
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert not any("region" in each for each in places)


def _run_rdformat(path: Path) -> dict[str, Any]:
    script = PACKAGES / "@umbrelladocs" / "rdformat-validator" / "bin"
    command = ["node", str(script / "rdformat-validator.js"), "--strict"]
    command += ["--no-extra-fields", "--format", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@needs_packages
def test_rdjson_follows_its_format(file: Callable[[str], Path], tmp_path: Path) -> None:
    path = file("rdjson")
    assert _run_rdformat(path)["totalErrors"] == 0
    report = json.loads(path.read_text("utf-8"))
    report["diagnostics"] = [{"message": 3}]
    path.write_text(json.dumps(report), "utf-8")
    assert _run_rdformat(path)["totalErrors"] > 0


def test_junit_is_read_with_the_same_sums(
    evaluation: Evaluation, file: Callable[[str], Path]
) -> None:
    junit = pytest.importorskip("junitparser")
    suites = list(junit.JUnitXml.fromfile(str(file("junit"))))
    assert len(suites) == len(evaluation.studies) + bool(asides(evaluation))
    for suite in suites:
        results = [result for case in suite for result in case.result]
        for kind, told in (
            (junit.Failure, suite.failures),
            (junit.Skipped, suite.skipped),
        ):
            assert sum(isinstance(each, kind) for each in results) == told
        assert suite.tests == len(list(suite))


def test_gitlab_gets_the_documented_fields(evaluation: Evaluation) -> None:
    issues = json.loads(render(evaluation, "gitlab"))
    shown = summary.open_findings(evaluation.findings)
    assert len(issues) == len(shown) + len(asides(evaluation))
    for each in issues:
        fields = {"description", "check_name", "fingerprint", "severity", "location"}
        assert each.keys() == fields
        assert each["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert all(isinstance(each[key], str) for key in fields - {"location"})
        assert each["location"].keys() == {"path", "lines"}
        assert each["location"]["lines"] == {"begin": 1}
        path = PurePosixPath(each["location"]["path"])
        assert not path.is_absolute()
        assert path.parts[0] not in (".", "..")
    assert len({each["fingerprint"] for each in issues}) == len(issues)


def _commands(log: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """As the runner of GitHub Actions reads its log."""
    for line in log.splitlines():
        found = re.fullmatch(r"::([a-z-]+)(?: ([^:]*))?::(.*)", line)
        assert found is not None, line
        pairs = (each.partition("=") for each in (found[2] or "").split(","))
        properties = {key: unquote(value) for key, _, value in pairs}
        yield found[1], properties, unquote(found[3])


def test_github_reads_what_was_meant(evaluation: Evaluation) -> None:
    shown = summary.open_findings(evaluation.findings)
    commands = list(_commands(render(evaluation, "github")))
    assert {name for name, _, _ in commands} <= {"error", "warning", "notice"}
    messages = [message for _, _, message in commands]
    if shown:
        assert messages[0].startswith(shown[0].message.split("\n")[0])
        assert commands[0][1]["title"] == f"{shown[0].rule} ({shown[0].id})"
    for level in ("error", "warning", "notice"):
        assert [name for name, _, _ in commands].count(level) <= 10

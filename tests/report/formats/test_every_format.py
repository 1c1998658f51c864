"""What holds for every format: one contract, and each one's own shape."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from advisor.errors import AdvisorError, Problem
from advisor.model.finding import Accepted, Evaluation, Severity
from advisor.report import summary
from advisor.report.asides import asides
from advisor.report.brief import brief
from advisor.report.formats import (
    comment,
    find_format,
    github,
    names,
    sarif,
    step_summary,
)
from advisor.report.outputs import render, write
from tests.report import example


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    made = example.evaluation()
    findings = tuple(
        replace(each, fingerprint=f"{i:020x}") for i, each in enumerate(made.findings)
    )
    accepted = Accepted(findings[-1], "suppression", "it is known", "2027-01-31")
    return replace(made, findings=findings[:-1], accepted=(accepted,))


def opened(evaluation: Evaluation) -> int:
    return len(summary.open_findings(evaluation.findings))


@pytest.mark.parametrize("name", names())
def test_every_format_renders_much_little_and_nothing(
    evaluation: Evaluation, name: str
) -> None:
    form = find_format(name)
    assert name == form.NAME
    assert form.TAKES
    for made in (evaluation, example.empty(), example.evaluation(1)):
        text = form.render(made)
        assert text.endswith("\n")
        assert form.render(made) == text


@pytest.mark.parametrize("name", names())
def test_names_from_logs_are_never_commands_or_escapes(name: str) -> None:
    hostile = "\x1b]0;x\x07\n::set-output name=a::b\u202e\x00\ufffe<script>"
    made = example.evaluation()
    findings = tuple(
        replace(each, message=f"{hostile} failed", trials=(hostile,))
        for each in made.findings
    )
    text = find_format(name).render(replace(made, findings=findings))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    if name != "github":
        assert not re.search(r"^\s*::", text, re.MULTILINE)
    else:
        assert all(
            re.match(r"::(error|warning|notice) ", line) for line in text.splitlines()
        )


def results(evaluation: Evaluation) -> list[dict[str, Any]]:
    (run,) = json.loads(render(evaluation, "sarif"))["runs"]
    found: list[dict[str, Any]] = run["results"]
    return found


def test_sarif_has_a_result_for_each_open_or_accepted_finding(
    evaluation: Evaluation,
) -> None:
    found = results(evaluation)
    assert len(found) == opened(evaluation) + 1
    assert [each["partialFingerprints"]["advisor/v1"] for each in found[:2]] == [
        each.fingerprint for each in summary.open_findings(evaluation.findings)[:2]
    ]
    suppressed = [each for each in found if "suppressions" in each]
    (suppression,) = suppressed[0]["suppressions"]
    assert suppression["justification"] == "it is known (until 2027-01-31)"
    assert len(suppressed) == 1


def test_sarif_rules_have_help_and_results_point_at_them(
    evaluation: Evaluation,
) -> None:
    (run,) = json.loads(render(evaluation, "sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert all(each["help"]["text"] and each["help"]["markdown"] for each in rules)


def test_github_shows_ten_of_a_severity_and_counts_the_rest(
    evaluation: Evaluation,
) -> None:
    finding = next(
        each for each in evaluation.findings if each.severity is Severity.WARNING
    )
    many = replace(
        evaluation, findings=tuple(replace(finding, rule=f"r{i}") for i in range(25))
    )
    lines = github.render(many).splitlines()
    warnings = [line for line in lines if line.startswith("::warning ")]
    assert len(warnings) == github.MOST_OF_A_LEVEL
    assert warnings[-1].endswith("::and 16 more")
    assert lines[-1].startswith("::notice title=advisor::")


def test_github_leaves_room_for_a_comparison_in_the_same_step(
    evaluation: Evaluation,
) -> None:
    finding = evaluation.findings[0]
    findings = tuple(
        replace(finding, rule=f"r{i}", severity=severity)
        for severity in Severity
        for i in range(25)
    )
    lines = github.render(replace(evaluation, findings=findings)).splitlines()
    names = [line.partition(" ")[0] for line in lines]
    assert names.count("::error") == names.count("::notice") == 9
    assert names.count("::warning") == 10
    assert sum(line.endswith(" more") for line in lines) == 3


def test_sarif_stays_small_enough_to_be_uploaded(evaluation: Evaluation) -> None:
    names = tuple(f"a-trial-with-a-name-of-its-own-{i:05d}" for i in range(2000))
    long = tuple(
        replace(
            evaluation.findings[0], rule=f"r{i}", trials=names[i:], message="m" * 1900
        )
        for i in range(1000)
    )
    text = render(replace(evaluation, findings=long), "sarif")
    assert len(gzip.compress(text.encode())) < 10**6
    trials = results(replace(evaluation, findings=long))[0]["properties"]["trials"]
    assert trials == [*names[:20], "and 1,980 more"]


def test_sarif_leaves_out_what_would_be_refused_and_says_so(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    (run,) = json.loads(render(evaluation, "sarif"))["runs"]
    assert len(run["results"]) == 3
    notes = run["invocations"][0]["toolExecutionNotifications"]
    left = opened(evaluation) + 1 - 3
    assert notes[-1]["message"]["text"] == f"{left} more findings are left out."


def test_github_properties_are_escaped(evaluation: Evaluation) -> None:
    finding = replace(evaluation.findings[0], message="50% of a,b: c", rule="a,b:c")
    line = github.render(replace(evaluation, findings=(finding,))).splitlines()[0]
    properties, message = line.removeprefix("::error ").split("::", 1)
    assert message == "50%25 of a,b: c"
    assert "title=a%2Cb%3Ac" in properties


def test_junit_counts_agree_with_its_cases(evaluation: Evaluation) -> None:
    for suite in Xml.fromstring(render(evaluation, "junit")):
        for attribute, tag in (("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.attrib[attribute]) == len(suite.findall(f"*/{tag}"))
        assert int(suite.attrib["tests"]) == len(suite)
        told = {each.attrib["name"] for each in suite}
        assert len(told) == len(suite)


def test_what_could_not_be_decided_does_not_pass(evaluation: Evaluation) -> None:
    suites = Xml.fromstring(render(evaluation, "junit"))
    reasons = [each.attrib["message"] for each in suites.iter("skipped")]
    assert any(each.startswith("not evaluated: ") for each in reasons)
    assert any(each.startswith("inconclusive: ") for each in reasons)


def test_gitlab_fingerprints_are_unique_and_paths_relative(
    evaluation: Evaluation,
) -> None:
    issues = json.loads(render(evaluation, "gitlab"))
    assert len(issues) == opened(evaluation) + len(asides(evaluation))
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    assert not any(each["location"]["path"].startswith("./") for each in issues)


def test_lines_of_json_end_with_the_sum(evaluation: Evaluation) -> None:
    lines = [json.loads(each) for each in render(evaluation, "jsonl").splitlines()]
    assert lines[-1]["type"] == "summary"
    assert lines[-1]["counts"]["accepted"] == 1
    kinds = [each["type"] for each in lines]
    assert kinds.count("finding") == len(evaluation.findings)
    assert kinds.count("accepted") == 1


@pytest.mark.parametrize("form", [comment, step_summary])
def test_what_is_read_by_people_keeps_its_limit(
    evaluation: Evaluation, form: Any
) -> None:
    finding = evaluation.findings[0]
    long = tuple(
        replace(finding, rule=f"r{i}", message="words " * 2000) for i in range(3000)
    )
    text = form.render(replace(evaluation, findings=long))
    assert len(text.encode()) <= form.MOST
    assert "more findings" in text
    # As many as fit are told, and of one step no more than 200.
    assert len(text.encode()) > min(form.MOST / 4, 100_000)
    assert finding.severity is Severity.ERROR
    assert "3,000 errors" in text


@pytest.mark.parametrize("form", [comment, step_summary])
def test_people_read_ids_studies_and_what_is_left_out(
    evaluation: Evaluation, form: Any
) -> None:
    text = form.render(evaluation)
    finding = summary.open_findings(evaluation.findings)[0]
    assert f"| `{finding.subject.study}` | " in text
    assert f"[{finding.id}]({finding.link})" in text
    assert text.splitlines()[form is comment].endswith(", 1 accepted")
    many = tuple(replace(finding, rule=f"r{i}") for i in range(300))
    assert re.search(
        r"And (\d+) more findings: \1 errors\.",
        form.render(replace(evaluation, findings=many)),
    )


def test_as_many_findings_are_told_as_fit(evaluation: Evaluation) -> None:
    finding = evaluation.findings[0]
    many = tuple(replace(finding, rule=f"r{i}", message="so it is") for i in range(99))
    made = replace(evaluation, findings=many, recommendations=())
    for most in (2_000, 4_000, 100_000):
        text = brief(made, most=most, findings=99)
        assert min(most / 3, 9_000) < len(text.encode()) <= most
        assert "so it is" in text


@pytest.mark.parametrize(
    "name", ["comment", "gitlab", "junit", "markdown", "rdjson", "sarif"]
)
def test_a_suppression_without_a_last_day_is_for_good(
    evaluation: Evaluation, name: str
) -> None:
    (accepted,) = evaluation.accepted
    endless = replace(evaluation, accepted=(replace(accepted, until=""),))
    assert "for good" in render(endless, name)
    assert "for good" not in render(evaluation, name)
    known = replace(endless.accepted[0], by="baseline", reason="")
    assert "for good" not in render(replace(evaluation, accepted=(known,)), name)


@pytest.mark.parametrize("form", [comment, step_summary])
def test_a_notice_is_told(evaluation: Evaluation, form: Any) -> None:
    ended = "The suppression of x-1 ended"
    assert ended in form.render(replace(evaluation, notices=(ended,)))


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("fail_on", [None, *Severity])
def test_junit_fails_where_the_exit_code_does(
    evaluation: Evaluation, severity: Severity, fail_on: Severity | None
) -> None:
    alike = tuple(replace(f, severity=severity) for f in evaluation.findings)
    made = replace(evaluation, findings=alike, fail_on=fail_on)
    suites = Xml.fromstring(render(made, "junit"))
    fails = severity >= (fail_on or Severity.ERROR)
    assert made.fails is fails
    assert bool(list(suites.iter("failure"))) is fails
    told = "".join(each.text or "" for each in suites.iter("system-out"))
    assert (alike[0].message in told) is not fails


@pytest.mark.parametrize("name", ["comment", "github", "step-summary"])
def test_people_read_what_counts(evaluation: Evaluation, name: str) -> None:
    def told(fail_on: Severity | None) -> str:
        made = replace(evaluation, fail_on=fail_on)
        return find_format(name).render(made).replace("\\", "")

    errors = summary.severities(
        each for each in evaluation.findings if each.severity is Severity.ERROR
    )
    assert f"{errors} count (--fail-on error)." in told(Severity.ERROR)
    assert f"{errors}, " in told(Severity.WARNING)
    assert "(--fail-on warning)." in told(Severity.WARNING)
    assert "--fail-on" not in told(None)
    none = replace(evaluation, findings=(), fail_on=Severity.INFO)
    assert "Nothing counts" in find_format(name).render(none)


def test_a_program_reads_what_counts(evaluation: Evaluation) -> None:
    made = replace(evaluation, fail_on=Severity.WARNING)
    for report in (
        json.loads(render(made, "json")),
        json.loads(render(made, "jsonl").splitlines()[-1]),
    ):
        assert (report["fail_on"], report["fails"]) == ("warning", True)
    report = json.loads(render(evaluation, "json"))
    assert (report["fail_on"], report["fails"]) == (None, None)


def _aside(evaluation: Evaluation, name: str) -> str:
    """What a format without a place for it tells beside the findings."""
    text = render(evaluation, name)
    if name == "junit":
        suite = Xml.fromstring(text).find("testsuite[@name='advisor']")
        return "" if suite is None else Xml.tostring(suite, "unicode")
    entries = json.loads(text)
    if name == "rdjson":
        entries = entries["diagnostics"]
    return json.dumps(entries[opened(evaluation) :])


@pytest.mark.parametrize("name", ["gitlab", "junit", "rdjson"])
def test_formats_without_a_place_for_it_tell_what_is_beside_the_findings(
    evaluation: Evaluation, name: str
) -> None:
    problem = Problem(Path("logs/a.csv"), "a table", "nothing", "log again")
    made = replace(evaluation, notices=("The suppression ended",), problems=(problem,))
    accepted = evaluation.accepted[0].finding.id
    told = _aside(made, name)
    assert f"{accepted}, suppressed until 2027-01-31: it is known" in told
    assert "The suppression ended" in told
    assert "expected a table" in told
    assert "failure" not in told.replace('failures="0"', "")
    many = replace(evaluation, accepted=evaluation.accepted * 80)
    assert re.search(r"and (30|75) more", _aside(many, name))
    assert _aside(example.empty(), name) in ("", "[]")


def test_a_comment_can_be_found_again(evaluation: Evaluation) -> None:
    assert comment.render(evaluation).startswith(comment.MARK)


def test_a_step_summary_is_added_to(evaluation: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "summary.md"
    write(evaluation, "step-summary", path)
    once = path.read_text("utf-8")
    write(evaluation, "step-summary", path)
    assert path.read_text("utf-8") == once + once
    write(evaluation, "comment", path)
    assert path.read_text("utf-8") == render(evaluation, "comment")


def test_a_file_that_cannot_be_written_is_named(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(AdvisorError, match="taken"):
        write(evaluation, "sarif", tmp_path / "taken" / "a.sarif")

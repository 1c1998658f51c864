"""Baselines and suppressions: what they take away is still told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advisor.cli import main
from advisor.engine.rule_set import load_rules
from advisor.errors import AdvisorError
from advisor.gate.acceptance import accept
from advisor.gate.baseline import read, render
from advisor.interpret.configuration import Suppression
from advisor.model.finding import Evaluation, Severity
from tests.report import example

TODAY = date(2026, 11, 25)
RULES = load_rules()


@pytest.fixture
def evaluation() -> Evaluation:
    made = example.evaluation()
    findings = tuple(
        replace(each, fingerprint=f"print-{i}") for i, each in enumerate(made.findings)
    )
    return replace(made, findings=findings)


def suppress(finding: str, until: date | None = None) -> Suppression:
    return Suppression(finding, "it is known", until)


def test_a_known_finding_leaves_and_is_told(evaluation: Evaluation) -> None:
    made = accept(evaluation, RULES, known={"print-0": Severity.ERROR}, today=TODAY)
    first = evaluation.findings[0]
    assert first.id not in {each.id for each in made.findings}
    (accepted,) = (each for each in made.accepted if each.finding.id == first.id)
    assert accepted.by == "baseline"
    assert made.notices == ()


@pytest.mark.parametrize("before", Severity)
@pytest.mark.parametrize("now", Severity)
def test_what_has_become_worse_counts_again(
    evaluation: Evaluation, before: Severity, now: Severity
) -> None:
    finding = replace(evaluation.findings[0], severity=now)
    made = replace(evaluation, findings=(finding, *evaluation.findings[1:]))
    made = accept(made, RULES, known={"print-0": before}, today=TODAY)
    assert (finding in made.findings) is (now > before)
    told = f"{finding.id} is {before} in the baseline and {now} now"
    assert any(told in each for each in made.notices) is (now > before)


def test_what_is_accepted_is_not_recommended(evaluation: Evaluation) -> None:
    acted_on = next(each for each in evaluation.findings if each.actions)
    refuted = tuple(
        replace(each, refuted=True) if each.rule != acted_on.rule else each
        for each in evaluation.findings
    )
    rules = [*RULES, *(replace(RULES[0], id=each.rule) for each in refuted)]
    for findings, known in ((evaluation.findings, acted_on), (refuted, refuted[-1])):
        made = accept(
            replace(evaluation, findings=findings),
            rules,
            known={known.fingerprint: known.severity},
            today=TODAY,
        )
        recommended = {f.id for each in made.recommendations for f in each.findings}
        assert recommended
        assert known.id not in recommended
        assert not {each.id for each in findings if each.refuted} & recommended


def test_what_it_explains_goes_with_it(evaluation: Evaluation) -> None:
    below = next(each for each in evaluation.findings if each.superseded_by)
    cause = next(each for each in evaluation.findings if each.id == below.superseded_by)
    made = accept(evaluation, RULES, suppressions=[suppress(cause.id)], today=TODAY)
    assert {each.finding.id for each in made.accepted} == {cause.id, below.id}
    assert {each.reason for each in made.accepted} == {"it is known"}


@pytest.mark.parametrize(
    ("until", "counts"),
    [(None, False), (date(2026, 11, 25), False), (date(2026, 11, 24), True)],
)
def test_a_suppression_counts_up_to_its_last_day(
    evaluation: Evaluation, until: date | None, counts: bool
) -> None:
    finding = evaluation.findings[0]
    made = accept(
        evaluation,
        RULES,
        suppressions=[suppress(finding.fingerprint, until)],
        today=TODAY,
    )
    assert (finding in made.findings) is counts
    assert ("it counts again" in "".join(made.notices)) is counts


def test_an_ended_suppression_tells_what_became_of_its_finding(
    evaluation: Evaluation,
) -> None:
    ended = date(2026, 1, 31)
    made = accept(
        evaluation,
        RULES,
        known={"print-0": Severity.ERROR},
        suppressions=[suppress("print-0", ended), suppress("gone-123456", ended)],
        today=TODAY,
    )
    assert made.accepted[0].by == "baseline"
    assert made.notices == (
        "The suppression of print-0 ended on 2026-01-31; the baseline still holds it.",
        "The suppression of gone-123456 ended on 2026-01-31; it is not found any more: "
        "remove it.",
    )


def test_a_suppression_of_nothing_is_noticed(evaluation: Evaluation) -> None:
    made = accept(evaluation, RULES, suppressions=[suppress("spikes-0")], today=TODAY)
    assert made.findings == evaluation.findings
    assert "matches no finding" in made.notices[0]


def test_a_baseline_reads_what_was_written(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(render(evaluation.findings), "utf-8")
    assert read(path).severities == {
        each.fingerprint: each.severity for each in evaluation.findings
    }


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 2, "findings": []}', "[" * 100_000]
)
def test_anything_else_is_no_baseline(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(AdvisorError, match="as `advisor baseline` writes it") as error:
        read(path)
    assert str(path) in str(error.value)


def advisor(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def trial(folder: Path, name: str, *, flat: bool) -> None:
    """A trial whose training loss falls, or does not."""
    place = folder / name
    place.mkdir(parents=True)
    rows = [
        f"{i},{2.3 + 0.01 * ((i * 7) % 5) - (0 if flat else min(i, 60) / 40):.4f},2.3"
        for i in range(120)
    ]
    (place / "training.csv").write_text("step,loss,val_loss\n" + "\n".join(rows) + "\n")
    rate = 1e-6 if flat else 0.1 + len(name) / 100
    (place / "config.json").write_text(json.dumps({"learning_rate": rate}))


def test_only_new_findings_fail_the_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trial(tmp_path / "logs", "first", flat=True)
    gate = ("check", "logs", "--fail-on", "warning", "--baseline", "known.json")
    assert advisor("baseline", "logs", "-o", "known.json").exit_code == 0
    (tmp_path / "logs").rename(tmp_path / "moved")
    gate = tuple("moved" if word == "logs" else word for word in gate)
    passed = advisor(*gate)
    assert passed.exit_code == 0, passed.output
    assert "in the baseline" in passed.output
    trial(tmp_path / "moved", "second-one", flat=True)
    failed = advisor(*gate)
    assert failed.exit_code == 1, failed.output
    assert "second-one" in failed.output


def test_a_suppression_in_the_configuration_is_obeyed_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trial(tmp_path / "logs", "first", flat=True)
    report = json.loads(advisor("check", "logs", "--format", "json").stdout)
    wanted = [each for each in report["findings"] if each["severity"] != "info"]
    assert wanted
    entries = [
        {"finding": each["id"], "reason": "a smoke test", "until": "2999-12-31"}
        for each in wanted
    ]
    (tmp_path / "advisor.yaml").write_text(json.dumps({"suppress": entries}))
    result = advisor("check", "logs", "--fail-on", "warning", "-o", "report.md")
    assert result.exit_code == 0, result.output
    assert f"Accepted: {len(wanted)} suppressed" in result.output
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "## Accepted findings" in text
    assert "a smoke test | 2999-12-31" in text


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"finding": "x-1"}, "no `reason`"),
        ({"reason": "so"}, "no `finding`"),
        ({"finding": "x-1", "reason": "so", "until": "soon"}, "YYYY-MM-DD"),
        ({"finding": "x-1", "why": "so"}, "one of finding, reason, until"),
    ],
)
def test_a_suppression_without_its_reason_is_an_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: dict[str, str],
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    trial(tmp_path / "logs", "first", flat=False)
    (tmp_path / "advisor.yaml").write_text(json.dumps({"suppress": [entry]}))
    result = advisor("check", "logs")
    assert result.exit_code == 2
    assert expected in result.output

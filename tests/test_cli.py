"""The commands as a user gives them: exit codes, outputs, clear errors."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from advisor.cli import main

SCHEMA = Path(__file__).parents[1] / "advisor" / "report" / "schema.json"

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Calls `advisor` in an empty working directory."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")

    def call(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments])

    return call


def write_trial(folder: Path, losses: Sequence[float], **configuration: object) -> None:
    """A trial as Keras's CSVLogger leaves it, with its configuration beside it."""
    folder.mkdir(parents=True)
    rows = [f"{i},{loss:.6g},{loss + 0.05:.6g}" for i, loss in enumerate(losses)]
    text = "\n".join(["epoch,loss,val_loss", *rows]) + "\n"
    (folder / "training.csv").write_text(text, "utf-8")
    (folder / "config.json").write_text(json.dumps(configuration), "utf-8")


def fall(seed: int, points: int = 40) -> list[float]:
    """A healthy curve that has flattened."""
    rng = np.random.default_rng(seed)
    steps = np.arange(points)
    curve = 0.3 + np.exp(-steps / 4) + 0.004 * rng.standard_normal(points)
    return [float(value) for value in curve]


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    """Two healthy trials."""
    for i, rate in enumerate((0.1, 0.01)):
        write_trial(tmp_path / "logs" / f"t{i}", fall(i), learning_rate=rate, epochs=40)
    return tmp_path / "logs"


@pytest.fixture
def overfitting(tmp_path: Path) -> Path:
    """One trial whose validation loss rises."""
    folder = tmp_path / "bad" / "t0"
    folder.mkdir(parents=True)
    training, rng = fall(0), np.random.default_rng(1)
    rise = np.maximum(np.arange(40) - 12, 0) * 0.03 + 0.004 * rng.standard_normal(40)
    rows = [
        f"{i},{a:.6g},{a + b:.6g}"
        for i, (a, b) in enumerate(zip(training, rise, strict=True))
    ]
    text = "\n".join(["epoch,loss,val_loss", *rows]) + "\n"
    (folder / "training.csv").write_text(text, "utf-8")
    return tmp_path / "bad"


def test_nothing_found_is_exit_0(run: Run, healthy: Path) -> None:
    done = run("check", healthy)
    assert done.exit_code == 0, done.output
    assert "2 trials in 1 study" in done.output


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1),
        (("--fail-on", "warning"), 1),
        (("--exit-zero",), 0),
    ],
)
def test_findings_are_exit_1(
    run: Run, overfitting: Path, options: Sequence[str], code: int
) -> None:
    done = run("check", overfitting, *options)
    assert done.exit_code == code
    assert "problematic-overfitting" in done.output


def test_severity_below_the_limit_is_exit_0(run: Run, overfitting: Path) -> None:
    (overfitting / "advisor.yaml").write_text("facts: {comparing_regularisation: true}")
    assert run("check", overfitting, "--fail-on", "warning").exit_code == 0
    assert run("check", overfitting, "--fail-on", "info").exit_code == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "expected training logs"),
        ({"notes.txt": "hello"}, "expected training logs"),
        ({"metrics.csv": ""}, "expected a header line, found an empty file"),
    ],
)
def test_no_logs_is_exit_2(
    run: Run, tmp_path: Path, files: dict[str, str], said: str
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    done = run("check", folder)
    assert done.exit_code == 2
    assert said in done.output


def test_a_missing_path_is_exit_2(run: Run) -> None:
    assert run("check", "nowhere").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--output", "taken/file.md"),
        ("check", "--output", "json=taken/file.json"),
        ("baseline", "--output", "taken/file.json"),
        ("init", "--output", "taken/advisor.yaml"),
        ("suggest", "--output", "taken/next"),
        ("compare", "--output", "taken/file.md", "--against"),
    ],
)
def test_what_cannot_be_written_is_exit_2(
    run: Run, healthy: Path, arguments: tuple[str, ...]
) -> None:
    Path("taken").write_text("a file where a folder is wanted", "utf-8")
    first, *others = arguments
    trial = healthy / "t0" if first == "compare" else healthy
    result = run(first, trial, *others, *([trial] if first == "compare" else []))
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert result.output.startswith("advisor: taken/")


def test_a_mistake_in_the_configuration_is_exit_2(run: Run, healthy: Path) -> None:
    (healthy / "advisor.yaml").write_text("objektive: {metric: loss}\n")
    done = run("check", healthy)
    assert done.exit_code == 2
    assert "advisor.yaml:1:1" in done.output
    assert "did you mean `objective`?" in done.output


def test_json_follows_its_schema(run: Run, overfitting: Path) -> None:
    done = run("check", overfitting, "--format", "json")
    data = json.loads(done.output)
    jsonschema.validate(data, json.loads(SCHEMA.read_text("utf-8")))
    assert data["findings"][0]["rule"] == "problematic-overfitting"


def test_the_report_has_its_plots_beside_it(
    run: Run, overfitting: Path, tmp_path: Path
) -> None:
    report = tmp_path / "out" / "deep" / "report.md"
    done = run("check", overfitting, "--output", report)
    assert done.exit_code == 1, done.output
    text = report.read_text("utf-8")
    pictures = list((report.parent / "report_files").glob("*.png"))
    assert pictures
    assert all(f"report_files/{each.name}" in text for each in pictures)


def test_no_plots(run: Run, overfitting: Path, tmp_path: Path) -> None:
    run("check", overfitting, "--output", tmp_path / "report.md", "--no-plots")
    assert not (tmp_path / "report_files").exists()


def test_init_writes_what_inspect_shows(run: Run, healthy: Path) -> None:
    assert "val_loss, minimize" in run("inspect", healthy).output
    assert run("init", healthy).exit_code == 0
    text = Path("advisor.yaml").read_text("utf-8")
    assert "metric: val_loss" in text
    again = run("init", healthy)
    assert again.exit_code == 2
    assert "--force" in again.output
    assert run("init", healthy, "--force").exit_code == 0
    assert run("check", healthy, "--config", "advisor.yaml").exit_code == 0


def test_explain_shows_the_chain(run: Run, overfitting: Path) -> None:
    data = json.loads(run("check", overfitting, "--format", "json").output)
    (finding, *_) = data["findings"]
    done = run("explain", finding["id"], overfitting)
    assert done.exit_code == 0
    assert "fires if" in done.output
    assert "error.undone =" in done.output
    assert run("explain", "problematic-overfitting", overfitting).exit_code == 0
    assert run("explain", "no-such-thing", overfitting).exit_code == 2


def test_rules_are_listed_and_documented(run: Run) -> None:
    listed = json.loads(run("rules", "--format", "json").output)
    assert len(listed) >= 21
    for each in listed:
        page = run("rule", each["id"])
        assert page.exit_code == 0
        assert "## Known problems" in page.output
    done = run("rule", "overfiting")
    assert done.exit_code == 2
    assert "problematic-overfitting" in done.output


def test_rules_can_be_switched_off_and_tuned(run: Run, overfitting: Path) -> None:
    (overfitting / "advisor.yaml").write_text(
        "rules:\n  disable: [{id: problematic-overfitting, reason: we know}]\n"
    )
    done = run("check", overfitting, "--format", "json")
    data = json.loads(done.output)
    assert all(f["rule"] != "problematic-overfitting" for f in data["findings"])
    reasons = {
        v["reason"] for v in data["verdicts"] if v["rule"] == "problematic-overfitting"
    }
    assert reasons == {"switched off: we know"}


def test_a_rule_of_the_users_own(run: Run, healthy: Path) -> None:
    (healthy / "our-rules").mkdir()
    (healthy / "our-rules" / "too-long.yaml").write_text("""
id: too-long
summary: A trial trains longer than we allow.
why: Our budget.
playbook: "#choosing-the-number-of-steps"
subject: trial
parameters: {limit: {value: 30, reason: our budget}}
fires: "trial.last_step > limit"
severity: [{is: warning}]
message: "{trial.name} trained {trial.last_step} epochs"
evidence: [trial.last_step, limit]
advice: [{do: Train less.}]
next_round: []
confirm: {}
known_problems: None.
""")
    (healthy / "advisor.yaml").write_text("rules: {folders: [our-rules]}")
    done = run("check", healthy, "--fail-on", "warning")
    assert done.exit_code == 1
    assert "t0 trained 39 epochs" in done.output


HOSTILE = "\x1b[2J\u202e<b>::error::|`x"


def test_hostile_names_reach_no_output(run: Run, tmp_path: Path) -> None:
    curve = [*fall(0)[:20], float("nan")]
    write_trial(tmp_path / "logs" / HOSTILE, curve, lr=0.1)
    write_trial(tmp_path / "logs" / "b", fall(1), lr=0.2)
    for options in ([], ["--format", "markdown"], ["--format", "json"]):
        done = run("check", tmp_path / "logs", *options)
        assert done.exit_code in (0, 1), done.output
        assert "\x1b" not in done.output
        assert "\u202e" not in done.output
        lines = done.output.splitlines()
        assert not any(line.lstrip().startswith("::") for line in lines)
    report = run("check", tmp_path / "logs", "--format", "markdown").output
    assert "<b>" not in MarkdownIt("gfm-like", {"linkify": False}).render(report)


def test_what_is_broken_costs_only_itself(run: Run, healthy: Path) -> None:
    bad = healthy / "bad"
    bad.mkdir()
    os.mkfifo(bad / "fifo.csv")
    (bad / "loop").symlink_to(bad)
    (bad / "events.out.tfevents.1.host").write_bytes(b"\xff" * 8 + b"\0" * 40)
    (bad / "wide.csv").write_text(",".join(f"c{i}" for i in range(1_000_000)))
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    write_trial(healthy / "t2", fall(2), learning_rate=0.3)
    (healthy / "t2" / "config.json").unlink()
    (healthy / "t2" / "config.yaml").write_text(bomb)
    done = run("check", healthy)
    assert done.exit_code == 0, done.output
    assert "3 trials in 1 study" in done.output
    report = run("check", healthy, "--format", "markdown").output
    for name in ("fifo.csv", "tfevents", "wide.csv", "config.yaml", "loop"):
        assert name in report, name


def test_the_summary_fits_80_columns_and_has_no_colour_when_piped(
    run: Run, overfitting: Path
) -> None:
    done = run("check", overfitting)
    assert max(map(len, done.output.splitlines())) <= 80
    assert "\x1b" not in done.output

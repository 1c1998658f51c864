"""What experiments showed, in Markdown, in the terminal and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from markdown_it import MarkdownIt

from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.confirmation import (
    Arm,
    Confirmation,
    ConfirmationVerdict,
    Effect,
    Level,
    Repeat,
)
from advisor.model.curve import Curve
from advisor.model.finding import Evaluation, Finding
from advisor.pipeline import with_confirmations
from advisor.report import json_report, markdown, outputs, terminal
from advisor.report.confirmation_plot import ARMS, confirmation_plot
from advisor.report.layout import cells
from tests.report import example

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "advisor/report/schema.json").read_text("utf-8")
)
GITHUB = MarkdownIt("gfm-like", {"linkify": False})
NASTY = example.NASTY


def curve(seed: int, rise: float) -> Curve:
    rng = np.random.default_rng(seed)
    steps = np.arange(1, 61, dtype=np.int64) * 50
    values = 0.4 + np.exp(-steps / 300) + rise * np.clip(steps - 1200, 0, None) / 1800
    return Curve(steps, values + 0.004 * rng.standard_normal(len(steps)))


def arm(
    name: str, rise: float, *, broken: int = 0, seeds: int = 6, **more: object
) -> Arm:
    repeats = tuple(
        Repeat(i, rise > 0.1, rise, 0.4 + i / 100, curve(i, rise))
        if i >= broken
        else Repeat(i, None, None, None, infeasible=True)
        for i in range(6)
    )
    return Arm(name, repeats=repeats, **more)  # type: ignore[arg-type]


def confirmation(finding: Finding, verdict: ConfirmationVerdict) -> Confirmation:
    effect = Effect(6, -0.25, -0.31, -0.19, 3.2e-5)
    unknown = Effect(1, float("nan"), float("-inf"), float("inf"), 1.0)
    return Confirmation(
        finding=finding.id,
        level=Level.SAME_PIPELINE,
        verdict=verdict,
        sentence=f"{verdict.value.capitalize()} in the same pipeline: it came back "
        "with 6 of 6 seeds; with dropout = 0.3 error.rise changed by -0.25.",
        measure="error.rise",
        prediction="smaller",
        again=arm("again", 0.3),
        arms=(
            arm("dropout = 0.3", 0.0, effect=effect, as_predicted=True),
            arm(f"{NASTY} = 1", 0.3, broken=5, effect=unknown),
            Arm("clip_norm = 1", {"set": {"clip_norm": 1}}, skipped=f"no {NASTY}"),
        ),
        workload=f"`python {NASTY}`",
        objective=NASTY,
        sign=1,
    )


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """One finding confirmed, one refuted that explains another, one not tested."""
    plain = example.evaluation()
    capped, overfitting, *_ = plain.findings
    assert plain.findings[3].superseded_by == capped.id
    return with_confirmations(
        plain,
        {
            overfitting.id: confirmation(overfitting, ConfirmationVerdict.CONFIRMED),
            capped.id: confirmation(capped, ConfirmationVerdict.REFUTED),
        },
        {plain.findings[2].id: f"there is no {NASTY}"},
        load_rules(RuleSettings()),
    )


@pytest.mark.parametrize(
    "line",
    [
        "### Confirmed: problematic-overfitting-",
        "### Refuted: learning-rate-capped-by-instability-7c0427",
        "### Not tested",
        "| trained again | 6 | 6 of 6 | 0.3 (0.3 to 0.3) | 0.425 (0.4 to 0.45) |  |  |",
        "| `dropout = 0.3` | 6 | 0 of 6 | 0 (0 to 0) | 0.425 (0.4 to 0.45) | "
        "-0.25 (-0.31 to -0.19, p = 3.2e-5) | yes |",
        "| 6 | 1 of 1, 5 infeasible | 0.3 (0.3 to 0.3), 5 without |",
        "| `clip_norm = 1` | not trained: no ",
        "The finding's own rule judged every new log.",
        "#### Note: learning-rate-capped-by-instability-7c0427",
        "- But: Refuted in the same pipeline: it came back",
        "explained it, and was refuted; test it with --only optimum-at-boundary",
    ],
)
def test_markdown_says(evaluation: Evaluation, line: str) -> None:
    assert line in markdown.render(evaluation)


@pytest.mark.parametrize(
    ("repeats", "cell"),
    [
        ([Repeat(0, None, None, None, infeasible=True)] * 12, "12 infeasible"),
        ([Repeat(0, None, None, None)] * 12, "12 unknown"),
        (
            [
                Repeat(0, True, None, None, infeasible=True),
                Repeat(1, False, None, 0.5),
                Repeat(2, None, None, None, infeasible=True),
                Repeat(3, None, None, 0.5),
            ],
            "1 of 2, 1 infeasible, 1 unknown",
        ),
    ],
)
def test_trials_that_broke_are_not_called_unknown(
    evaluation: Evaluation, repeats: list[Repeat], cell: str
) -> None:
    (confirmed, _) = evaluation.confirmations.values()
    changed = replace(confirmed, arms=(Arm("odd", repeats=tuple(repeats)),))
    report = markdown.render(
        replace(evaluation, confirmations={confirmed.finding: changed})
    )
    assert f"| `odd` | {len(repeats)} | {cell} |" in report


def test_what_was_refuted_asks_for_nothing(evaluation: Evaluation) -> None:
    report = markdown.render(evaluation)
    section = report.partition("#### Note: learning-rate-capped-by-instability")[2]
    section = section.partition("####")[0]
    assert "- Do:" not in section
    assert "Next round" not in section
    assert "Add learning-rate warmup" not in report
    boundary = next(x for x in evaluation.findings if x.rule == "optimum-at-boundary")
    assert boundary.superseded_by is None
    assert "#### Warning: optimum-at-boundary" in report


def test_hostile_names_are_only_text(evaluation: Evaluation) -> None:
    html = GITHUB.render(markdown.render(evaluation))
    assert "<img" not in html
    assert 'href="http://evil' not in html


def test_tables_keep_their_columns(evaluation: Evaluation) -> None:
    section = markdown.render(evaluation).partition("## Confirmation")[2]
    tokens = GITHUB.parse(section.partition("### Not tested")[0])
    rows: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append(0)
        elif token.type in ("td_open", "th_open"):
            rows[-1] += 1
    assert rows == [7] * 10


def test_without_confirmations_nothing_is_said() -> None:
    assert "Confirmation" not in markdown.render(example.evaluation())


@pytest.mark.parametrize("width", [80, 60])
def test_terminal_shows_verdicts_within_its_width(
    evaluation: Evaluation, width: int
) -> None:
    text = terminal.render(evaluation, width=width)
    assert max(map(cells, text.splitlines())) <= width
    assert "Confirmed in the same pipeline" in text
    assert "  note     learning_rate: the best trials lie at" in text


def test_json_follows_its_schema(evaluation: Evaluation) -> None:
    report = json.loads(json_report.render(evaluation))
    jsonschema.validate(report, SCHEMA)
    confirmed, refuted = report["confirmations"]
    assert (confirmed["verdict"], refuted["verdict"]) == ("confirmed", "refuted")
    again, helped, broken, skipped = confirmed["arms"]
    assert again["effect"] is None
    assert helped["effect"]["mean"] == -0.25
    assert broken["effect"]["lower"] == "-Infinity"
    assert (broken["fires"], broken["clear"], len(broken["repeats"])) == (1, 0, 6)
    assert skipped["change"] == {"set": {"clip_norm": 1}}
    assert skipped["repeats"] == []
    (odd,) = (x["id"] for x in report["findings"] if x["rule"] == "not-learning")
    assert report["untested"][odd].startswith("there is no ")
    assert [x["refuted"] for x in report["findings"]].count(True) == 1


def test_values_are_as_logged(evaluation: Evaluation) -> None:
    (confirmed, _) = evaluation.confirmations.values()
    turned = replace(confirmed, sign=-1)
    data = json_report.data(
        replace(evaluation, confirmations={confirmed.finding: turned})
    )
    repeat = data["confirmations"][0]["arms"][0]["repeats"][1]
    assert repeat["objective"] == pytest.approx(-0.41)


def test_schema_refuses_other_fields(evaluation: Evaluation) -> None:
    report = json.loads(json_report.render(evaluation))
    report["confirmations"][0]["arms"][0]["winner"] = True
    with pytest.raises(jsonschema.ValidationError, match="winner"):
        jsonschema.validate(report, SCHEMA)


def test_the_plot_shows_what_helped_first(evaluation: Evaluation) -> None:
    (confirmed, _) = evaluation.confirmations.values()
    arms = (*[arm(f"arm {i}", 0.1) for i in range(5)], *confirmed.arms)
    plot = confirmation_plot(replace(confirmed, arms=arms))
    assert plot is not None
    titles = [panel.title for panel in plot.panels]
    assert titles == ["trained again", "dropout = 0.3", "arm 0", "arm 1"][:ARMS]
    assert [len(panel.curves) for panel in plot.panels] == [6, 6, 6, 6]


def test_nothing_to_plot(evaluation: Evaluation) -> None:
    (confirmed, _) = evaluation.confirmations.values()
    nothing = replace(confirmed, again=arm("again", 1.0, broken=6), arms=())
    assert confirmation_plot(nothing) is None


def test_the_report_has_its_pictures(evaluation: Evaluation, tmp_path: Path) -> None:
    outputs.write(evaluation, "markdown", tmp_path / "r.md")
    drawn = [each.name for each in (tmp_path / "r_files").glob("confirm-*")]
    assert sorted(drawn) == sorted(
        f"confirm-{name}.png" for name in evaluation.confirmations
    )
    text = (tmp_path / "r.md").read_text("utf-8")
    assert all(f"](r_files/{name})" in text for name in drawn)

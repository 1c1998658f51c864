import re
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from advisor.report import markdown, outputs
from advisor.report.figure import Figure
from advisor.written import images_of
from tests.report import example

GITHUB = MarkdownIt("gfm-like", {"linkify": False})


def slug(heading):
    """The anchor that GitHub gives to a heading without markup."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def headings(text):
    tokens = GITHUB.parse(text)
    return [
        tokens[i + 1].content
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


@pytest.fixture(scope="module")
def report():
    return markdown.render(example.evaluation())


def test_what_to_do_comes_first(report):
    names = headings(report)
    assert names[:3] == ["Experiment report", "Do these next", "Questions"]
    assert names[3] == "Study `sweep`"
    assert report.index("Do not adopt the best trial yet") < report.index("Do these")


def test_every_recommendation_leads_to_its_finding(report):
    anchors = {slug(name) for name in headings(report)}
    links = re.findall(r"\]\(#([^)]+)\)", report)
    assert "error-learning-rate-capped-by-instability-7c0427" in links
    assert set(links) <= anchors


@pytest.mark.parametrize(
    "line",
    [
        "41 trials in 2 studies, from 41 files. **2 errors, 8 warnings, 1 note**",
        "| `learning_rate` | nuisance | log | 0.0001 to 0.1 | declared |",
        "| `dropout` | nuisance | linear | 0 to 0.5 | only observed; lower is a hard",
        "The same in all trials: `epochs` = `50`.",
        "4 of 40 (10%): 4 diverged.",
        "| `cap.p_value` | 3.2e-7 |  | chance of so clean a split |",
        "- Next round: search further on `learning_rate`: upper 0.5, scale log",
        "Confirmed if the trials with warmup stay finite above 0.0551.",
        "- To confirm: No experiment: the curve itself is the proof",
        "> - warning `optimum-at-boundary-08b9c7`: `learning_rate`: the optimum lies",
        "inconclusive on 4, clear on 36 of 40 trials",
        "| not evaluated on all 40 trials | gradient norm (log the L2 norm",
        "Clear: `steps-tuned`, `too-few-trials`.",
        "  facts: {compute_bound: true}",
        "| `/logs/sweep/trial-99/metrics.csv:17` | as many cells as columns |",
        "no known format: 2 `.jsonl`.",
        "@team ::error::`` | 0.889 | 2,000 |",
    ],
)
def test_says(report, line):
    assert line in report


def test_advice_that_repeats_is_said_once(report):
    assert report.count("- Do: Clip gradients at the 90th percentile") == 1
    assert len([name for name in headings(report) if "loss-spikes" in name]) == 1
    assert "The numbers of 2 more are in" in report


def test_numbers_of_one_rule_stand_side_by_side(report):
    (header,) = [x for x in report.splitlines() if x.startswith("| evidence | `sw")]
    assert header.count("`sweep/trial-") == 5
    assert "| `spikes.count` | 3 | 3 | 3 | 3 | 3 | spikes |" in report


def test_hostile_names_are_only_text(report):
    html = GITHUB.render(report)
    assert "<img" not in html
    assert "evil" in html
    assert 'href="http://evil' not in html
    assert not [x for x in report.splitlines() if x.strip().startswith("::")]


def test_tables_keep_their_columns(report):
    tokens = GITHUB.parse(report)
    tables, cells = [], 0
    for token in tokens:
        if token.type == "table_open":
            tables.append(set())
        elif token.type == "tr_open":
            cells = 0
        elif token.type in ("td_open", "th_open"):
            cells += 1
        elif token.type == "tr_close":
            tables[-1].add(cells)
    assert len(tables) > 5
    assert all(len(widths) == 1 for widths in tables)
    # As many cells as pipes: none was swallowed or added by a name.
    rows = [line for line in report.splitlines() if line.startswith("| ")]
    assert max(max(widths) for widths in tables) == 9
    assert all(not re.search(r"(?<!\\)\|\|", row) for row in rows)


@pytest.mark.parametrize("trials", [1, 1000])
def test_stays_readable_for_any_number_of_trials(trials):
    report = markdown.render(example.evaluation(trials))
    assert len(report.splitlines()) < 400
    assert max(map(len, report.splitlines())) < 1500


def test_figures_stand_in_their_study(report):
    figure = Figure("sweep", "my report_files/1 sweep.png", "val/loss | x", "Caption.")
    shown = GITHUB.render(markdown.render(example.evaluation(), [figure]))
    assert 'src="my%20report_files/1%20sweep.png" alt="val/loss | x"' in shown
    assert "<h3>Plots</h3>" in shown
    assert "<h3>Plots</h3>" not in GITHUB.render(report)


def test_nothing_found_is_said():
    report = markdown.render(example.empty())
    assert "No finding asks for an action." in report
    assert "none found, so trials are not compared" in report
    assert "No rule was evaluated." in report


def test_writes_the_report_and_its_plots(tmp_path):
    path = tmp_path / "my report.md"
    outputs.write(example.evaluation(12), "markdown", path)
    images = re.findall(r"!\[[^]]*\]\(([^)]+)\)", path.read_text("utf-8"))
    written = sorted(images_of(path).iterdir())
    assert written
    assert sorted(tmp_path / unquote(image) for image in images) == written
    assert all(each.read_bytes().startswith(b"\x89PNG") for each in written)


def test_writes_no_plots_where_none_are_wanted(tmp_path):
    path = tmp_path / "report.md"
    outputs.write(example.empty(), "markdown", path, plots=False)
    assert list(tmp_path.iterdir()) == [path]

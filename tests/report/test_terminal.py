import dataclasses
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.finding import (
    Accepted,
    Evaluation,
    Outcome,
    Severity,
    Subject,
    Verdict,
)
from advisor.report import terminal
from advisor.report.layout import cells, shorten, wrap
from advisor.text import printable
from tests.report import example

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [80, 50])
@pytest.mark.parametrize("trials", [1, 40, 300])
def test_no_line_is_wider_than_asked(width, trials):
    text = terminal.render(example.evaluation(trials), width=width)
    assert max(map(cells, text.splitlines())) <= width


def test_colour_changes_nothing_but_colour():
    evaluation = example.evaluation()
    plain = terminal.render(evaluation)
    coloured = terminal.render(evaluation, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m  error" in coloured
    assert ESCAPES.sub("", coloured) == plain


def test_plain_text_does_not_need_rich():
    import subprocess
    import sys

    program = (
        "import sys; from advisor.report import terminal;"
        "from tests.report import example;"
        "terminal.render(example.empty());"
        "assert not {'rich', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_says_what_was_found_and_what_to_do():
    text = terminal.render(example.evaluation())
    lines = text.splitlines()
    assert lines[0] == "41 trials in 2 studies, from 41 files"
    assert "  error    learning_rate: the best trials lie at 0.0402 to 0.0531" in text
    assert "           explains optimum-at-boundary" in lines
    assert "           and 4 more loss-spikes: sweep/trial-13" in text
    start = lines.index("Do these next")
    assert lines[start + 1].startswith("  1. Add learning-rate warmup (1,000 steps)")
    assert "2 errors, 8 warnings, 1 note (1 more explained by these)" in lines
    assert "Rules: 6 fired, 2 clear, 1 inconclusive, 2 not evaluated." in lines
    assert "Not evaluated for lack of: gradient norm, examples per second." in lines


def test_studies_beyond_the_limit_are_counted_with_their_findings():
    evaluation = example.evaluation()
    others = tuple(
        dataclasses.replace(example.single(), name=f"s{i}") for i in range(9)
    )
    crowded = dataclasses.replace(evaluation, studies=(*others, *evaluation.studies))
    text = terminal.render(crowded)
    assert "== sweep" in text
    assert "and 1 more study (1 warning): a|b" in text


def test_a_superseded_finding_has_no_line_of_its_own():
    text = terminal.render(example.evaluation())
    assert "the optimum lies at the upper bound" not in text


def test_silence_is_not_health():
    text = terminal.render(example.empty())
    assert "no findings: none evaluated" in text
    assert "No trial has a result that can be compared" in text
    assert "Rules: none evaluated." in text


def test_accepted_findings_are_counted_where_they_were_found():
    made = example.evaluation()
    accepted = tuple(Accepted(each, "baseline") for each in made.findings)
    text = terminal.render(replace(made, findings=(), accepted=accepted))
    first, second = made.studies
    counts = [
        sum(each.subject.study == study.name for each in made.findings)
        for study in (first, second)
    ]
    lines = [line.strip() for line in text.splitlines() if "no new findings" in line]
    assert lines == [f"no new findings; {n} accepted" for n in counts]
    assert f"Nothing new was found: {sum(counts)} findings are accepted." in text
    assert max(map(cells, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("clear", "says"),
    [
        (1, "Nothing was found, which says little: 2 of 3 rules could not decide"),
        (2, "Nothing was found to act on in what could be decided"),
    ],
)
def test_nothing_found_is_worth_what_could_be_decided(clear: int, says: str) -> None:
    study = example.single()
    subject = Subject(study.name, "study", study.name)
    outcomes = [Outcome.CLEAR] * clear + [Outcome.NOT_EVALUATED, Outcome.INCONCLUSIVE]
    verdicts = tuple(
        Verdict(f"rule-{i}", subject, each) for i, each in enumerate(outcomes)
    )
    text = terminal.render(Evaluation(example.empty().logs, (study,), verdicts, ()))
    assert says in " ".join(text.split())
    assert f"no findings: {clear} clear, 1 inconclusive, 1 not evaluated" in text


@pytest.mark.parametrize(
    ("undecided", "says"),
    [
        (3, "Nothing worse than a note was found, which says little: 3 of 4 rules"),
        (1, "Nothing worse than a note was found in what could be decided; see"),
        (0, "Nothing worse than a note was found. Rules"),
    ],
)
def test_notes_are_not_called_nothing(undecided: int, says: str) -> None:
    study = example.single()
    subject = Subject(study.name, "study", study.name)
    outcomes = [Outcome.CLEAR] + [Outcome.INCONCLUSIVE] * undecided
    verdicts = tuple(
        Verdict(f"rule-{i}", subject, each) for i, each in enumerate(outcomes)
    )
    note = replace(
        example.findings_of(example.sweep(3))[0],
        subject=subject,
        severity=Severity.INFO,
    )
    made = Evaluation(example.empty().logs, (study,), verdicts, (note,))
    text = " ".join(terminal.render(made).split())
    assert says in text
    assert "to act on" not in text


def test_notices_are_told() -> None:
    made = dataclasses.replace(example.evaluation(), notices=("it ended",))
    assert "it ended" in terminal.render(made)


def test_names_cannot_reach_the_terminal_or_the_build_service():
    hostile = "\x1b]0;owned\x07 x\n::set-output name=a::b \u202e ##[group]"
    study = example.single()
    finding = example.findings_of(example.sweep(3))[1]
    evil = type(finding)(
        rule="r",
        subject=Subject(study.name, "trial", hostile),
        severity=Severity.ERROR,
        message=f"{hostile} failed",
        evidence=(),
        actions=(),
    )
    evaluation = Evaluation(example.empty().logs, (study,), (), (evil,))
    for color in (False, True):
        text = ESCAPES.sub("", terminal.render(evaluation, color=color))
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
        assert "##[" not in text
        assert not [x for x in text.splitlines() if x.strip().startswith("::")]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a b c", 3, ["a b", "c"]),
        ("", 5, [""]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("日本語です", 4, ["日本", "語で", "す"]),
        ("x ::y", 3, ["x", "∶:y"]),
    ],
)
def test_wrapping_counts_columns(text, width, lines):
    assert wrap(text, width) == lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [("short", "short"), ("exactly8", "exactly8"), ("日本語ですよ", "日本語…")],
)
def test_shortening_counts_columns(text, expected):
    assert shorten(text, 8) == expected


@given(st.text(), st.integers(2, 40))
def test_no_text_gets_out_of_its_width(text, width):
    lines = wrap(text, width)
    assert max(map(cells, lines)) <= width
    assert not [line for line in lines if line.strip().startswith("::")]
    assert all(line == printable(line) for line in lines)
    assert cells(shorten(text, width)) <= width


def test_combining_marks_take_no_room():
    assert cells("e\u0301") == 1

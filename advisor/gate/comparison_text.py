"""A comparison for people: on a terminal of 80 columns, or as Markdown."""

from __future__ import annotations

from advisor.gate import comparison_words as words
from advisor.gate.comparison import Comparison
from advisor.markup import bullets, code, table, text
from advisor.report.layout import Page, cells, shorten
from advisor.report.numbers import count, number

_MOST_RESULTS = 12
_INDENT = 9
_COLUMNS = (11, 8, 10, 10)  # the last takes the rest


def as_text(comparison: Comparison, *, width: int) -> str:
    """The verdict, the numbers, every answer, and what to do next."""
    page = Page(width)
    page.add(words.headline(comparison))
    page.blank()
    _numbers(page, comparison)
    page.blank()
    for answer in comparison.answers:
        page.add(
            answer.question, label=f"  {words.MARKS[answer.decision]}", indent=_INDENT
        )
        page.add(answer.said, indent=_INDENT)
        if answer.rule and answer.decision in ("refuse", "repeat"):
            page.add(f"rule {answer.rule}", indent=_INDENT)
    steps = words.next_steps(comparison)
    if steps:
        page.blank()
        page.add("Do these next")
    for i, step in enumerate(steps, start=1):
        page.add(step, label=f"  {i}.", indent=5)
    return page.plain()


def _numbers(page: Page, comparison: Comparison) -> None:
    _line(page, ("", "tried", "mean", "std", "results"))
    for row in words.rows(comparison):
        _line(
            page,
            (
                row.name,
                str(row.tried),
                "–" if row.mean is None else number(row.mean),
                "–" if row.std is None else number(row.std),
                _results(row.results),
            ),
        )
    page.add(f"Objective: {words.objective_in_words(comparison)}.", indent=2)
    page.add(f"Different: {words.differences_in_words(comparison)}.", indent=2)
    for line in _notes(comparison):
        page.add(line, indent=2)


def _notes(comparison: Comparison) -> tuple[str, ...]:
    sides = (comparison.candidate, comparison.incumbent)
    left_out = tuple(line for side in sides for line in words.left_out_in_words(side))
    unread = tuple(
        f"{count(len(side.logs.problems), 'problem')} in the logs of the {side.name}, "
        f"such as {side.logs.problems[0]}"
        for side in sides
        if side.logs.problems
    )
    return (*(f"{line}." for line in (*left_out, *unread)), *comparison.notices)


def _line(page: Page, columns: tuple[str, str, str, str, str]) -> None:
    line = "  "
    for word, width in zip(columns[:4], _COLUMNS, strict=True):
        cell = shorten(word, width - 1)
        line += cell + " " * (width - cells(cell))
    rest = shorten(columns[4], page.width - cells(line))
    page.lines.append([((line + rest).rstrip(), "")])


def _results(results: tuple[float, ...], *, most: int = _MOST_RESULTS) -> str:
    shown = ", ".join(map(number, results[:most]))
    more = len(results) - most
    return f"{shown} and {more} more" if more > 0 else shown


def as_markdown(comparison: Comparison) -> str:
    """The same for a report or a comment."""
    parts = [
        "# Candidate against incumbent",
        f"**{text(words.headline(comparison))}**",
        results_table(comparison),
        differences_table(comparison),
        bullets(text(line) for line in _notes(comparison)),
        "## Answers",
        answers_table(comparison),
        *_next(comparison),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def results_table(comparison: Comparison) -> str:
    """The numbers of both sides, and what they are."""
    rows = [
        [
            row.name,
            str(row.tried),
            str(len(row.results)),
            "–" if row.mean is None else number(row.mean),
            "–" if row.std is None else number(row.std),
            _results(row.results, most=50) or "–",
        ]
        for row in words.rows(comparison)
    ]
    head = ["", "configurations tried", "repeats", "mean", "std", "results"]
    objective = text(f"Objective: {words.objective_in_words(comparison)}.")
    return f"{table(head, rows, 'lrrrrl')}\n\n{objective}"


def differences_table(comparison: Comparison) -> str:
    """The hyperparameters in which the two configurations differ."""
    found = words.differences(comparison)
    if not found:
        return text(f"Different: {words.differences_in_words(comparison)}.")
    lines = [[code(name), code(old), code(new)] for name, old, new in found]
    return table(["hyperparameter", "incumbent", "candidate"], lines)


def answers_table(comparison: Comparison) -> str:
    """Every question with its answer."""
    lines = [
        [
            words.MARKS[answer.decision],
            text(answer.question),
            text(answer.said),
            code(answer.rule) if answer.rule else "",
        ]
        for answer in comparison.answers
    ]
    return table(["", "question", "answer", "rule"], lines)


def _next(comparison: Comparison) -> list[str]:
    steps = words.next_steps(comparison)
    if not steps:
        return []
    lines = [f"{i}. {text(step)}" for i, step in enumerate(steps, start=1)]
    return ["## Do these next", "\n".join(lines)]

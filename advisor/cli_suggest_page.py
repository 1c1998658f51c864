"""What `advisor suggest` shows on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from advisor.model.next_round import NextRound
from advisor.next_round.markdown import after_in_words, before_in_words
from advisor.report.layout import Page, cells, wrap

_WIDTH = 80
_MOST_SHOWN = 10
_MOST_LOST = 3
_COLUMNS = (17, 18, 18)  # the last takes the rest


def rendered(rounds: Sequence[NextRound], output: Path | None) -> str:
    """The rounds of the first studies, and where the rest is."""
    page = Page(_WIDTH)
    some = [each for each in rounds if each.searched or each.changed]
    for made in some[:_MOST_SHOWN]:
        page.blank()
        _show(page, made)
    page.blank()
    if len(some) > _MOST_SHOWN:
        page.add(f"and the rounds of {len(some) - _MOST_SHOWN} more studies.")
    idle = len(rounds) - len(some)
    if idle:
        studies = "1 study has" if idle == 1 else f"{idle} studies have"
        page.add(f"{studies} nothing to search: no hyperparameter varies.")
    if output is not None:
        page.add(f"Points, plan and reasons: {output}")
    else:
        page.add("Points, plan and reasons in full: add --output FOLDER.")
    return page.plain()


def _show(page: Page, made: NextRound) -> None:
    page.add(f"{made.study}: round {made.round}, {made.phase}", style="bold")
    repeats = sum(each.more for each in made.repeats)
    more = f" and {repeats} repeats" if repeats else ""
    page.add(f"{len(made.points)} new trials{more}: {made.trials_reason}", indent=2)
    page.blank()
    _row(page, ("hyperparameter", "before", "after", "because of"))
    for each in made.hyperparameters:
        if each.searched or each.changes:
            rules = dict.fromkeys(
                made.causes[change.finding].rule
                + (" (undecided)" if change.reason.startswith("undecided") else "")
                for change in each.changes
                if change.finding in made.causes
            )
            because = ", ".join(rules) or ("the plan" if each.changes else "")
            words = (before_in_words(each), after_in_words(each))
            _row(page, (each.name, *words, because))
    for quantity in made.quantities:
        causes = [each.finding for each in quantity.changes]
        rules = dict.fromkeys(made.causes[each].rule for each in causes)
        before = "" if quantity.before is None else f"{quantity.before}"
        _row(page, (quantity.name, before, f"{quantity.after}", ", ".join(rules)))
    page.blank()
    for note in made.notes:
        page.add(note, label="  - ", indent=4, limit=3)
    lost = dict.fromkeys((each.asked, each.because) for each in made.conflicts)
    for asked, because in list(lost)[:_MOST_LOST]:
        page.add(f"Not done: {asked}. {because}", label="  ! ", indent=4, limit=3)
    if len(lost) > _MOST_LOST:
        page.add(f"and {len(lost) - _MOST_LOST} more that were not done", indent=4)


def _row(page: Page, words: tuple[str, str, str, str]) -> None:
    """A row of the table, every cell wrapped in its column."""
    widths = (*_COLUMNS, _WIDTH - 2 - sum(_COLUMNS) + 1)
    columns = [wrap(word, w - 1) for word, w in zip(words, widths, strict=True)]
    for cells_of_line in zip_longest(*columns, fillvalue=""):
        line = "  "
        for cell, width in zip(cells_of_line, widths, strict=True):
            line += cell + " " * (width - cells(cell))
        page.lines.append([(line.rstrip(), "")])

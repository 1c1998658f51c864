"""A comparison where reviewers look: annotation, step summary, comment."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.gate import comparison_words as words
from advisor.gate.comparison import AdoptionVerdict, Comparison
from advisor.gate.comparison_text import answers_table, differences_table, results_table
from advisor.markup import bullets, text
from advisor.report.formats.comment import MARK
from advisor.report.formats.github import command

MOST = 20_000  # bytes; a comment also holds what was found, below 65,536 with it
_LONGEST = 600  # characters of one sentence


def as_github(comparison: Comparison) -> str:
    """One workflow command, an error unless the candidate is adopted."""
    adopted = comparison.verdict is AdoptionVerdict.ADOPT
    told = [words.headline(comparison), *words.next_steps(comparison)]
    message = " ".join((*told, *comparison.notices))
    line = command(
        "notice" if adopted else "error", {"title": "advisor compare"}, message
    )
    return f"{line}\n"


def as_step_summary(comparison: Comparison) -> str:
    """Markdown to be added to a summary, with the answers folded away."""
    parts = tuple(_parts(comparison))
    for shown in range(len(parts), 1, -1):
        made = "\n\n".join(part for part in parts[:shown] if part) + "\n"
        if len(made.encode()) <= MOST:
            return made if shown == len(parts) else f"{made}\nMore is in the report.\n"
    return f"{parts[0]}\n"


def as_comment(comparison: Comparison) -> str:
    """The same, which the next comment can find and replace."""
    return f"{MARK}\n{as_step_summary(comparison)}"


def _parts(comparison: Comparison) -> Iterator[str]:
    """What matters most first; where there is no room, the last goes first."""
    yield "### advisor compare"
    yield f"**{text(words.headline(comparison), limit=_LONGEST)}**"
    steps = words.next_steps(comparison)
    yield "\n".join(
        f"{i}. {text(step, limit=_LONGEST)}" for i, step in enumerate(steps, 1)
    )
    yield bullets(text(each, limit=_LONGEST) for each in comparison.notices)
    yield results_table(comparison)
    yield differences_table(comparison)
    table = answers_table(comparison)
    # The blank line ends the HTML, whatever is added to the summary or comment.
    yield f"<details><summary>All answers</summary>\n\n{table}\n\n</details>\n"

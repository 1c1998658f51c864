"""What is told beside the findings: what counts, what was accepted, what is unread."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from advisor.model.finding import Accepted, Evaluation
from advisor.report import summary
from advisor.report.numbers import count
from advisor.report.places import NOWHERE, Places

Kind: TypeAlias = Literal["accepted", "notices", "unread"]


@dataclass(frozen=True, slots=True)
class Aside:
    """Everything of one kind."""

    kind: Kind
    headline: str  # how many there are
    lines: tuple[str, ...]
    place: str  # a file of the repository

    @property
    def sentence(self) -> str:
        """All of it, in one line."""
        return f"{self.headline}: {'; '.join(self.lines)}"

    @property
    def fingerprint(self) -> str:
        """The same as long as the same is told."""
        return hashlib.sha256(self.sentence.encode()).hexdigest()[:20]


def counting(evaluation: Evaluation) -> str:
    """`1 error counts (--fail-on error).`; nothing where nobody asked."""
    least = evaluation.fail_on
    if least is None:
        return ""
    found = [each for each in evaluation.findings if each.severity >= least]
    what = summary.severities(found) if evaluation.fails else "Nothing"
    counts = "counts" if len(summary.open_findings(found)) < 2 else "count"
    return f"{what} {counts} (--fail-on {least})."


def asides(evaluation: Evaluation, *, most: int = 5) -> tuple[Aside, ...]:
    """Accepted findings, notices, and what could not be read, `most` lines of each."""
    return tuple(_asides(evaluation, most))


def _asides(evaluation: Evaluation, most: int) -> Iterator[Aside]:
    accepted, notices = evaluation.accepted, evaluation.notices
    unread = summary.problems(evaluation)
    if accepted:
        head = f"{count(len(accepted), 'finding')} accepted"
        lines = _first((_accepted(each) for each in accepted), len(accepted), most)
        yield Aside("accepted", head, lines, NOWHERE)
    if notices:
        head = count(len(notices), "notice")
        yield Aside("notices", head, _first(notices, len(notices), most), NOWHERE)
    if unread:
        head = f"{count(len(unread), 'problem')} in the logs"
        place = Places(evaluation).relative(unread[0].path) or NOWHERE
        yield Aside("unread", head, _first(map(str, unread), len(unread), most), place)


def _accepted(each: Accepted) -> str:
    if each.by == "baseline":
        return f"{each.finding.id}, in the baseline"
    until = f" until {each.until}" if each.until else " for good"
    return f"{each.finding.id}, suppressed{until}: {each.reason}"


def _first(lines: Iterable[str], total: int, most: int) -> tuple[str, ...]:
    shown = tuple(line for line, _ in zip(lines, range(most), strict=False))
    return shown if total <= most else (*shown, f"and {total - most:,} more")

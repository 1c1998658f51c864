"""Every error that a user can cause, worded so that the user can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from advisor.text import printable


@dataclass(frozen=True, slots=True)
class Problem:
    """Something unreadable or doubtful in the input: expected, found, and the remedy.

    `line` is 1-based; `offset` is in bytes, for binary files. A problem costs the
    reader only what it names.
    """

    path: Path
    expected: str
    found: str
    remedy: str
    line: int | None = None
    column: int | None = None
    offset: int | None = None

    @property
    def place(self) -> str:
        """`path`, `path:line`, `path:line:column` or `path@offset`."""
        where = printable(str(self.path))
        if self.offset is not None:
            return f"{where}@{self.offset}"
        if self.line is None:
            return where
        if self.column is None:
            return f"{where}:{self.line}"
        return f"{where}:{self.line}:{self.column}"

    def __str__(self) -> str:
        return printable(
            f"{self.place}: expected {self.expected}, found {self.found}; {self.remedy}"
        )


class AdvisorError(Exception):
    """Ends the command with exit code 2; its text is shown to the user as it is."""


class ProblemError(AdvisorError):
    """An `AdvisorError` that carries the `Problem` it was raised for."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class LogError(ProblemError):
    """A log file that cannot be read; the other files are still loaded."""


class ConfigurationError(ProblemError):
    """A mistake in `advisor.yaml` or `[tool.advisor]`."""


class RuleError(ProblemError):
    """A mistake in a rule file."""


class AmbiguityError(ProblemError):
    """Two readings of the logs are equally likely and lead to different advice."""

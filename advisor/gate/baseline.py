"""Findings that were known at some time, so that only new ones count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from advisor.errors import Problem, ProblemError
from advisor.model.finding import Finding, Severity

VERSION = 1
MAX_BYTES = 16 * 2**20


Word: TypeAlias = Literal["error", "warning", "info"]
_WORDS: Mapping[Severity, Word] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
}


class Known(msgspec.Struct, frozen=True):
    """One of them; fingerprint and severity decide, the rest is for people."""

    fingerprint: str
    rule: str
    subject: str
    severity: Word
    message: str


class Baseline(msgspec.Struct, frozen=True):
    """The file."""

    version: int
    findings: tuple[Known, ...]

    @property
    def severities(self) -> Mapping[str, Severity]:
        """How severe each was, by fingerprint; so severe it does not count."""
        return {
            each.fingerprint: Severity[each.severity.upper()] for each in self.findings
        }


def render(findings: Iterable[Finding]) -> str:
    """The open findings as a file that reads well in a diff."""
    known = sorted(
        (
            Known(
                each.fingerprint,
                each.rule,
                each.subject.name,
                _WORDS[each.severity],
                each.message,
            )
            for each in findings
        ),
        key=lambda each: (each.rule, each.subject, each.fingerprint),
    )
    content = msgspec.json.encode(Baseline(VERSION, tuple(known)))
    return msgspec.json.format(content, indent=1).decode() + "\n"


def read(path: Path) -> Baseline:
    """A file that `advisor baseline` wrote.

    Raises:
        ProblemError: it cannot be read, or is something else.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES:,} bytes")
        baseline = msgspec.json.decode(content, type=Baseline)
    except (OSError, msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _problem(path, str(error)) from error
    if baseline.version != VERSION:
        raise _problem(path, f"version {baseline.version}")
    return baseline


def _problem(path: Path, found: str) -> ProblemError:
    return ProblemError(
        Problem(
            path,
            f"a baseline of version {VERSION}, as `advisor baseline` writes it",
            found,
            "write it anew: advisor baseline LOGS",
        )
    )

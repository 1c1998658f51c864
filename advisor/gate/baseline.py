"""Findings that were known at some time, so that only new ones count."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from advisor.errors import Problem, ProblemError
from advisor.model.finding import Finding

VERSION = 1
MAX_BYTES = 16 * 2**20


class Known(msgspec.Struct, frozen=True):
    """One of them; only the fingerprint decides, the rest is for people."""

    fingerprint: str
    rule: str
    subject: str
    severity: str
    message: str


class Baseline(msgspec.Struct, frozen=True):
    """The file."""

    version: int
    findings: tuple[Known, ...]

    @property
    def fingerprints(self) -> frozenset[str]:
        """Those that do not count."""
        return frozenset(each.fingerprint for each in self.findings)


def render(findings: Iterable[Finding]) -> str:
    """The open findings as a file that reads well in a diff."""
    known = sorted(
        (
            Known(
                each.fingerprint,
                each.rule,
                each.subject.name,
                str(each.severity),
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

"""Text that came from logs, made safe to print."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Cc: C0 and C1 controls (terminal escapes, newlines). Cf: bidirectional overrides and
# other invisible format characters. Cs: lone surrogates, which no output can encode.
# Zl and Zp: line and paragraph separators, which some viewers break lines at.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# GitHub, Azure Pipelines and TeamCity obey `##[…]`, `##vso[…]` and `##teamcity[…]`, the
# first two anywhere in a line.
COMMAND = re.compile(r"##(?=[a-z]*\[)")

_LONGEST_LINE = 8000  # an error may quote a command and what it printed last


def printable(text: str, *, limit: int = 2000) -> str:
    """`text` without control, bidirectional or surrogate characters, cut short.

    What the log viewers of CI services take for a command is taken apart.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if "##" in text:
        text = COMMAND.sub("# #", text)
    if text.isprintable():
        return text
    return "".join(
        REPLACEMENT
        if unicodedata.category(character) in _UNSAFE_CATEGORIES
        else character
        for character in text
    )


def inert(line: str) -> str:
    """`line` without what CI services obey at its start."""
    bare = line.lstrip()
    return line.replace("::", "\N{RATIO}:", 1) if bare.startswith("::") else line


def lines_for_people(text: str) -> str:
    """Whole lines, with text from logs or paths in them, for a terminal or a CI log."""
    lines = (printable(line, limit=_LONGEST_LINE) for line in text.split("\n"))
    return "\n".join(map(inert, lines))

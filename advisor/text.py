"""Text that came from logs, made safe to print."""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Cc: C0 and C1 controls (terminal escapes, newlines). Cf: bidirectional overrides and
# other invisible format characters. Cs: lone surrogates, which no output can encode.
# Zl and Zp: line and paragraph separators, which some viewers break lines at.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str, *, limit: int = 2000) -> str:
    """`text` without control, bidirectional or surrogate characters, cut short."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(
        REPLACEMENT
        if unicodedata.category(character) in _UNSAFE_CATEGORIES
        else character
        for character in text
    )

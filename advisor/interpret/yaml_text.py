"""Names and values as advisor.yaml would hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def yaml_text(value: Any) -> str:
    """`value` in YAML's flow style, quoted where a plain word would be misread."""
    if isinstance(value, Mapping):
        entries = (
            f"{yaml_text(key)}: {yaml_text(each)}" for key, each in value.items()
        )
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(yaml_text, value))}]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain else _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _quoted(text: str) -> str:
    """In double quotes; YAML folds at separators that JSON leaves as they are."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted
    )

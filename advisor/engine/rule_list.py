"""The list of rules, read without compiling them."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from advisor.engine.rule_paths import rule_paths

WIDTH = 80
_INDENT = "    "
# A scalar that YAML reads as written: it starts with a letter, and nothing in it could
# be a key, a comment or a quote. Most summaries are; YAML itself takes longer to import
# than all of them take to read.
_PLAIN = re.compile(r"[A-Z][a-z]* (?:(?!: | #|:$).)+")


def rule_list() -> str:
    """Every rule by group: its id and its summary."""
    lines: list[str] = []
    group = None
    for entry in _entries():
        if entry["group"] != group:
            group = entry["group"]
            lines += ["", group] if lines else [group]
        lines.append(f"  {entry['id']}")
        lines += textwrap.wrap(
            entry["summary"], WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT
        )
    return "\n".join(lines) + "\n"


def rule_list_as_json() -> str:
    """The same as JSON."""
    return json.dumps(list(_entries()), indent=2, ensure_ascii=False) + "\n"


def _entries() -> Iterator[dict[str, str]]:
    for path in rule_paths():
        yield {"id": path.stem, "group": path.parent.name, "summary": _summary(path)}


def _summary(path: Path) -> str:
    """The `summary` of a rule file; only that line is read, which is all it takes."""
    key = "summary:"
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(key):
            text = line.removeprefix(key).strip()
            return text if _PLAIN.fullmatch(text) else _parsed(line, path)
    return ""


def _parsed(line: str, path: Path) -> str:
    from advisor.safe_yaml import parse_yaml

    return str(parse_yaml(line, path, trusted_author=True).data["summary"])

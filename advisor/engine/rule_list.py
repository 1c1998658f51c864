"""The list of rules, read without compiling them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

from advisor.engine.rule_set import rule_paths
from advisor.safe_yaml import parse_yaml

WIDTH = 80
_INDENT = "    "


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
    """The `summary` of a rule file; only that line is parsed, which is all it takes."""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("summary:"):
            document = parse_yaml(line, path, trusted_author=True)
            return str(document.data["summary"])
    return ""

"""Rewrites the generated blocks of README.md from the code; `--check` only compares."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from pathlib import Path

import advisor.loaders
from advisor.engine.rule_set import load_rules

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(
    r"(<!-- generated: (\w+) -->\n).*?(<!-- end of generated -->)", re.DOTALL
)
GROUPS = (
    "search-space",
    "training-curves",
    "stability",
    "training-steps",
    "batch-size",
    "adoption",
    "evaluation",
    "tracking",
)


def rules_table() -> str:
    """Every rule by group: id and summary."""
    rules = sorted(load_rules(), key=lambda rule: (GROUPS.index(rule.group), rule.id))
    rows = [f"| {r.group} | `{r.id}` | {r.source.summary} |" for r in rules]
    return "\n".join(["| group | rule | says |", "| --- | --- | --- |", *rows])


def formats_table() -> str:
    """Every loader: its name and what it reads."""
    rows = []
    for info in pkgutil.iter_modules(advisor.loaders.__path__):
        module = importlib.import_module(f"advisor.loaders.{info.name}")
        if hasattr(module, "NAME"):
            rows.append(f"| {module.NAME} | {module.READS} |")
    return "\n".join(["| format | reads |", "| --- | --- |", *rows])


BUILDERS = {"rules": rules_table, "formats": formats_table}


def generated(text: str) -> str:
    """`text` with every generated block brought up to date."""
    return BLOCK.sub(
        lambda match: f"{match[1]}{BUILDERS[match[2]]()}\n{match[3]}", text
    )


def main() -> int:
    """Writes or checks README.md; exit code 1 if it is out of date."""
    before = README.read_text("utf-8")
    after = generated(before)
    if "--check" in sys.argv:
        return int(before != after)
    README.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
